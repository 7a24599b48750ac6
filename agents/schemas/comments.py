"""The comments behind a struct's fields, used as descriptions in the JSON Schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

import msgspec

from streams.kept.source import source_of

OUTSIDE: Final = {"builtins", "msgspec"}  # modules whose classes have no fields of ours
_FIELD: Final = re.compile(r"^    (\w+): .*?  # (?!noqa|type:)(.+)$", re.MULTILINE)


def comments(kind: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401 -- a struct, or a union of structs
    """Return the comments behind the fields of each struct in a type, by the struct's name and the field's in JSON.

    >>> from streams.ledger.day import ServiceDay
    >>> comments(ServiceDay)["TicketSlot"]["open"]
    'none of these yet'
    """
    found = {}
    for struct in _structs(msgspec.inspect.type_info(kind)):
        own = [each for each in _written(struct).__mro__ if each.__module__.partition(".")[0] not in OUTSIDE]
        texts = dict(match for each in reversed(own) for match in _FIELD.findall(source_of(each)))
        fields = msgspec.structs.fields(struct)
        found[struct.__name__] = {each.encode_name: texts.get(each.name, "") for each in fields}
    return found


def describe(schema: dict[str, Any], texts: Mapping[str, str]) -> None:
    """Add the comments to a struct's JSON Schema, which is an object or an array."""
    fields = schema.get("properties") or dict(zip(texts, schema.get("prefixItems", ()), strict=False))
    for name, words in texts.items():
        if words:
            fields[name]["description"] = words


def _written(struct: type[msgspec.Struct]) -> type:
    """Return the class in the source; `streams.kept.packing` makes other classes from it."""
    found: type = getattr(import_module(struct.__module__), struct.__qualname__)
    return found


def _structs(node: object) -> Iterator[type[msgspec.Struct]]:
    if isinstance(node, msgspec.inspect.StructType):
        yield node.cls
    if isinstance(node, (msgspec.inspect.Type, msgspec.inspect.Field)):
        for name in node.__struct_fields__:
            yield from _structs(getattr(node, name))
    elif isinstance(node, tuple):
        for each in node:
            yield from _structs(each)
