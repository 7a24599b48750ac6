"""The conversion of states between fast in-memory classes and the Structs that msgspec writes.

A hot class is a dataclass with slots, which a compiler can make fast, but msgspec would write it as a map. Each hot
class therefore has a *form*: a Struct with the same fields, generated here. `pack` turns a state into its form,
`unpack` turns it back. A Struct that contains such classes has a form too.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from streams.kept.source import source_of

S = TypeVar("S")
Change: TypeAlias = Callable[[Any], Any]

# Dataclasses that are written as arrays of field values. New fields are only added at the end.
ARRAYS: Final = frozenset(
    {
        *("Call", "CallBacks", "Callers", "Depth", "Ended", "Following", "Histogram", "Hour", "MemoryPage", "Minutes"),
        *("Overflow", "PolyaState", "Rings", "Slot", "Staff", "Tally", "Ticket", "Typical", "Visits", "Waits"),
        "WaitingReading",
    }
)

# Fields that are not written, by class: they are in records of their own (`streams.pages`).
UNWRITTEN: Final = {"LineState": {"old"}, "ServiceState": {"old"}, "MemoryPage": {"settled"}}

_BUILT_IN: Final = {each.__name__: each for each in (bool, bytes, dict, float, frozenset, int, list, set, str, tuple)}
_DICT: Final[Any] = dict  # type checkers reject types made at run time
_LIST: Final[Any] = list
_TUPLE: Final[Any] = tuple
_UNION: Final[Any] = Union


class Form(NamedTuple):
    """The type in which values are written, and the conversions to and from that type.

    The conversions are None if values are written unchanged.
    """

    kind: Any
    pack: Change | None = None
    unpack: Change | None = None


def pack(state: object) -> Any:  # noqa: ANN401 -- a form is made at run time
    """Return a state in the form that msgspec writes.

    >>> from streams.kept.waits import Waits
    >>> msgspec.json.encode(pack(Waits({3: 1}, 1, 50, 50)))
    b'[{"3":1},1,50,50]'
    """
    change = form_of(cast("Hashable", type(state))).pack
    return state if change is None else change(state)


def unpack(body: bytes, kind: type[S]) -> S:
    """Return a state of this class from MessagePack; raise `msgspec.MsgspecError` if the bytes contain none."""
    form = form_of(cast("Hashable", kind))
    state = msgspec.msgpack.decode(body, type=form.kind)
    return cast("S", state if form.unpack is None else form.unpack(state))


@cache
def form_of(kind: Hashable) -> Form:
    """Return the form of a class or of an annotation.

    >>> form_of(dict[int, str])
    Form(kind=dict[int, str], pack=None, unpack=None)
    """
    origin: Any = get_origin(kind) or kind
    if isinstance(origin, type) and (is_dataclass(origin) or issubclass(origin, msgspec.Struct)):
        return _form_of_class(origin, get_args(kind))
    inner = [form_of(each) for each in get_args(kind) if each is not Ellipsis]
    if not any(each.pack for each in inner):
        return Form(kind)
    kinds, packs, unpacks = zip(*inner, strict=True)
    if origin is dict:
        return Form(_DICT[kinds], _each_value(packs[1]), _each_value(unpacks[1]))
    if origin is list:
        return Form(_LIST[kinds], _each(packs[0]), _each(unpacks[0]))
    if origin is tuple and Ellipsis not in get_args(kind):
        return Form(_TUPLE[kinds], _by_place(packs), _by_place(unpacks))
    if origin in {Union, UnionType}:
        return Form(_UNION[kinds], _by_type(get_args(kind), packs), _by_type(kinds, unpacks))
    raise TypeError(f"{kind} holds what must be packed, and nobody has said how")


def _form_of_class(kind: Any, arguments: tuple[Any, ...]) -> Form:  # noqa: ANN401 -- a dataclass or a Struct
    """Return the form of a class: a Struct with its fields and defaults, so that older records can be read."""
    every: Any = fields(kind) if _is_plain(kind) else msgspec.structs.fields(kind)
    own = [each for each in every if each.name not in UNWRITTEN.get(kind.__name__, ())]
    hints = _hints(kind, arguments)
    forms = [form_of(hints[each.name]) for each in own]
    if not _is_plain(kind) and not any(form.pack for form in forms):
        return Form(kind[arguments] if arguments else kind)
    definitions = [(each.name, form.kind, *_default(each, form.pack)) for each, form in zip(own, forms, strict=True)]
    names, named = [each.name for each in own], not _is_plain(kind)
    documented = {"__doc__": kind.__doc__}  # for schemas, because the comments of the fields are looked up by module
    packed: Any = msgspec.defstruct(
        kind.__name__,
        definitions,
        module=kind.__module__,
        namespace=documented,
        gc=False,
        kw_only=named,
        **_written(kind),
    )
    return Form(
        packed,
        _maker(packed, names, [form.pack for form in forms], named=named),
        _maker(kind, names, [form.unpack for form in forms], named=named or len(own) < len(every)),
    )


def _is_plain(kind: Any) -> bool:  # noqa: ANN401 -- as above
    return is_dataclass(kind)


def _hints(kind: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:  # noqa: ANN401 -- as above
    """Return the types of a class's fields, with the class's type variables replaced."""
    if _is_plain(kind):
        return {name: hint for each in reversed(kind.__mro__[:-1]) for name, hint in _annotated(each).items()}
    given = dict(zip(getattr(kind, "__parameters__", ()), arguments, strict=False))
    hints = {}
    for name, hint in get_type_hints(kind).items():
        free = getattr(hint, "__parameters__", ())
        hints[name] = given.get(hint, hint) if isinstance(hint, TypeVar) else hint
        if free and all(each in given for each in free):
            hints[name] = hint[tuple(given[each] for each in free)]
    return hints


def _annotated(kind: type) -> dict[str, Any]:
    """Return the annotated types in a class's source: a compiled class reduces `dict[int, Call]` to `dict`."""
    (body,) = ast.parse(source_of(kind)).body
    assert isinstance(body, ast.ClassDef)
    names = vars(sys.modules[kind.__module__])
    annotations = [each for each in body.body if isinstance(each, ast.AnnAssign)]
    return {ast.unparse(each.target): _type_of(each.annotation, names) for each in annotations}


def _type_of(annotation: ast.expr, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- a type, or an argument of one
    """Return the type that an annotation of a module with these names means."""
    match annotation:
        case ast.Name(id=name):
            return names[name] if name in names else _BUILT_IN[name]
        case ast.Constant(value=value):
            return value
        case ast.Attribute(value=of, attr=name):
            return getattr(_type_of(of, names), name)
        case ast.Subscript(value=of, slice=arguments):
            return _type_of(of, names)[_type_of(arguments, names)]
        case ast.Tuple(elts=each):
            return tuple(_type_of(one, names) for one in each)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _type_of(left, names) | _type_of(right, names)
    raise TypeError(f"{ast.unparse(annotation)} is no type of a state's field")


def _written(kind: Any) -> dict[str, Any]:  # noqa: ANN401 -- as above
    """Return the Struct settings with which a class is written."""
    if _is_plain(kind):
        return {"array_like": kind.__name__ in ARRAYS}
    config = kind.__struct_config__
    return {name: getattr(config, name) for name in ("array_like", "omit_defaults", "tag", "tag_field")}


def _default(of: Any, change: Change | None) -> tuple[Any, ...]:  # noqa: ANN401 -- a field of either
    """Return a field's default, if any."""
    if of.default not in (MISSING, msgspec.NODEFAULT):
        return (of.default if change is None else change(of.default),)
    if of.default_factory in (MISSING, msgspec.NODEFAULT):
        return ()
    make: Callable[[], Any] = of.default_factory
    return (msgspec.field(default_factory=make if change is None else lambda: change(make())),)


def _maker(kind: Any, names: list[str], changes: list[Change | None], *, named: bool) -> Change:  # noqa: ANN401 -- a class
    """Return a constructor from an object with the same fields; `named` passes them by keyword.

    The constructor is generated code: every record of a state and of a day passes through it, and `attrgetter` takes
    twice its time, as does `msgspec.convert`.
    """
    known = {f"change_{name}": change for name, change in zip(names, changes, strict=True) if change is not None}
    read = (f"change_{name}(of.{name})" if f"change_{name}" in known else f"of.{name}" for name in names)
    given = ", ".join(f"{name}={each}" if named else each for name, each in zip(names, read, strict=True))
    made: Change = eval(f"lambda of: kind({given})", {"kind": kind, **known})  # noqa: S307 -- the names of our own fields
    return made


def _each_value(change: Change) -> Change:
    return lambda values: {key: change(value) for key, value in values.items()}


def _each(change: Change) -> Change:
    return lambda values: [change(value) for value in values]


def _by_place(changes: Any) -> Change:  # noqa: ANN401 -- a change or None for each place
    return lambda values: tuple(
        value if change is None else change(value) for change, value in zip(changes, values, strict=True)
    )


def _by_type(kinds: Any, changes: Any) -> Change:  # noqa: ANN401 -- a class, and a change or None, for each case
    change_of = {kind: change for kind, change in zip(kinds, changes, strict=True) if change is not None}

    def change(value: Any) -> Any:  # noqa: ANN401 -- any value
        change = change_of.get(type(value))
        return value if change is None else change(value)

    return change
