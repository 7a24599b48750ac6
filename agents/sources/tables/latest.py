"""Keeps the latest of several rows with one id, for sources that repeat a row after a change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from agents.sources.tables.columns import Columns
from agents.sources.tables.rows import MalformedRow, TableRow
from streams.decoding import Invalid

REPLACED: Final = "rows replaced by a later one with the same id"


def latest(rows: Iterable[TableRow | MalformedRow], columns: Columns) -> Iterator[TableRow | MalformedRow]:
    """Yield the latest row of each id, by the moment in `updated`; of two rows with one moment, yield the later row.

    Rows without id or moment are yielded at once, to be refused. All others are held until the last is read.
    """
    updated = columns.table.updated
    if updated is None:
        yield from rows
        return
    kept: dict[tuple[str, ...], tuple[float, TableRow]] = {}
    for row in rows:
        if isinstance(row, MalformedRow):
            yield row
            continue
        key = tuple(row.values[name] for name in columns.table.id)
        try:
            at = columns.moments.at(row.values, updated, "updated")
        except Invalid:
            at = None
        if at is None or not all(key):
            yield row
            continue
        if key in kept:
            columns.aside[REPLACED] += 1
            if kept[key][0] > at:
                continue
        kept[key] = (at, row)
    yield from (row for _, row in kept.values())
