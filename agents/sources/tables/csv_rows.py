"""The rows of a CSV file, with or without a header."""

from __future__ import annotations

import csv
import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.tables.rows import MalformedRow, Numbered, TableLayout, TableRow
from config.refusal import ConfigError, Mistake
from streams.number import ANY_NUMBERS, withheld
from streams.said import said

MAX_COLUMNS: Final = 1_000

_DELIMITERS: Final = {"comma": ",", "tab": "\t", "semicolon": ";"}
_NOTHING: Final = frozenset({"NULL", "\\N"})
_LONGEST: Final = 500  # characters of a header shown in a message
_SEPARATOR: Final = re.compile(rb"sep=.\s*", re.IGNORECASE)
SPAN: Final = 20  # lines that one quoted field may span: beyond that, the quote is taken for a stray one


def header_of(first: bytes, delimiter: str | None = None) -> list[str]:
    """Return the names in a first line, separated by the named delimiter, or by the most frequent one.

    Raises `csv.Error`.
    """
    text = first.decode("utf-8", "replace")
    return [name.strip() for name in next(csv.reader([text], delimiter=_sign(text, delimiter), skipinitialspace=True))]


def is_separator(line: bytes) -> bool:
    """Return whether a line is Excel's own first one, such as `sep=;`."""
    return _SEPARATOR.fullmatch(line) is not None


def is_header(line: bytes, table: TableLayout) -> bool:
    """Return whether a line names each column of a mapping once."""
    try:
        names = Counter(header_of(line, table.delimiter))
    except csv.Error:
        return False
    return all(names[name] == 1 for name in table.used() if name not in table.optional)


def with_header(
    lines: Iterator[Numbered], number: int, first: bytes, table: TableLayout, file: str
) -> Iterator[TableRow | MalformedRow]:
    """Read the lines after the header `first`; raise `ConfigError`, before any row, if it lacks a column."""
    try:
        header = header_of(first, table.delimiter)
    except csv.Error as error:
        found = "a carriage return inside the line" if b"\r" in first.rstrip() else str(error)
        expected = f"names of at most {csv.field_size_limit()} characters, in lines that end in LF or CRLF"
        raise ConfigError([Mistake(file, f"line {number}", found, expected)]) from None
    if len(header) > MAX_COLUMNS:
        raise ConfigError([Mistake(file, f"line {number}", f"{len(header)} columns", f"at most {MAX_COLUMNS}")])
    indexes = {name: header.index(name) for name in table.used() if header.count(name) == 1}
    if missing := sorted(set(table.used()) - set(indexes) - set(table.optional)):
        # If the header is missing, this is the first row and may have numbers.
        found = withheld(f"the columns {', '.join(header)}", ANY_NUMBERS)
        found = found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"
        expected = f"each of {', '.join(missing)} once{_meant(missing, header)}"
        advice = "if the first line is no header, name the columns under `columns`"
        raise ConfigError([Mistake(file, "", found, f"{expected}; {advice}")])
    sign = _sign(first.decode("utf-8", "replace"), table.delimiter)
    return _fields(lines, header, sign, {name: indexes.get(name, -1) for name in table.used()})


def without_header(lines: Iterator[Numbered], first: bytes, table: TableLayout) -> Iterator[TableRow | MalformedRow]:
    """Read every line by the mapping's column names; skip a line that has these names itself."""
    names = list(table.columns)
    sign = _sign(first.decode("utf-8", "replace"), table.delimiter)
    return _fields(lines, names, sign, {name: names.index(name) if name in names else -1 for name in table.used()})


def _sign(text: str, delimiter: str | None) -> str:
    """Return the named delimiter if the text has it, or the most frequent: a workbook's is always the comma."""
    named = _DELIMITERS.get(delimiter or "", "")
    return named if named and named in text else max(_DELIMITERS.values(), key=text.count)


def _meant(missing: Sequence[str], header: Sequence[str]) -> str:
    close = {name: difflib.get_close_matches(name, header, n=1) for name in missing}
    meant = [f"{found[0]} for {name}" for name, found in close.items() if found]
    return withheld(f" (did you mean {', '.join(meant)}?)", ANY_NUMBERS) if meant else ""


def _fields(
    lines: Iterator[Numbered], header: list[str], delimiter: str, indexes: Mapping[str, int]
) -> Iterator[TableRow | MalformedRow]:
    for held in _whole(lines):
        taken = 0
        if len(held[0][1]) > MAX_LINE:
            yield MalformedRow(held[0][0], b"", TOO_LONG)
            continue
        try:
            reader = csv.reader([line.decode() for _, line in held], delimiter=delimiter, skipinitialspace=True)
            for fields in reader:
                number, raw = held[taken][0], b"".join(line for _, line in held[taken : reader.line_num])
                taken = reader.line_num
                if len(fields) < len(header) or any(fields[len(header) :]):
                    yield MalformedRow(
                        number,
                        raw,
                        said("{count} fields; expected {expected}", count=len(fields), expected=len(header)),
                    )
                    continue
                stripped = [field.strip() for field in fields]
                if stripped[: len(header)] != header:  # the header is repeated in concatenated files
                    values = ["" if field in _NOTHING else field for field in stripped]
                    yield TableRow(
                        number, {name: values[index] if index >= 0 else "" for name, index in indexes.items()}
                    )
        except (csv.Error, UnicodeDecodeError) as error:
            found = "bytes that are not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
            yield MalformedRow(held[taken][0], b"".join(line for _, line in held[taken:]), f"{found}; expected CSV")


def _whole(lines: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    """Join the lines that a quoted field spans."""
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
