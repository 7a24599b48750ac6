"""The rows of a JSON file: objects on a line each, over several lines, in arrays, or under another object's key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from agents.sources.lines import MAX_LINE
from agents.sources.tables.json_values import AS_WRITTEN, NoValue, values
from agents.sources.tables.rows import MalformedRow, Numbered, TableLayout, TableRow
from config.refusal import ConfigError, Mistake
from streams.decoding import UNREADABLE

T = TypeVar("T")

_Written: TypeAlias = bytes | msgspec.Raw

FIRST_OBJECTS: Final = 1_000  # of a file, in which each column must occur

_OBJECT: Final = msgspec.json.Decoder(dict[str, Any], float_hook=str)
_OUTER: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_ABSENT: Final = object()
_WRAPPED: Final = 4  # objects around a value; NGSI has one or two
_ENDS: Final = {"first": 0, "last": -1}  # of an array
_LONGEST_PLACE: Final = 7  # digits of a place in an array
_SELECTED: Final = re.compile(r"(?P<array>[^\[\]]+)\[(?P<key>[^=\[\]]+)=(?P<value>[^\[\]]*)\]\.(?P<rest>.+)")


def rows(lines: Iterator[Numbered], table: TableLayout, file: str) -> Iterator[TableRow | MalformedRow]:
    """Read objects; raise `ConfigError` if a column is in none of the first ones, as it would be read as empty."""
    present: set[str] = set()
    found = _objects(lines, table, present)
    head = list(islice(found, FIRST_OBJECTS))
    missing = set(table.used()) - present - set(table.optional)
    if missing and any(isinstance(row, TableRow) for row in head):
        shown = f"{len(head)} objects without {', '.join(sorted(missing))}"
        expected = "each column in at least one of them; list columns that may be absent under `optional`"
        raise ConfigError([Mistake(file, "", shown, expected)])
    return chain(head, found)


def _objects(lines: Iterator[Numbered], table: TableLayout, present: set[str]) -> Iterator[TableRow | MalformedRow]:
    """Yield the rows of objects, and add their columns to `present`."""
    path, used = table.rows.split(".") if table.rows else [], table.used()
    expected = f"one with rows at {table.rows}" if path else "one a line, or an array of them"
    for number, raw in values(lines):
        if isinstance(raw, NoValue):
            yield _malformed(number, raw.line, raw.detail or f"no JSON object; expected {expected}")
            continue
        for own, row in _rows(raw, path, used):
            if row is None:
                yield _malformed(number, own, f"no JSON object; expected {expected}")
                continue
            present.update(row)
            odd = next((name for name, value in row.items() if _plain(value) is _ABSENT), None)
            if odd is not None:
                kind, within = (
                    ("a list", f"{odd}.first") if isinstance(row[odd], list) else ("an object", f"{odd}.name")
                )
                detail = f"{odd} is {kind}; expected a value, or a path to one inside it, such as {within}"
                yield _malformed(number, own, detail)
            else:
                yield TableRow(number, {name: _text(row.get(name)) for name in used})


def _malformed(number: int, raw: _Written, detail: str) -> MalformedRow:
    written = bytes(raw)
    return MalformedRow(number, written if len(written) <= MAX_LINE else b"", detail)


def _rows(raw: _Written, path: list[str], used: tuple[str, ...]) -> Iterator[tuple[_Written, dict[str, Any] | None]]:
    """Yield each text at a path with its columns and the enclosing objects' columns; None if the text is no object.

    Only one object is decoded at a time: the document around it stays encoded.
    """
    if not path:
        value = _decoded(raw, _OBJECT)
        yield raw, None if value is None else _own(value, used)
        return
    outer = _decoded(raw, _OUTER)
    if outer is None or path[0] not in outer:
        yield raw, None
        return
    within = outer.pop(path[0])
    read = {*used, *(name.partition(".")[0] for name in used)}
    around = {key: _decoded(each, AS_WRITTEN) for key, each in outer.items() if key in read}
    own = _own(around, used)
    items = _decoded(within, _ITEMS)
    for each in [within] if items is None else items:
        for written, row in _rows(each, path[1:], used):
            # If there are no rows, keep the whole document, as it usually is an error message.
            yield raw if items is None else written, None if row is None else {**own, **row}


def _own(value: dict[str, Any], used: tuple[str, ...]) -> dict[str, Any]:
    return {name: found for name in used if (found := _at(value, name)) is not _ABSENT}


def _decoded(raw: _Written, decoder: msgspec.json.Decoder[T]) -> T | None:
    try:
        return decoder.decode(raw)
    except UNREADABLE:
        return None


def _at(value: object, path: str) -> object:
    """Return the value at a path of names separated by dots, `_ABSENT` if there is none.

    Inside an array, use an index, `first`, `last`, or a value that an object in it has, as in `agents[team=hall]`. Null
    and an empty array yield None for everything inside them: the agent exists but is unnamed.
    """
    if isinstance(value, dict) and path in value:
        return value[path]
    if "[" in path and (by := _SELECTED.fullmatch(path)):
        return _selected(_at(value, by["array"]), by)
    first, dot, rest = path.partition(".")
    if isinstance(value, dict):
        within = value.get(first, _ABSENT) if dot else _ABSENT
    elif isinstance(value, list):
        within = _item(value, first)
    else:
        return None if value is None else _ABSENT
    return _at(within, rest) if dot else within


def _item(items: list[Any], place: str) -> object:
    """Return an item of an array, None if the array is too short."""
    index = _ENDS.get(place, int(place) if place.isdecimal() and len(place) < _LONGEST_PLACE else None)
    if index is None:
        return _ABSENT
    return items[index] if index < len(items) and items else None


def _selected(items: object, by: re.Match[str]) -> object:
    """Return the value at the rest of a path, inside the first object that is selected and has one."""
    if not isinstance(items, list):
        return None if items is None else _ABSENT
    objects = [each for each in items if isinstance(each, dict) and _text(_at(each, by["key"])) == by["value"]]
    found = [_at(each, by["rest"]) for each in objects]
    nothing = None if None in found else _ABSENT
    return next((each for each in found if each is not None and each is not _ABSENT), nothing)


def _plain(value: object) -> object:
    """Return a value without its wrappers; `_ABSENT` unless it is a text, number or boolean."""
    for _ in range(_WRAPPED):
        if isinstance(value, dict):  # NGSI writes a property as {"type": ..., "value": ...}
            value = value.get("value", value.get("@value", _ABSENT))
    if isinstance(value, list) and not value:
        return None
    return _ABSENT if isinstance(value, dict | list) else value


def _text(value: object) -> str:
    plain = _plain(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return "" if plain is None else str(plain)
