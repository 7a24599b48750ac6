"""Turns the rows of a table of a counter's totals into readings by a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from agents.sources.entry import short
from agents.sources.tables.columns import Columns
from agents.sources.tables.rows import TableRow
from config.columns import Column
from config.mapping import Period
from streams.checks.readings import CallTotals
from streams.decoding import Invalid
from streams.events import Mode, Reading, ServiceReading
from streams.said import said

LONG_INTERVAL: Final = said(
    "the totals are of more than a day; expected a day or less, as figures are kept by days and longer totals do not "
    "say how many of their calls each day had"
)
_MINUTES: Final[Mapping[Period, int]] = {"1h": 60, "30m": 30, "15m": 15}


class _LineTotals(NamedTuple):
    line: str
    totals: CallTotals


class ReadingRows:
    """Turns rows into readings; without a mode, a row with a beginning is an interval, and any other is cumulative."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        period = columns.table.period
        self._spans = None if period is None else Spans(period, columns.moments.zone)

    def take(self, row: TableRow) -> list[Reading | ServiceReading]:
        """Return the readings of a row, none if the mapping ignores it; raise `Invalid` if it is wrong."""
        values, columns = row.values, self.columns
        mode, _ = columns.outcome(values)
        if mode == "ignore":
            return []
        if columns.table.service is not None:
            return [self._of_service(values, cast("Mode | None", mode), columns.service(values))]
        lines = list(self._lines(values))
        if not lines:
            raise Invalid("no-count", said("no total; expected one of the calls offered, answered or lost"))
        return [self._reading(values, cast("Mode | None", mode), each) for each in lines]

    def _lines(self, values: Mapping[str, str]) -> Iterator[_LineTotals]:
        """Yield the totals of each line for which the row has any."""
        table = self.columns.table
        if not table.lines:
            line = self.columns.queue(values)
            if (totals := self._totals(values, table.offered, table.answered, table.lost)) != CallTotals():
                yield _LineTotals(line, totals)
        for name, each in table.lines.items():
            if (totals := self._totals(values, each.offered, each.answered, each.lost)) != CallTotals():
                yield _LineTotals(self.columns.line(name), totals)

    def _totals(self, values: Mapping[str, str], offered: Column | None, *parts: Column | None) -> CallTotals:
        whole = self.columns.count(values, offered)
        return CallTotals(whole, *(self.columns.count(values, each, whole) for each in parts))

    def _of_service(self, values: Mapping[str, str], mode: Mode | None, service: str) -> ServiceReading:
        columns, table = self.columns, self.columns.table
        mode, since, at = self._period(values, mode, service)
        issued = columns.count(values, table.issued)
        return ServiceReading(
            service=service,
            mode=mode,
            at=at,
            since=since,
            issued=issued,
            served=columns.count(values, table.served, issued),
            no_show=columns.count(values, table.no_show, issued),
            waiting=columns.count(values, table.waiting),
            mean_wait=columns.seconds(values, table.mean_wait),
            answered_within=self._within(values),
            id=short(f"{columns.source}:{service}:{at}"),
            source=columns.source,
            site=columns.site,
        )

    def _within(self, values: Mapping[str, str]) -> dict[str, int] | None:
        found = {limit: self.columns.count(values, column) for limit, column in self.columns.table.within.items()}
        return {limit: count for limit, count in found.items() if count is not None} or None

    def _period(self, values: Mapping[str, str], mode: Mode | None, desk: str) -> tuple[Mode, float | None, float]:
        """Return a reading's mode, its beginning if it is an interval, and its moment."""
        moments = self.columns.moments
        at, since = moments.named(values, "at"), moments.named(values, "since")
        if self._spans is not None and since is not None:
            since, at = self._spans.of(desk, since)
        if at is None:
            name = "at" if self._spans is None else "since"
            raise Invalid("no-time", said("no moment for {name}; expected one in every row", name=name))
        if mode is None:
            mode = "cumulative" if since is None else "interval"
        if mode == "interval" and since is not None and at > moments.day_after(since):
            raise Invalid("long-interval", LONG_INTERVAL)
        return mode, since if mode == "interval" else None, at

    def _reading(self, values: Mapping[str, str], mode: Mode | None, found: _LineTotals) -> Reading:
        counts = self.columns.table.counts
        mode, since, at = self._period(values, mode, found.line)
        return Reading(
            line=found.line,
            mode=mode,
            at=at,
            since=since,
            offered=found.totals.offered,
            answered=found.totals.answered,
            lost=found.totals.lost,
            lost_reasons=None if counts is None else counts.lost,
            mean_wait=self.columns.seconds(values, self.columns.table.mean_wait),
            answered_within=self._within(values),
            id=short(f"{self.columns.source}:{found.line}:{at}"),
            source=self.columns.source,
            site=self.columns.site,
        )


class Spans:
    """The periods' bounds; a day is a calendar day of the zone, even if the clock changes."""

    def __init__(self, period: Period, zone: ZoneInfo) -> None:
        self._period = period
        self._zone = zone
        self._ends: dict[str, float] = {}  # of the last period of each line, epoch s

    def of(self, line: str, since: float) -> tuple[float, float]:
        """Return the bounds (epoch s) of a line's period: the day that contains `since`, or the minutes after it.

        >>> spans = Spans("day", ZoneInfo("Europe/Paris"))
        >>> [end - begin for begin, end in (spans.of("standard", at) for at in (1711818000, 1711846800))]
        [86400.0, 82800.0]
        """
        local = datetime.fromtimestamp(since, self._zone)
        if self._period == "day":
            midnights = (datetime.combine(local.date() + timedelta(days), time(), self._zone) for days in (0, 1))
            begin, end = (each.timestamp() for each in midnights)
            return begin, end
        # If an hour occurs twice, a row that continues the line's previous one is in the second.
        again = local.replace(fold=1).timestamp()
        begin = again if again == self._ends.get(line) else since
        end = self._ends[line] = begin + 60 * _MINUTES[self._period]
        return begin, end
