"""Names of periods and their parts in a reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from agents.desk_view.reading import DeskKind
from agents.pages.periods import called
from agents.translation import Words
from agents.writing import Writing
from streams.figures.cut import monday
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.periods.buckets import Bucket
from streams.periods.named import BucketGrain, asked_by
from streams.said import Said, said


def query_of(period: Period) -> str:
    """Return the query of a period's address."""
    return f"?{urlencode(asked_by(period))}"


_COLUMNS: Final[Mapping[DeskKind, Mapping[str, Said]]] = {
    "lines": {
        "offered": said("calls"),
        "answered": said("answered"),
        "lost": said("lost"),
        "diverted": said("diverted"),
        "unresolved": said("no outcome"),
    },
    "services": {
        "issued": said("tickets"),
        "served": said("served"),
        "no_show": said("no-shows"),
        "cancelled": said("cancelled"),
        "transferred": said("transferred"),
        "open": said("not over"),
        "booked": said("with an appointment"),
        "booked_served": said("with an appointment, served"),
        "booked_no_show": said("with an appointment, no-shows"),
        "late": said("called over an hour after closing"),
        "unticketed": said("served without a ticket"),
    },
    "channels": {
        "received": said("received"),
        "answered": said("replied to"),
        "withdrawn": said("withdrawn"),
        "within": said("in time"),
        "days": said("days of delay, in all"),
        "open": said("pending"),
    },
}


class PeriodWords:
    def __init__(self, text: Words, zone: ZoneInfo) -> None:
        self._text = text
        self._writing = Writing(text.language)
        self._zone = zone

    def period(self, period: Period) -> str:
        return called(period, self._text)

    def bucket(self, bucket: Bucket, grain: BucketGrain) -> str:
        """Return the name of a curve's bucket."""
        text, writing, day = self._text, self._writing, bucket.day
        match grain:
            case "quarter":
                return writing.clock(self._at(bucket.first))
            case "hour":
                return f"{writing.weekday(day)} {day.day} {writing.month(day)}, {writing.clock(self._at(bucket.first))}"
            case "day":
                return f"{writing.weekday(day)} {writing.day(day)}"
            case "week":
                return text("week of {day}", day=writing.day(monday(day)))
            case "month":
                return writing.whole_month(day)

    def tick(self, bucket: Bucket, before: Bucket | None, grain: BucketGrain) -> str:
        """Return a bucket's label; empty if it belongs to the label before."""
        writing, day = self._writing, bucket.day
        match grain:
            case "quarter":
                return "" if self._at(bucket.first).minute else self.hour(bucket.hour)
            case "hour":
                return "" if before and before.day == day else f"{writing.weekday(day)[:3]} {day.day}"
            case "day":
                new = before is None or before.day.isocalendar()[:2] != day.isocalendar()[:2]
                return f"{day.day} {writing.month(day)}" if new else ""
            case "week":
                return "" if before and before.day.month == day.month else writing.month(day)
            case "month":
                return writing.month(day) if before and before.day.year == day.year else str(day.year)

    def hour(self, hour: int) -> str:
        return self._text("{hour}:00", hour=hour)

    def weekday(self, number: int) -> str:
        """Return a day of the week, 0 for Monday."""
        return self._writing.weekday(date(2024, 1, 1 + number))  # a Monday, and the days after it

    def columns(self, kind: DeskKind) -> Mapping[str, str]:
        """Return the names of a desk's columns."""
        return {column: self._text(says) for column, says in _COLUMNS[kind].items()}

    def local(self, at: int) -> datetime:
        """Return a moment (epoch ms) in the office's zone."""
        return datetime.fromtimestamp(at / 1000, self._zone)

    def _at(self, slot_no: int) -> datetime:
        return self.local(slot_no * QUARTER_MS)
