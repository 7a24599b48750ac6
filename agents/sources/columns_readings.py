"""From the rows of a table of a counter's totals, read by a mapping, to readings."""

from __future__ import annotations

from typing import Literal, cast

from agents.sources.columns import Columns
from agents.sources.columns_rows import TableRow
from agents.sources.entry import short
from streams.decoding import Invalid
from streams.events import Reading
from streams.said import said


class ReadingRows:
    """Turn rows into readings; a row that names no mode is of an interval if it says since when, else cumulative."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def take(self, row: TableRow) -> list[Reading]:
        """Return the reading of a row, none where it is to be ignored; raise `Invalid` where it is wrong."""
        values, columns = row.values, self.columns
        table = columns.table
        mode, _ = columns.outcome(values)
        if mode == "ignore":
            return []
        line = columns.queue(values)
        at, since = columns.moments.named(values, "at"), columns.moments.named(values, "since")
        if at is None:
            raise Invalid("no-time", said("no moment for at; expected one in every row"))
        if mode is None:
            mode = "cumulative" if since is None else "interval"
        totals = [columns.count(values, column) for column in (table.offered, table.answered, table.lost)]
        if all(total is None for total in totals):
            raise Invalid("no-count", said("no total; expected one of the calls offered, answered or lost"))
        offered, answered, lost = totals
        return [
            Reading(
                line=line,
                mode=cast("Literal['cumulative', 'interval']", mode),
                at=at,
                since=since if mode == "interval" else None,
                offered=offered,
                answered=answered,
                lost=lost,
                id=short(f"{columns.source}:{line}:{at}"),
                source=columns.source,
                site=columns.site,
            )
        ]
