"""The figure of a line, service or channel before an incident and since, from the ledger: counted and believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from agents.history.incident_json import local_day
from streams.calls.counts import Counts
from streams.figures.counted import Counted, sum_of
from streams.figures.cut import monday
from streams.figures.mean import CorrectedMean
from streams.figures.slot import JudgedSlot
from streams.indicators.cases import channel_means, service_means
from streams.indicators.plan import Opened
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, ChannelDay, LineDay, ServiceDay
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


class CaseSpan(NamedTuple):
    """The mean of a day or a week: seconds at a counter, days in a register."""

    begins: date
    counted: float
    believed: float | None  # None if its days are left out
    within: bool  # overlaps the incident


class CaseStory(NamedTuple):
    """The spans around an incident in order, without empty ones."""

    grain: Grain
    spans: list[CaseSpan]


def case_story(incident: Incident, days: Iterable[LineDay | ServiceDay | ChannelDay], zone: ZoneInfo) -> CaseStory:
    """Return the story of an incident of a service or a channel; `days` are its days within `period_of` it."""
    grain, _, _ = period_of(incident, zone)
    grain = "week" if grain == "week" else "day"
    groups = defaultdict[date, list[LineDay | ServiceDay | ChannelDay]](list)
    for each in days:
        day = date.fromisoformat(each.day)
        groups[day if grain == "day" else monday(day)].append(each)
    start, end = incident.bounds()
    first, until = local_day(start, zone), local_day(max(start, end - 1), zone)
    spans = []
    for begins, own in sorted(groups.items()):
        last = begins + timedelta(6 if grain == "week" else 0)
        counted = _mean(own, (), incident, zone).value
        if counted is not None:
            believed = _mean(own, (incident,), incident, zone).value
            spans.append(CaseSpan(begins, counted, believed, begins <= until and first <= last))
    return CaseStory(grain, spans)


def _mean(
    days: Sequence[LineDay | ServiceDay | ChannelDay], incidents: Sequence[Incident], about: Incident, zone: ZoneInfo
) -> CorrectedMean:
    """Return the mean that an incident is about, in seconds or days."""

    def day_of(at: int) -> date:
        return local_day(at, zone)

    if about.desk == "channel":
        requests = [each for each in days if isinstance(each, ChannelDay)]
        return channel_means(requests, incidents, day_of, target=False).delay
    tickets = [each for each in days if isinstance(each, ServiceDay)]
    means = service_means(tickets, incidents, day_of)
    return means.time_in_service if about.cause.startswith("times ") else means.wait
