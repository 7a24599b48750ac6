"""Recognises a file by its column names: as a record that has its own kind, or by the mappings that fit it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from agents.handbook import page
from agents.sources import columns_sql
from agents.sources.columns_csv import header_of, is_separator
from agents.sources.json_values import NoValue, values
from agents.sources.kind import FileKind
from agents.sources.lines import is_dump
from agents.translation import text
from config.mapping import Table, available
from config.settings import Settings
from streams.decoding import UNREADABLE

_DEEPEST: Final = 8  # levels of nested objects: an export has two or three
_SHOWN: Final = 40  # columns shown in a message
# Columns, in lower case, of records that have their own kind, because no mapping can join their legs.
_KINDS: Final = {
    FileKind.CUCM_CDR: {"globalcallid_callid", "origcause_value"},
    FileKind.ASTERISK_CDR: {"dstchannel", "lastapp", "disposition"},
    FileKind.ASTERISK_CEL: {"eventtype", "linkedid"},
}

# The parts of a path that choose an item of an array. The keys after a chosen value may be in another item than the
# first, whose keys `header` lists.
_IN_ARRAYS = re.compile(r"\[.*|\.(?:first|last|\d+)(?=\.|$)", re.DOTALL)
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
    if first.lstrip()[:1] in {b"{", b"["}:
        read = values(enumerate([first, *filled[1:]], 1))
        found = next((raw for _, raw in read if not isinstance(raw, NoValue)), None)
        return [] if found is None else list(dict.fromkeys(_keys(_decoded(found), "", _DEEPEST)))
    if is_dump(first):
        return list(next(iter(columns_sql.columns_of(enumerate(filled, 1)).values()), ()))
    try:
        return header_of(first)
    except csv.Error:
        return []


def is_name(text: str) -> bool:
    """Return whether a text may be a column's name, and is no figure, date or telephone number."""
    return not _NO_NAME(text)


def own_kind(header: Sequence[str]) -> FileKind | None:
    """Return the kind of a record that has its own, by its header; None for other files."""
    small = {name.lower() for name in header}
    return next((kind for kind, needed in _KINDS.items() if needed <= small), None)


def fitting(header: Sequence[str], settings: Settings) -> list[str]:
    """Return the names of the mappings whose columns are all in a header, the one with most columns first."""
    names = set(header)
    fits = {name: len(table.used()) for name, table in available(settings.mappings).items() if _fits(table, names)}
    return sorted(fits, key=lambda name: (-fits[name], name))


def told(lines: Sequence[bytes], of: str) -> str:
    """Return the message for a file that fits no mapping of a kind: its columns, and the page to read.

    If a name has a digit, the line is no header, and none of its words are shown, as they may identify a caller.
    """
    names = header(lines)
    if not names or not all(map(is_name, names)):
        return text(
            "Its first line has no column names: define them under `columns` or `widths`; {page} explains how to write "
            "a mapping",
            page=page("mappings.md"),
        )
    columns = ", ".join(names[:_SHOWN])
    if len(names) > _SHOWN:
        columns = text("{names} and {count} more", names=columns, count=len(names) - _SHOWN)
    return text(
        "Its columns are {columns}; no mapping of {kind} fits. `tocsin init FILE` proposes one; {page} explains it",
        columns=columns,
        kind=of,
        page=page("mappings.md"),
    )


def _fits(table: Table, names: set[str]) -> bool:
    path = table.rows.split(".") if table.rows else []
    around = [".".join([*path[:depth], ""]) for depth in range(1, len(path) + 1)]
    needed = set(table.used()) - set(table.optional)
    spelled = ((name, _IN_ARRAYS.sub("", name)) for name in needed)
    return bool(needed) and all(
        any(f"{prefix}{name}" in names for prefix in ("", *around) for name in either) for either in spelled
    )


def _decoded(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw)
    except UNREADABLE:
        return None


def _keys(value: object, before: str, deepest: int) -> Iterator[str]:
    """Yield the keys of an object, or of the first object in a list, and of nested objects."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and deepest:
        for key, within in value.items():
            yield f"{before}{key}"
            yield from _keys(within, f"{before}{key}.", deepest - 1)
