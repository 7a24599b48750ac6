"""A counter's waits or a register's delays before an incident and since: as counted and as believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agents.board.story import Grain, period_of
from agents.history.incident_json import local_day
from streams.figures.cut import monday
from streams.figures.mean import CorrectedMean
from streams.indicators.cases import channel_means, service_means
from streams.ledger.day import ChannelDay, LineDay, ServiceDay
from streams.watch.incident import Incident


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
