"""A line's lost rate before an incident and since, from the ledger's days: counted and recounted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from streams.calls.counts import Counts
from streams.figures.counted import Counted, sum_of
from streams.figures.slot import JudgedSlot
from streams.indicators.plan import Opened
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LineDay
from streams.watch.belief import Belief
from streams.watch.correction import Corrected
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong

Grain: TypeAlias = Literal["hour", "day", "week"]
HOURS_UP_TO: Final = timedelta(2)  # up to this length, an incident is shown by the hour
DAYS_UP_TO: Final = timedelta(45)
AROUND: Final = {"hour": timedelta(1), "day": timedelta(28), "week": timedelta(7 * 13)}  # shown on either side of it


class Span(NamedTuple):
    """A line's calls in an hour, a day or a week of opening hours."""

    begins: datetime  # local
    calls: Counted[Counts]  # calls of the incident are recounted, or left out if that is impossible
    within: bool  # overlaps the incident


class Story(NamedTuple):
    """The spans around an incident in order, without empty ones."""

    grain: Grain
    spans: list[Span]


def period_of(incident: Incident, zone: ZoneInfo) -> tuple[Grain, date, date]:
    """Return the grain of an incident's story, and its first and last local day."""
    start, end = (datetime.fromtimestamp(at / 1000, zone) for at in incident.bounds())
    length = end - start
    grain: Grain = "hour" if length <= HOURS_UP_TO else "day" if length <= DAYS_UP_TO else "week"
    return grain, (start - AROUND[grain]).date(), (end + AROUND[grain]).date()


def story_of(incident: Incident, days: Iterable[LineDay], opened: Opened, zone: ZoneInfo) -> Story:
    """Return the story of an incident; `days` are the line's days within `period_of` it."""
    grain, _, _ = period_of(incident, zone)
    belief = Belief.of(incident)
    wrong = belief if counted_wrong(incident) else None
    figure = Corrected(recounted=frozenset() if belief.wrong(CallSlot()) is None else frozenset({belief}))
    calls, within = defaultdict[datetime, list[Counted[Counts]]](list), set[datetime]()
    for day in days:
        hours = opened(date.fromisoformat(day.day))
        for slot_no, slot in day.slots.items():
            if slot_no in hours:
                begins = _begins(datetime.fromtimestamp(slot_no * QUARTER_MS / 1000, zone), grain)
                inside = incident.holds(slot_no)
                judged = JudgedSlot(slot_no, day.day, hours[slot_no], slot, wrong if inside else None, None)
                calls[begins].append(judged.counted(figure, ()))
                if inside:
                    within.add(begins)
    spans = [Span(begins, sum_of(parts), begins in within) for begins, parts in sorted(calls.items())]
    return Story(grain, [each for each in spans if each.calls.raw.offered])


def _begins(local: datetime, grain: Grain) -> datetime:
    if grain == "hour":
        return local.replace(minute=0, second=0, microsecond=0)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if grain == "day" else midnight - timedelta(midnight.weekday())
