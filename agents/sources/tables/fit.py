"""Recognises a file by its column names: as a record that has its own kind, or by the mappings that fit it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Final

from agents.handbook import page
from agents.sources.kind import FileKind
from agents.sources.lines import is_dump
from agents.sources.tables import sql_rows
from agents.sources.tables.csv_rows import header_of, is_separator
from agents.translation import text
from config.mapping import Table, available
from config.settings import Settings
from streams.said import said

_DEEPEST: Final = 8  # levels of nested objects: an export has two or three
GUIDE: Final = said("`tocsin init FILE` proposes a mapping, for --mapping NAME; {page} explains it")
_SHOWN: Final = 40  # columns shown in a message
_JSON: Final = frozenset({b"{", b"["})
# Columns, in lower case, of records that have their own kind, because no mapping can join their legs.
_KINDS: Final = {
    FileKind.CUCM_CDR: {"globalcallid_callid", "origcause_value"},
    FileKind.ASTERISK_CDR: {"dstchannel", "lastapp", "disposition"},
    FileKind.ASTERISK_CEL: {"eventtype", "linkedid"},
}

# The parts of a path that choose an item of an array. The keys after a chosen value may be in another item than the
# first, whose keys `header` lists.
_IN_ARRAYS = re.compile(r"\[.*|\.(?:first|last|\d+)(?=\.|$)", re.DOTALL)
_TOKEN: Final = re.compile(rb'"((?:[^"\\]|\\.)*+)"(\s*:)?|([{}\[\]])', re.DOTALL)
_NO_NAME = re.compile(r"[\W\d_]*|.*\d{4,}.*", re.DOTALL).fullmatch  # a figure, a date or a telephone number


def header(lines: Sequence[bytes]) -> list[str]:
    """Return the names of a file's columns from its first lines: a CSV's header, or the keys of the first JSON object.

    Of an SQL dump, return the columns of the first table with rows.
    A nested key is preceded by the keys around it, separated by dots.
    """
    filled = [line for line in lines if line.strip() and not is_separator(line)]
    if not filled:
        return []
    first = filled[0]
    if _begins(filled) in _JSON:
        return list(dict.fromkeys(_keys(b"\n".join(filled))))
    if is_dump(first):
        return list(next(iter(sql_rows.columns_of(enumerate(filled, 1)).values()), ()))
    try:
        return header_of(first)
    except csv.Error:
        return []


def _begins(lines: Sequence[bytes]) -> bytes:
    return next((line.lstrip()[:1] for line in lines if line.strip()), b"")


def is_name(text: str) -> bool:
    """Return whether a text may be a column's name, and is no figure, date or telephone number."""
    return not _NO_NAME(text)


def own_kind(header: Sequence[str]) -> FileKind | None:
    """Return the kind of a record that has its own, by its header; None for other files."""
    small = {name.lower() for name in header}
    return next((kind for kind, needed in _KINDS.items() if needed <= small), None)


def fitting(header: Sequence[str], settings: Settings) -> list[str]:
    """Return the names of the mappings whose columns are all in a header, the one that uses most of them first."""
    names = set(header)
    fits = {
        name: len(names.intersection(table.used()))
        for name, table in available(settings.mappings).items()
        if _fits(table, names)
    }
    return sorted(fits, key=lambda name: (-fits[name], name))


def told(lines: Sequence[bytes], settings: Settings, of: str | None = None) -> str:
    """Return the message for a file that fits no mapping: its columns, the closest mapping, and the page to read.

    With `of`, only mappings of that kind matter. If a name in a CSV has a digit, the line is no header, and none of its
    words are shown, as they may identify a caller; of a JSON object, only such keys are hidden.
    """
    return f"{_found(lines, settings, of)}. {text(GUIDE, page=page('mappings.md'))}"


def _found(lines: Sequence[bytes], settings: Settings, of: str | None) -> str:
    names, json = header(lines), _begins(lines) in _JSON
    if json:
        names = [name for name in names if all(map(is_name, name.split(".")))]
        if not names:
            return text("Its first {count} lines have no JSON object with named keys", count=len(lines))
    elif not (names := [name for name in names if name]) or not all(map(is_name, names)):
        return text("Its first line has no column names: define them under `columns` or `widths`")
    shown = ", ".join(names[:_SHOWN])
    if len(names) > _SHOWN:
        shown = text("{names} and {count} more", names=shown, count=len(names) - _SHOWN)
    columns = text("Its columns are {columns}", columns=shown)
    if json:
        columns = text("The keys of its first object are {keys}", keys=shown)
    fits = text("no mapping fits them") if of is None else text("no mapping of {kind} fits them", kind=of)
    if (near := _nearest(set(names), settings, of)) is not None:
        fits = text("the closest mapping is {mapping}; it also needs {columns}", mapping=near[0], columns=near[1])
    return f"{columns}; {fits}"


def _nearest(names: set[str], settings: Settings, of: str | None) -> tuple[str, str] | None:
    """Return the mapping with the largest share of its columns among these, and those missing; None below a half."""
    best, share = None, 0.5
    for name, table in available(settings.mappings).items():
        needed = set(table.used()) - set(table.optional)
        there = needed & names
        if of in {None, table.of} and len(there) > 1 and len(there) / len(needed) >= share:
            best, share = (name, ", ".join(sorted(needed - there))), len(there) / len(needed)
    return best


def _fits(table: Table, names: set[str]) -> bool:
    path = table.rows.split(".") if table.rows else []
    around = [".".join([*path[:depth], ""]) for depth in range(1, len(path) + 1)]
    needed = set(table.used()) - set(table.optional)
    spelled = ((name, _IN_ARRAYS.sub("", name)) for name in needed)
    return bool(needed) and all(
        any(f"{prefix}{name}" in names for prefix in ("", *around) for name in either) for either in spelled
    )


def _keys(text: bytes) -> Iterator[str]:
    """Yield the keys of the first JSON object, which may be unfinished, and of the objects in it."""
    around: list[str] = []  # before the keys of each open object or array
    key, whole = "", 0
    for found in _TOKEN.finditer(text):
        name, colon, bracket = found.groups()
        if bracket in {b"{", b"["}:
            if bracket == b"[" and not around:
                whole = 1  # the objects are the items of an array
            around.append(key)
        elif bracket:
            key = around.pop() if around else ""
            if len(around) <= whole and bracket == b"}":
                return
        elif colon and around and len(around) <= _DEEPEST:
            key = ".".join(filter(None, (around[-1], name.decode("utf-8", "replace"))))
            yield key
