"""Which mappings fit a file, by the names of its columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

import msgspec

from config.mapping import Table, available
from config.settings import Settings
from streams.decoding import UNREADABLE

_DELIMITERS = ",;\t"
_DEEPEST = 8  # objects within each other: an export has two or three


def header(lines: Sequence[bytes]) -> list[str]:
    """Return the names of a file's columns, by its first lines: a CSV's first line, or the keys of its first object.

    A key within another object has the names around it before it, parted by dots.
    """
    filled = [line for line in lines if line.strip()]
    if not filled:
        return []
    first = filled[0].removeprefix(b"\xef\xbb\xbf")
    if first.lstrip()[:1] in {b"{", b"["}:
        values = (_decoded(raw) for raw in (first, b"".join([first, *filled[1:]])))
        found = next((value for value in values if value is not None), None)
        return list(dict.fromkeys(_keys(found, "", _DEEPEST)))
    text = first.decode("utf-8", "replace")
    try:
        return [name.strip() for name in next(csv.reader([text], delimiter=max(_DELIMITERS, key=text.count)))]
    except csv.Error:
        return []


def fitting(header: Sequence[str], settings: Settings) -> list[str]:
    """Return the names of the mappings whose columns all stand in a header, the one that reads most of them first."""
    names = set(header)
    fits = {name: len(table.used()) for name, table in available(settings.mappings).items() if _fits(table, names)}
    return sorted(fits, key=lambda name: (-fits[name], name))


def _fits(table: Table, names: set[str]) -> bool:
    path = table.rows.split(".") if table.rows else []
    around = [".".join([*path[:depth], ""]) for depth in range(1, len(path) + 1)]
    needed = set(table.used()) - set(table.optional)
    return bool(needed) and all(any(f"{prefix}{name}" in names for prefix in ("", *around)) for name in needed)


def _decoded(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw)
    except UNREADABLE:
        return None


def _keys(value: object, before: str, deepest: int) -> Iterator[str]:
    """Yield the keys of an object, or of the first of a list, and of what lies within."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and deepest:
        for key, within in value.items():
            yield f"{before}{key}"
            yield from _keys(within, f"{before}{key}.", deepest - 1)
