"""The columns of a table that no mapping describes, and its first rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from agents.sources.tables import sql_rows
from agents.sources.tables.csv_rows import header_of, is_separator
from agents.sources.tables.fit import is_name
from agents.sources.tables.json_values import NoValue, values
from agents.sources.tables.rows import TableRow
from agents.sources.tables.table import read as rows_of
from streams.decoding import UNREADABLE

_LINES: Final = 50  # among which the header is sought
_ROWS: Final = 1_000  # of each table of a dump
_DEEPEST: Final = 8  # levels of nested objects


class Sample(NamedTuple):
    """The names of a table's columns, its first rows, and the path of the rows or the name of the table, if any.

    `others` are the names of the other tables of an SQL dump.
    """

    names: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    path: str | None = None
    others: tuple[str, ...] = ()


class _AnyColumns(NamedTuple):
    """A layout that reads every column, as far as a row has it."""

    names: tuple[str, ...]
    rows: str | None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    widths: Mapping[str, tuple[int, int]] = {}
    first_of: Mapping[str, tuple[str, ...]] = {}

    @property
    def optional(self) -> tuple[str, ...]:
        return self.names

    def used(self) -> tuple[str, ...]:
        return self.names


def sample(lines: Sequence[bytes]) -> Sample | None:
    """Return the columns and rows in the first lines of a CSV or JSON file, None if they have no named columns."""
    filled = [line for line in lines if line.strip() and not is_separator(line)]
    if not filled:
        return None
    begun, names, path = 0, list[str](), None
    if filled[0].lstrip()[:1] in {b"{", b"["}:
        names, path = _of_objects(filled)
    else:
        cells = [_cells(line) for line in filled[:_LINES]]
        headers = [each if all(map(is_name, each)) else [] for each in cells]
        begun = max(range(len(headers)), key=lambda at: len(headers[at]))
        # A row may have more values than its header has names; a line of a title has few words.
        names = headers[begun] if 2 * len(headers[begun]) >= max(map(len, cells)) else []
    kept = tuple(dict.fromkeys(names))
    if len(kept) < 2:  # noqa: PLR2004 -- a call has at least a moment and something else
        return None
    read = rows_of(filled[begun:], _AnyColumns(kept, path), "")
    return Sample(kept, tuple(row.values for row in read if isinstance(row, TableRow)), path)


def of_dump(lines: Iterable[bytes]) -> list[Sample]:
    """Return each table of an SQL dump that has rows, with its first rows."""
    names: dict[str, tuple[str, ...]] = {}
    found: dict[str, list[Mapping[str, str]]] = {}
    for row in sql_rows.dump_rows(enumerate(lines, 1)):
        names.setdefault(row.table, tuple(row.columns))
        kept = found.setdefault(row.table, [])
        if len(kept) < _ROWS and row.values is not None and len(row.values) == len(row.columns):
            values = (value.decode("utf-8", "replace").strip() for value in row.values)
            kept.append(dict(zip(row.columns, values, strict=True)))
    return [
        Sample(names[table], tuple(rows), table, tuple(name for name in names if name != table))
        for table, rows in found.items()
        if rows
    ]


def _cells(line: bytes) -> list[str]:
    """Return the cells of a line that are not empty."""
    try:
        return [name for name in header_of(line) if name]  # a spreadsheet pads the lines of a title
    except csv.Error:
        return []


def _of_objects(lines: Sequence[bytes]) -> tuple[list[str], str | None]:
    """Return the columns of the first object, and the path of the rows if one object has them in an array."""
    raw = [found for _, found in values(enumerate(lines, 1)) if not isinstance(found, NoValue)]
    try:
        first: Any = msgspec.json.decode(raw[0]) if raw else None
    except UNREADABLE:
        return [], None
    path = _path(first, _DEEPEST) if len(raw) == 1 else ()
    for key in path:
        first = first[key]
    return list(_keys(first[0] if path else first, "", _DEEPEST)), ".".join(path) or None


def _path(value: object, deepest: int) -> tuple[str, ...]:
    """Return the path of the first array of objects, the nearest first; an empty one if there is none."""
    inner = value if isinstance(value, dict) and deepest else {}
    for key, within in inner.items():
        if _has_objects(within):
            return (key,)
    deeper = ((key, _path(within, deepest - 1)) for key, within in inner.items())
    return next(((key, *path) for key, path in deeper if path), ())


def _has_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _keys(value: object, before: str, deepest: int) -> Iterator[str]:
    """Yield the paths of an object's plain values."""
    for key, within in value.items() if isinstance(value, dict) and deepest else ():
        if isinstance(within, dict):
            yield from _keys(within, f"{before}{key}.", deepest - 1)
        elif not isinstance(within, list):
            yield f"{before}{key}"
