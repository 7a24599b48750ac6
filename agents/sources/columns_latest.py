"""Of several rows about one call, ticket or request the latest, where a source tells of it again when it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from agents.sources.columns import Columns
from agents.sources.columns_rows import MalformedRow, TableRow
from streams.decoding import Invalid

REPLACED: Final = "rows that a later one of the same id replaces"


def latest(rows: Iterable[TableRow | MalformedRow], columns: Columns) -> Iterator[TableRow | MalformedRow]:
    """Yield of each id its latest row, by the moment in `updated`; of two of one moment, the one further down.

    What has no id or no such moment comes as it is, to be refused. All rows are held until the last is read.
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
