"""Calls by half-hour, or by day, from a CSV with the columns `start`, `calls` and perhaps `line`."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from math import isfinite
from statistics import median
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from agents.sources.tables.csv_rows import header_of, with_header
from agents.sources.tables.rows import MalformedRow
from config.refusal import ConfigError
from streams.forecast.past import WEEK, Past
from streams.said import Said, said

ONE_LINE: Final = "arrivals"  # the name of the only line of a file without the column
HALF_HOURS: Final = 48
HALF_HOUR: Final = 1800  # s
HOUR: Final = 3600  # s
WHOLE: Final = 0.9  # of the usual rows of a weekday: a day with fewer is known in part only; a day of 23 hours is whole
LONGEST_FIELD: Final = 80  # characters shown
FIRST, LAST = date(1970, 1, 1), date(2100, 1, 1)
NAMES: Final = ("start", "date")  # of the column with the beginning
COLUMNS: Final = said("{found}; expected a CSV with the columns start, calls and perhaps line")


class WrongRow(NamedTuple):
    file: str
    number: int  # of the line in the file, from 1
    why: Said | str


class _Row(NamedTuple):
    """The calls from a moment on, in local time without its offset."""

    start: datetime
    calls: float


class ArrivalsError(ValueError):
    """A file without the columns that are needed."""


class _Columns(Struct, frozen=True):
    """The names of the columns in a file's header; the layout of its table (`TableLayout`)."""

    start: str
    calls: str
    line: str  # empty if there is none
    delimiter: str | None = None
    rows: str | None = None
    columns: tuple[str, ...] = ()
    widths: Mapping[str, tuple[int, int]] = {}
    first_of: Mapping[str, tuple[str, ...]] = {}
    optional: tuple[str, ...] = ()

    def used(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.start, self.calls, self.line)))

    @classmethod
    def of(cls, first: bytes) -> _Columns:
        """Return the columns that the first line of a file names, in any case."""
        try:
            names = {name.lower(): name for name in reversed(header_of(first))}
        except csv.Error:
            names = {}
        start = next((names[name] for name in NAMES if name in names), None)
        if start is None or "calls" not in names:
            found = first.decode("utf-8", "replace").strip()[:LONGEST_FIELD]
            raise ArrivalsError(said(COLUMNS.words, found=repr(found)))
        return cls(start, names["calls"], names.get("line", ""))


class ArrivalRows:
    """The rows of files, by line and by moment. With a `zone`, the hour that autumn repeats counts twice."""

    def __init__(self, zone: ZoneInfo | None = None) -> None:
        self.wrong: list[WrongRow] = []
        self.used = 0
        self._zone = zone
        self._lines = defaultdict[str, dict[datetime, _Row]](dict)

    def take(self, file: str, lines: Iterable[bytes]) -> None:
        """Take the rows of a file. Raise `ArrivalsError` if it lacks a column."""
        numbered = enumerate(lines, 1)
        number, first = next(numbered, (1, b""))
        columns = _Columns.of(first)
        try:
            rows = with_header(numbered, number, first, columns, file)
        except ConfigError as error:
            raise ArrivalsError(error.mistakes[0].sentence()) from None
        for row in rows:
            why: Said | str | None
            if isinstance(row, MalformedRow):
                why = row.detail
            else:
                name = row.values[columns.line] if columns.line else ONE_LINE
                why = self._add(name, row.values[columns.start], row.values[columns.calls])
            if why is None:
                self.used += 1
            else:
                self.wrong.append(WrongRow(file, row.number, why))

    def _add(self, line: str, start: str, calls: str) -> Said | None:
        """Add a row, or return why it cannot be used."""
        moment = _moment(start)
        if moment is None or not FIRST <= moment.date() < LAST:
            return said("{found}; expected a time such as 2014-11-04 08:30", found=repr(start[:LONGEST_FIELD]))
        count = _count(calls)
        if count is None:
            return said("{found}; expected a number of calls, 0 or more", found=repr(calls[:LONGEST_FIELD]))
        if not line:
            return said("no line is named")
        known = self._lines[line]
        if self._zone is not None:
            moment = moment.astimezone(self._zone) if moment.tzinfo else moment.replace(tzinfo=self._zone)
            if moment.astimezone(UTC) in known:
                moment = moment.replace(fold=1)  # the same moment, unless autumn repeats the hour
        key = moment.astimezone(UTC) if moment.tzinfo else moment
        if key in known:
            return said("{found} comes again", found=repr(start))
        known[key] = _Row(moment.replace(tzinfo=None, fold=0), count)
        return None

    def last(self) -> date | None:
        """Return the last day with a row."""
        return max((row.start.date() for rows in self._lines.values() for row in rows.values()), default=None)

    def pasts(self, until: date) -> dict[str, Past | None]:
        """Return the past of each line before a day; None if too little is known."""
        return {line: _past([row for row in rows.values() if row.start.date() < until], until)
                for line, rows in sorted(self._lines.items())}  # fmt: skip


def _moment(text: str) -> datetime | None:
    """Return a time of ISO 8601, with or without an offset; None for any other text."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _count(text: str) -> float | None:
    """Return a number of calls, which may be an estimate with decimals."""
    try:
        count = float(text.replace(",", "."))
    except ValueError:
        return None
    return count if isfinite(count) and count >= 0 else None


def _past(rows: Sequence[_Row], until: date) -> Past | None:
    """Return the counts of all days from the first row up to a day; None if too few are known."""
    if not rows:
        return None
    first, last = min(row.start for row in rows).date(), max(row.start for row in rows).date()
    by_half_hours = _by_half_hours(rows)
    counts = np.zeros(((until - first).days, HALF_HOURS if by_half_hours else 1))
    seen = np.zeros(len(counts))
    for row in rows:
        place = (row.start.date() - first).days
        second = row.start.hour * HOUR + row.start.minute * 60 + row.start.second
        counts[place, second // HALF_HOUR if by_half_hours else 0] += row.calls
        seen[place] += 1
    if any(row.calls == 0 for row in rows):  # zeros are written, so missing rows are unknown
        for weekday in range(WEEK):
            days = (first.weekday() + np.arange(len(counts))) % WEEK == weekday
            some = days & (seen > 0)
            if some.any():
                counts[days & (seen < WHOLE * median(seen[some]))] = np.nan
    counts[(last - first).days + 1 :] = np.nan
    past = Past(first, counts)
    return past if past.suffices else None


def _by_half_hours(rows: Sequence[_Row]) -> bool:
    """Return whether the rows are of half-hours or finer; rows of whole hours or days give day totals."""
    return any(row.start.minute or row.start.second for row in rows) and len({row.start.time() for row in rows}) > 1
