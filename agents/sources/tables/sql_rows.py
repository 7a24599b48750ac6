"""The rows of one table of an SQL dump: INSERTs as mysqldump, phpMyAdmin and SQLite write them, or pg_dump's COPY."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import chain
from typing import Final, NamedTuple

from agents.sources.lines import MAX_LINE, is_dump
from agents.sources.tables.csv_rows import MAX_COLUMNS
from agents.sources.tables.rows import MalformedRow, Numbered, TableLayout, TableRow
from config.refusal import ConfigError, Mistake

SPAN: Final = 20  # lines that one row may span: beyond that, a quote is taken for a stray one

_NAME: Final = rb'((?:[`"\[][^`"\]]+[`"\]]|[\w$]+)(?:\.(?:[`"\[][^`"\]]+[`"\]]|[\w$]+))*)'
_INSERT: Final = re.compile(
    rb"\s*INSERT\s+(?:IGNORE\s+)?INTO\s+" + _NAME + rb"\s*(?:\(([^)]*)\))?\s*VALUES", re.IGNORECASE
)
_COPY: Final = re.compile(rb"COPY\s+" + _NAME + rb"\s*\(([^)]*)\)\s+FROM\s+stdin", re.IGNORECASE)
_CREATE: Final = re.compile(rb"\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?" + _NAME + rb"\s*\(", re.IGNORECASE)
_PART: Final = re.compile(rb'[`"\[]([^`"\]]+)[`"\]]|([\w$]+)')  # of a name
_KEY: Final = re.compile(rb"\s*(?:PRIMARY|UNIQUE|KEY|INDEX|FULLTEXT|CONSTRAINT|FOREIGN|CHECK)\b", re.IGNORECASE)
_NESTED: Final = re.compile(rb"\([^()]*\)|'[^']*'")
_ENDED: Final = re.compile(rb"^\)|;\s*$")  # the last line of a CREATE TABLE
_OPEN: Final = re.compile(rb"\s*\(")
_NEXT: Final = re.compile(rb"\s*([,;])")
_BARE: Final = rb"|(?P<bare>[^\s,()'][^,()']*))\s*(?P<end>[,)])"
_ESCAPED: Final = re.compile(rb"\s*(?:(?:\w+\s*)?'(?P<text>(?:[^'\\]|\\.|'')*+)'(?:::[\w ]+)?" + _BARE, re.DOTALL)
_PLAIN: Final = re.compile(rb"\s*(?:'(?P<text>(?:[^']|'')*+)'(?:::[\w ]+)?" + _BARE)
_NO_ESCAPES: Final = (b"SET standard_conforming_strings = on", b"PRAGMA", b"BEGIN TRANSACTION")
_SIGNS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"", b"Z": b"", b"b": b"", b"N": b""}
_ESCAPE: Final = re.compile(rb"\\(.)|''", re.DOTALL)


class DumpRow(NamedTuple):
    """A row of any table of a dump; its values are None if it cannot be read."""

    number: int
    table: str
    columns: Sequence[str]
    values: list[bytes] | None
    raw: bytes


def rows(lines: Iterator[Numbered], table: TableLayout, file: str) -> Iterator[TableRow | MalformedRow]:
    """Read the table named under `rows`, or the first that has the mapping's columns.

    Raise `ConfigError`, before any row, if no table has them.
    """
    needed = set(table.used()) - set(table.optional)
    seen: dict[str, Sequence[str]] = {}
    wanted = _of_one_table(dump_rows(lines), needed, table.rows, seen)
    first = next(wanted, None)
    if first is None:
        asked = f"the table {table.rows} with" if table.rows else "a table with"
        raise _unfit(file, seen, f"{asked} the columns {', '.join(sorted(needed))}")
    used = table.used()
    return (_row(each, used, first.table) for each in chain([first], wanted))


def as_csv(lines: Iterable[bytes], is_wanted: Callable[[Sequence[str]], bool], file: str) -> Iterator[bytes]:
    """Return the lines of a file; of a dump, the first table whose columns are wanted, as CSV with a header.

    A row of a further such table is one field, so it is refused.
    Raise `ConfigError`, before any line, if a dump has no such table.
    """
    unread = iter(lines)
    first = next(unread, b"")
    if not is_dump(first):
        return chain([first] if first else [], unread)
    seen: dict[str, Sequence[str]] = {}
    wanted = (
        row
        for row in dump_rows(enumerate(chain([first], unread), 1))
        if is_wanted(seen.setdefault(row.table, row.columns))
    )
    begun = next(wanted, None)
    if begun is None:
        raise _unfit(file, seen, "a table with the columns of this kind")
    header = _csv([name.encode() for name in begun.columns])
    rows = ((row.values if row.table == begun.table else None, row.raw) for row in chain([begun], wanted))
    return chain([header], (_csv(values or [raw]) for values, raw in rows))


def _csv(values: Sequence[bytes]) -> bytes:
    line = StringIO()
    texts = (" ".join(value.decode("utf-8", "surrogateescape").split("\n")).strip() for value in values)
    csv.writer(line).writerow(texts)
    return line.getvalue().encode("utf-8", "surrogateescape")


def _unfit(file: str, seen: Mapping[str, Sequence[str]], expected: str) -> ConfigError:
    found = "; ".join(f"{name} ({', '.join(columns)})" for name, columns in seen.items()) or "no table with rows"
    return ConfigError([Mistake(file, "", found, expected)])


def dump_rows(lines: Iterator[Numbered]) -> Iterator[DumpRow]:
    """Yield the rows of every table."""
    created: dict[str, list[str]] = {}
    value = _ESCAPED
    for number, line in lines:
        if line.startswith(_NO_ESCAPES):
            value = _PLAIN
        elif begun := _COPY.match(line):
            yield from _copied(lines, _bare(begun[1])[-1], _listed(begun[2]))
        elif begun := _CREATE.match(line):
            created[_bare(begun[1])[-1]] = _declared(line[begun.end() :], lines)
        elif begun := _INSERT.match(line):
            name = _bare(begun[1])[-1]
            columns = created.get(name, []) if begun[2] is None else _listed(begun[2])
            for at, values, raw in _inserted(number, line[begun.end() :], lines, value):
                yield DumpRow(at, name, columns, values, raw)


def _of_one_table(
    found: Iterator[DumpRow], needed: set[str], named: str | None, seen: dict[str, Sequence[str]]
) -> Iterator[DumpRow]:
    """Yield the rows of tables that have the columns, and note the columns of every table in `seen`."""
    for row in found:
        seen.setdefault(row.table, row.columns)
        if needed <= set(row.columns) and named in {None, row.table}:
            yield row


def _row(row: DumpRow, used: Sequence[str], table: str) -> TableRow | MalformedRow:
    raw = row.raw if len(row.raw) <= MAX_LINE else b""
    if row.table != table:
        return MalformedRow(row.number, raw, f"{row.table} has the columns too; expected one table, named under `rows`")
    if row.values is None or len(row.values) != len(row.columns):
        found = "no row of values" if row.values is None else f"{len(row.values)} values"
        return MalformedRow(row.number, raw, f"{found}; expected {len(row.columns)} values in parentheses")
    try:
        values = dict(zip(row.columns, (each.decode().strip() for each in row.values), strict=True))
    except UnicodeDecodeError:
        return MalformedRow(row.number, raw, "bytes that are not UTF-8; expected text")
    return TableRow(row.number, {name: values.get(name, "") for name in used})


def _bare(name: bytes) -> list[str]:
    """Return the parts of a name without their quotes."""
    return [(part[1] or part[2]).decode("utf-8", "replace") for part in _PART.finditer(name)]


def _listed(columns: bytes) -> list[str]:
    return [_bare(each)[-1] for each in columns.split(b",") if _PART.search(each)]


def _declared(rest: bytes, lines: Iterator[Numbered]) -> list[str]:
    """Return the columns of a CREATE TABLE from the rest of its line and the next lines."""
    parts = [rest]
    while len(parts) < MAX_COLUMNS and not _ENDED.search(parts[-1]) and (following := next(lines, None)):
        parts.append(following[1])
    text, before = b"".join(parts), b""
    while text != before:  # the types' own parentheses and texts may have commas
        before, text = text, _NESTED.sub(b"", text)
    return [_bare(each)[0] for each in text.split(b",") if not _KEY.match(each) and _PART.search(each)]


def _inserted(
    number: int, text: bytes, lines: Iterator[Numbered], value: re.Pattern[bytes]
) -> Iterator[tuple[int, list[bytes] | None, bytes]]:
    """Yield the rows of an INSERT from the text after VALUES on, each with the number of its line."""
    at, held = 0, 1
    while True:
        read = _values(text, at, value)
        if read is not None:
            values, end = read
            yield number, values, text[at:end]
            sign = _NEXT.match(text, end)
            if sign is not None and sign[1] == b";":
                return
            at, held = sign.end() if sign else end, 0
            if sign is None and not text[end:].strip() and (following := next(lines, None)):  # the sign comes next
                number, text, at = following[0], following[1].lstrip().removeprefix(b","), 0
                if text.startswith(b";"):
                    return
            continue
        following = next(lines, None) if held < SPAN else None
        if following is None:
            if text[at:].strip():
                yield number, None, text[at:]
            return
        blank = not text[at:].strip()
        number, text, at = following[0] if blank else number, text[at:] + following[1], 0
        held += 1


def _values(text: bytes, at: int, value: re.Pattern[bytes]) -> tuple[list[bytes], int] | None:
    """Return the values of a row and its end, None if the text ends before or has none."""
    opened = _OPEN.match(text, at)
    found: list[bytes] = []
    place = opened.end() if opened else 0
    while opened and (match := value.match(text, place)):
        if match["text"] is None:
            found.append(b"" if match["bare"].strip().upper() == b"NULL" else match["bare"].strip())
        else:
            found.append(_unescaped(match["text"]) if value is _ESCAPED else match["text"].replace(b"''", b"'"))
        place = match.end()
        if match["end"] == b")":
            return found, place
    return None


def _copied(lines: Iterator[Numbered], table: str, columns: list[str]) -> Iterator[DumpRow]:
    for number, line in lines:
        raw = line.rstrip(b"\r\n")
        if raw == b"\\.":
            return
        yield DumpRow(number, table, columns, [_unescaped(each) for each in raw.split(b"\t")], raw)


def _unescaped(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda sign: _SIGNS.get(sign[1], sign[1]) if sign[1] else b"'", text)


def columns_of(lines: Iterator[Numbered]) -> Mapping[str, Sequence[str]]:
    """Return the columns of each table that has a row in some lines."""
    return {row.table: row.columns for row in dump_rows(lines)}
