"""From the rows of a table of a counter's totals, read by a mapping, to readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from agents.sources.columns import Columns
from agents.sources.columns_rows import TableRow
from agents.sources.columns_spans import Spans
from agents.sources.entry import short
from config.columns import Column
from streams.checks.readings import CallTotals
from streams.decoding import Invalid
from streams.events import Mode, Reading
from streams.said import said


class _Told(NamedTuple):
    """Hold what a row tells of one line."""

    line: str
    totals: CallTotals


class ReadingRows:
    """Turn rows into readings; a row that names no mode is of an interval if it says since when, else cumulative."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        period = columns.table.period
        self._spans = None if period is None else Spans(period, columns.moments.zone)

    def take(self, row: TableRow) -> list[Reading]:
        """Return the readings of a row, none where it is to be ignored; raise `Invalid` where it is wrong."""
        values, columns = row.values, self.columns
        mode, _ = columns.outcome(values)
        if mode == "ignore":
            return []
        told = list(self._told(values))
        if not told:
            raise Invalid("no-count", said("no total; expected one of the calls offered, answered or lost"))
        return [self._reading(values, cast("Mode | None", mode), each) for each in told]

    def _told(self, values: Mapping[str, str]) -> Iterator[_Told]:
        """Yield what a row tells of each line of which it tells a total."""
        table = self.columns.table
        if not table.lines:
            line = self.columns.queue(values)
            if (totals := self._totals(values, table.offered, table.answered, table.lost)) != CallTotals():
                yield _Told(line, totals)
        for name, each in table.lines.items():
            if (totals := self._totals(values, each.offered, each.answered, each.lost)) != CallTotals():
                yield _Told(self.columns.line(name), totals)

    def _totals(self, values: Mapping[str, str], *columns: Column | None) -> CallTotals:
        return CallTotals(*(self.columns.count(values, each) for each in columns))

    def _reading(self, values: Mapping[str, str], mode: Mode | None, told: _Told) -> Reading:
        moments, counts = self.columns.moments, self.columns.table.counts
        at, since = moments.named(values, "at"), moments.named(values, "since")
        if self._spans is not None and since is not None:
            since, at = self._spans.of(told.line, since)
        if at is None:
            name = "at" if self._spans is None else "since"
            raise Invalid("no-time", said("no moment for {name}; expected one in every row", name=name))
        if mode is None:
            mode = "cumulative" if since is None else "interval"
        return Reading(
            line=told.line,
            mode=mode,
            at=at,
            since=since if mode == "interval" else None,
            offered=told.totals.offered,
            answered=told.totals.answered,
            lost=told.totals.lost,
            lost_reasons=None if counts is None else counts.lost,
            id=short(f"{self.columns.source}:{told.line}:{at}"),
            source=self.columns.source,
            site=self.columns.site,
        )
