"""States as plain classes in memory, and as MessagePack on the way to the changelog.

A class of a state is a dataclass with slots, which a compiler can make fast. msgspec would write all of them as maps.
So each has a *form* beside it, a Struct of the same fields made here: `pack` turns a state into its form and `unpack`
turns it back. A class that is written as an array of its fields, without their names, says so by `ARRAY`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec

S = TypeVar("S")
Change: TypeAlias = Callable[[Any], Any]

# As a type checker knows them, they take no types that are made at run time.
DICT: Final[Any] = dict
TUPLE: Final[Any] = tuple


class Form(NamedTuple):
    """Tell how values of a type are written: as values of which type, and how to get these and come back.

    The changes are None where the values are written as they are.
    """

    kind: Any
    pack: Change | None = None
    unpack: Change | None = None


def pack(state: object) -> Any:  # noqa: ANN401 -- a form is made at run time
    """Return a state as msgspec is to write it.

    >>> from streams.kept.waits import Waits
    >>> msgspec.json.encode(pack(Waits({3: 1}, 1, 50, 50)))
    b'[{"3":1},1,50,50]'
    """
    change = form_of(cast("Hashable", type(state))).pack
    return state if change is None else change(state)


def unpack(body: bytes, kind: type[S]) -> S:
    """Return the state of a class that MessagePack holds; raise `msgspec.MsgspecError` where it holds none."""
    form = form_of(cast("Hashable", kind))
    packed = msgspec.msgpack.decode(body, type=form.kind)
    state: S = packed if form.unpack is None else form.unpack(packed)
    return state


@cache
def form_of(kind: Hashable) -> Form:
    """Return how values of a type are written."""
    if isinstance(kind, type) and is_dataclass(kind):
        return _form_of_class(kind)
    is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    parts = get_type_hints(kind).values() if is_struct else get_args(kind)
    origin, inner = get_origin(kind), [form_of(each) for each in parts if each is not Ellipsis]
    if all(each.pack is None for each in inner):
        return Form(kind)
    changes, back = [each.pack for each in inner], [each.unpack for each in inner]
    if origin is dict:
        return Form(DICT[get_args(kind)[0], inner[1].kind], _each_value(changes[1]), _each_value(back[1]))
    if origin is tuple and Ellipsis not in get_args(kind):
        return Form(TUPLE[*(each.kind for each in inner)], _each_place(changes), _each_place(back))
    raise TypeError(f"{kind} holds what must be packed, and nobody has said how")


def _each_value(change: Change | None) -> Change:
    assert change is not None
    return lambda values: {key: change(value) for key, value in values.items()}


def _each_place(changes: list[Change | None]) -> Change:
    return lambda values: tuple(_all(changes, values))


def _all(changes: list[Change | None], values: Any) -> list[Any]:  # noqa: ANN401 -- any values
    return [value if change is None else change(value) for change, value in zip(changes, values, strict=True)]


def _form_of_class(kind: type[Any]) -> Form:
    """Return the form of a class: a Struct of its fields, with the same defaults, so that older records are read."""
    hints, own = get_type_hints(kind), fields(kind)
    forms = [form_of(hints[each.name]) for each in own]
    described = [(each.name, form.kind, *_default(each, form.pack)) for each, form in zip(own, forms, strict=True)]
    packed: Any = msgspec.defstruct(kind.__name__, described, array_like=getattr(kind, "ARRAY", False), gc=False)
    names = [each.name for each in own]
    read, packs, unpacks = _reader(names), [each.pack for each in forms], [each.unpack for each in forms]
    if not any(packs):
        return Form(packed, lambda state: packed(*read(state)), lambda form: kind(*read(form)))
    return Form(packed, lambda state: packed(*_all(packs, read(state))), lambda form: kind(*_all(unpacks, read(form))))


def _reader(names: list[str]) -> Change:
    """Return what reads the values of all fields."""
    return attrgetter(*names) if len(names) > 1 else lambda state: (getattr(state, names[0]),)


def _default(of: Field[Any], change: Change | None) -> tuple[Any, ...]:
    if of.default is not MISSING:
        return (of.default,)
    if of.default_factory is MISSING:
        return ()
    make: Callable[[], Any] = of.default_factory
    return (msgspec.field(default_factory=make if change is None else lambda: change(make())),)
