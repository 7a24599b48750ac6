"""A line's lost rate before an incident and since, from the days of the ledger: as counted, and as recounted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from streams.calls.counts import Counts
from streams.indicators.plan import Opened
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LineDay
from streams.watch import recount
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong

Grain: TypeAlias = Literal["hour", "day", "week"]
HOURS_UP_TO: Final = timedelta(2)  # an incident as long as this is told by the hour
DAYS_UP_TO: Final = timedelta(45)
AROUND: Final = {"hour": timedelta(1), "day": timedelta(28), "week": timedelta(7 * 13)}  # told before and after it


class Span(NamedTuple):
    """Hold a line's calls in an hour, a day or a week of opening hours."""

    begins: datetime  # local
    counted: Counts
    recounted: Counts | None  # None where nobody can recount the slots of the incident
    within: bool  # a part of it lies in the incident


class Story(NamedTuple):
    """Hold the spans around an incident, in their order; those without a call are left out."""

    grain: Grain
    spans: list[Span]


def period_of(incident: Incident, zone: ZoneInfo) -> tuple[Grain, date, date]:
    """Return by what an incident is told, and the first and last local day of that."""
    start, end = (datetime.fromtimestamp(at / 1000, zone) for at in incident.bounds())
    length = end - start
    grain: Grain = "hour" if length <= HOURS_UP_TO else "day" if length <= DAYS_UP_TO else "week"
    return grain, (start - AROUND[grain]).date(), (end + AROUND[grain]).date()


def story_of(incident: Incident, days: Iterable[LineDay], opened: Opened, zone: ZoneInfo) -> Story:
    """Return the story of an incident; `days` are its line's, over `period_of` it."""
    grain, _, _ = period_of(incident, zone)
    counted, recounted = (defaultdict[datetime, Counts](Counts) for _ in range(2))
    within, lost_count = set[datetime](), set[datetime]()
    for day in days:
        hours = opened(date.fromisoformat(day.day))
        for slot_no, slot in day.slots.items():
            if slot_no not in hours:
                continue
            begins = _begins(datetime.fromtimestamp(slot_no * QUARTER_MS / 1000, zone), grain)
            counts = Counts.of(slot)
            counted[begins] += counts
            if not incident.holds(slot_no):
                recounted[begins] += counts
                continue
            within.add(begins)
            wrong = recount.wrong(incident.kind, slot) if counted_wrong(incident) else Counts()
            if wrong is None:
                lost_count.add(begins)
            else:
                recounted[begins] += counts - wrong
    spans = [
        Span(begins, counts, None if begins in lost_count else recounted[begins], begins in within)
        for begins, counts in sorted(counted.items())
        if counts.offered
    ]
    return Story(grain, spans)


def _begins(local: datetime, grain: Grain) -> datetime:
    if grain == "hour":
        return local.replace(minute=0, second=0, microsecond=0)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if grain == "day" else midnight - timedelta(midnight.weekday())
