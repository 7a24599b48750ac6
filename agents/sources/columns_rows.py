"""The rows of a table: CSV with a header, or JSON as one value a line or one array."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import msgspec

from agents.sources.lines import MAX_DOCUMENT, MAX_LINE, TOO_LONG
from config.refusal import ConfigError, Mistake
from streams.decoding import UNREADABLE
from streams.number import ANY_NUMBERS, withheld

ABSENT: Final = object()
FIRST_OBJECTS: Final = 1_000  # of a file, in which each column must stand once

_DELIMITERS: Final = {"comma": ",", "tab": "\t", "semicolon": ";"}
_NOTHING: Final = frozenset({"NULL", "\\N"})
MAX_COLUMNS: Final = 1_000
_LONGEST: Final = 500  # characters of a header that are worth showing
_WRAPPED: Final = 4  # objects around a value; NGSI has one or two
SPAN = 20  # lines that one quoted field may span: of a longer one, the quote is a stray one

Numbered: TypeAlias = tuple[int, bytes]


class TableLayout(Protocol):
    """Stand for what a mapping says of a file: its columns, which of them it may lack, and how it is written."""

    @property
    def delimiter(self) -> str | None:
        """Return the name of the delimiter, None where the header tells it."""

    @property
    def rows(self) -> str | None:
        """Return where a JSON object holds its rows, None where it is a row itself."""

    @property
    def optional(self) -> tuple[str, ...]:
        """Return the columns that the file may lack."""

    def columns(self) -> tuple[str, ...]:
        """Return the columns that are read, each once."""


class TableRow(NamedTuple):
    """Hold the columns that are mapped, an absent one as empty."""

    number: int
    values: Mapping[str, str]


class MalformedRow(NamedTuple):
    """Tell why a row cannot be read."""

    number: int
    raw: bytes
    detail: str


def read(lines: Iterable[bytes], table: TableLayout, file: str) -> Iterator[TableRow | MalformedRow]:
    """Read a file from its first line on.

    Raises `ConfigError`, at once, where its header lacks a column.
    """
    filled = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    number, first = next(filled, (0, b""))
    first = first.removeprefix(b"\xef\xbb\xbf")
    if not first or first.lstrip()[:1] in {b"{", b"["}:
        return _complete(chain([(number, first)] if first else [], filled), table, file)
    text = first.decode("utf-8", "replace")
    delimiter = _DELIMITERS[table.delimiter] if table.delimiter else max(_DELIMITERS.values(), key=text.count)
    try:
        header = [name.strip() for name in next(csv.reader([text], delimiter=delimiter))]
    except csv.Error as error:
        found = "a carriage return amid the line" if b"\r" in first.rstrip() else str(error)
        expected = f"names of at most {csv.field_size_limit()} characters, in lines that end in LF or CRLF"
        raise ConfigError([Mistake(file, f"line {number}", found, expected)]) from None
    if len(header) > MAX_COLUMNS:
        raise ConfigError([Mistake(file, f"line {number}", f"{len(header)} columns", f"at most {MAX_COLUMNS}")])
    indexes = {name: header.index(name) for name in table.columns() if header.count(name) == 1}
    if missing := set(table.columns()) - set(indexes) - set(table.optional):
        # Where the header is missing, the first row stands in its place.
        found = withheld(f"the columns {', '.join(header)}", ANY_NUMBERS)
        found = found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"
        raise ConfigError([Mistake(file, "", found, f"each of {', '.join(sorted(missing))} once")])
    return _fields(filled, header, delimiter, {name: indexes.get(name, -1) for name in table.columns()})


def _complete(lines: Iterator[Numbered], table: TableLayout, file: str) -> Iterator[TableRow | MalformedRow]:
    """Read objects; raise `ConfigError` where none of the first ones has a column: they would be read as without it."""
    present: set[str] = set()
    rows = _objects(lines, table, present)
    head = list(islice(rows, FIRST_OBJECTS))
    missing = set(table.columns()) - present - set(table.optional)
    if missing and any(isinstance(row, TableRow) for row in head):
        found = f"{len(head)} objects without {', '.join(sorted(missing))}"
        expected = "each column in one of them at least; name under `optional` what may be absent"
        raise ConfigError([Mistake(file, "", found, expected)])
    return chain(head, rows)


def _objects(lines: Iterator[Numbered], table: TableLayout, present: set[str]) -> Iterator[TableRow | MalformedRow]:
    """Yield the rows in objects, and add to `present` the columns that they have."""
    path = table.rows.split(".") if table.rows else []
    for number, raw, value in _values(lines):
        for each in value if isinstance(value, list) else [value]:
            found = _rows(each, path, table.columns())
            if found is None:
                expected = f"one with rows at {table.rows}" if path else "one a line, or an array of them"
                detail = TOO_LONG if len(raw) > MAX_LINE and value is None else f"no JSON object; expected {expected}"
                yield MalformedRow(number, raw if len(raw) <= MAX_LINE else b"", detail)
            for row in found or ():
                present.update(row)
                yield TableRow(number, {name: _text(row.get(name)) for name in table.columns()})


def _values(lines: Iterator[Numbered]) -> Iterator[tuple[int, bytes, object]]:
    """Yield the value of each line; of a file that is one array or object, its items, numbered from 1."""
    head = list(islice(lines, 2))
    whole = _decoded(head[0][1]) if len(head) == 1 else None
    if head and whole is None and _decoded(head[0][1]) is None:
        size = sum(len(line) for _, line in head)
        for each in lines:  # as far as one value may reach
            head.append(each)
            size += len(each[1])
            if size > MAX_DOCUMENT:
                break
        else:
            whole = _decoded(b"".join(line for _, line in head))
    if isinstance(whole, list | dict):
        items = whole if isinstance(whole, list) else [whole]
        yield from ((number, msgspec.json.encode(item), item) for number, item in enumerate(items, 1))
        return
    for number, line in chain(head, lines):
        yield number, line, _decoded(line)


def _decoded(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw)
    except UNREADABLE:
        return None


def _rows(value: object, path: list[str], columns: tuple[str, ...]) -> list[dict[str, Any]] | None:
    """Return the objects at a path, each with what the objects around it say, None where there are none."""
    if not isinstance(value, dict):
        return None
    own = {name: told for name in columns if (told := _at(value, name)) is not ABSENT}
    if not path:
        return [own]
    within = value.get(path[0])
    found: list[dict[str, Any]] = []
    for each in within if isinstance(within, list) else [within]:
        rows = _rows(each, path[1:], columns)
        if rows is None:
            return None
        found += [{**own, **row} for row in rows]
    return found


def _at(value: dict[str, Any], name: str) -> object:
    """Return what an object has under a name, or under the names that dots part; `ABSENT` where it has nothing."""
    if name in value:
        return value[name]
    first, dot, rest = name.partition(".")
    within = value.get(first) if dot else None
    if dot and first in value and within is None:
        return None  # an agent of whom nothing is told is there, and is nobody
    return _at(within, rest) if isinstance(within, dict) else ABSENT


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    for _ in range(_WRAPPED):
        if isinstance(value, dict):  # NGSI writes a property as {"type": ..., "value": ...}
            value = value.get("value", value.get("@value"))
    return str(value) if isinstance(value, str | int | float) else ""


def _fields(
    lines: Iterator[Numbered], header: list[str], delimiter: str, indexes: Mapping[str, int]
) -> Iterator[TableRow | MalformedRow]:
    for held in _whole(lines):
        taken = 0
        if len(held[0][1]) > MAX_LINE:
            yield MalformedRow(held[0][0], b"", TOO_LONG)
            continue
        try:
            reader = csv.reader([line.decode() for _, line in held], delimiter=delimiter)
            for fields in reader:
                number, raw = held[taken][0], b"".join(line for _, line in held[taken : reader.line_num])
                taken = reader.line_num
                if len(fields) < len(header) or any(fields[len(header) :]):
                    yield MalformedRow(number, raw, f"{len(fields)} fields; expected {len(header)}")
                elif fields[: len(header)] != header:  # the header again, inside files that were put end to end
                    stripped = [field.strip() for field in fields]
                    values = ["" if field in _NOTHING else field for field in stripped]
                    yield TableRow(
                        number, {name: values[index] if index >= 0 else "" for name, index in indexes.items()}
                    )
        except (csv.Error, UnicodeDecodeError) as error:
            found = "bytes that are no UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
            yield MalformedRow(held[taken][0], b"".join(line for _, line in held[taken:]), f"{found}; expected CSV")


def _whole(lines: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    """Put together the lines that a quoted field spans."""
    held: list[Numbered] = []
    quotes = 0
    for each in lines:
        if len(each[1]) > MAX_LINE:
            yield from ([one] for one in (*held, each))
            held, quotes = [], 0
            continue
        held.append(each)
        quotes += each[1].count(b'"')
        if quotes % 2 and len(held) < SPAN:
            continue
        yield from [[one] for one in held] if quotes % 2 else [held]
        held, quotes = [], 0
    yield from ([one] for one in held)
