"""The office proposed from a file, with the evidence for each value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from statistics import median
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.proposal.observed import Observation
from agents.proposal.overflow import QueueOverflow
from config import calendar
from streams.desks.line import Line
from streams.insight.usual_rate import CountedDay, UsualRate, usual_rate
from streams.insight.weekly_hours import WeeklyHours, weekday, weekly_hours
from streams.kept.times import QUARTER_MS
from streams.watch.counting import SILENCE
from streams.watch.incidents import counted_wrong, doubtful

# from this usual number on, it is not by chance that a day has no quarters with activity, or a line no calls
ENOUGH: Final = 10
FEW: Final = 0.2  # a day with at most this share of its usual activity counts as exceptional
LONGEST_CLOSING: Final = 5  # working days in a row without calls; a longer gap is a hole in the record
MOST_CLOSED: Final = 0.25  # share of working days without calls; if more, the record is in pieces
LEAST_WEEKS: Final = 3  # weeks needed to see a line's own closed weekday

Place = tuple[int, int]  # a local day (ordinal) and a quarter-hour of it


class ProposedLine(NamedTuple):
    name: str
    queues: tuple[str, ...]
    calls: int
    days: int  # days with calls
    final: bool  # has only outcomes
    totals: bool  # has only a counter's readings
    usual: UsualRate | None
    lost: int  # lost calls in the days used for the usual rate
    suspected: int  # days not used for the usual rate
    closed: tuple[int, ...]  # the office's weekdays on which the line answered nobody
    overflows: tuple[QueueOverflow, ...] = ()  # between its queues, or into it from several lines
    dialled: bool | None = None  # it is a number dialled from outside (True) or inside; None if it is a queue


class Exceptional(NamedTuple):
    """The days of the record that differ from others of their weekday."""

    kept: tuple[date, ...]  # public holidays without activity
    worked: tuple[date, ...]  # public holidays with activity
    closed: tuple[date, ...]  # other days without activity and with few calls
    doubted: tuple[date, ...]  # days with many calls and no answer
    holes: tuple[tuple[date, date], ...]  # stretches of more than `LONGEST_CLOSING` working days without activity


class Proposal(NamedTuple):
    site: str
    zone: str
    country: str | None
    first: date | None  # first day of the record
    last: date | None
    hours: WeeklyHours | None
    days: int  # days with activity
    answered: int  # answered calls
    within: float  # share of the answered calls that lie within the opening hours
    exceptional: Exceptional
    lines: tuple[ProposedLine, ...]
    services: tuple[str, ...]
    channels: tuple[str, ...]


class _Calls:
    """The calls of a line by slot: offered, answered and lost."""

    def __init__(self, line: Line, place: Callable[[int], Place]) -> None:
        self._place = place
        self.offered, self.answered, self.lost = Counter[int](), Counter[int](), Counter[int]()
        for day in (*line.ledger.book.done, *line.days()):
            for slot_no, slot in day.slots.items():
                self.offered[slot_no] += slot.offered
                self.answered[slot_no] += slot.answered
                self.lost[slot_no] += slot.lost

    def by_day(self, counts: Mapping[int, int], inside: Callable[[Place], bool] = lambda _: True) -> Counter[int]:
        """Return the number of calls by local day, counting only calls inside certain hours."""
        found = Counter[int]()
        for slot_no, count in counts.items():
            if count and inside(place := self._place(slot_no)):
                found[place[0]] += count
        return found


class _Days:
    """The days of the record, usual and exceptional."""

    def __init__(
        self,
        spanned: range,
        hours: WeeklyHours | None,
        there: Mapping[int, Collection[int]],
        calls: Mapping[int, int],
    ) -> None:
        self.spanned, self._hours, self._there, self._calls = spanned, hours, there, calls

    def opens(self, day: int) -> bool:
        """Return whether the office opens on a day's weekday."""
        return self._hours is not None and bool(self._hours.week[weekday(day)])

    @cached_property
    def _usual(self) -> list[float]:
        """Return the usual number of quarters with activity by weekday."""
        found = defaultdict[int, list[int]](list)
        for day, quarters in self._there.items():
            found[weekday(day)].append(len(quarters))
        return [median(found.get(number, [0])) for number in range(7)]

    def exceptional(self, holidays: Collection[int]) -> Exceptional:
        """Return the days that differ from others of their weekday."""
        known = [day for day in self.spanned[1:-1] if self.opens(day) and self._usual[weekday(day)] >= ENOUGH]
        public = [day for day in known if day in holidays]
        ordinary = [day for day in known if day not in holidays]
        runs = [list(run) for absent, run in groupby(ordinary, key=lambda day: not self._there.get(day)) if absent]
        short = [run for run in runs if len(run) <= LONGEST_CLOSING]
        if sum(map(len, short)) > MOST_CLOSED * len(ordinary):
            short = []
        closed = [day for run in short for day in run]
        usual = median([self._calls.get(day, 0) for day in ordinary if self._there.get(day)] or [0])
        doubted = [day for day in closed if self._calls.get(day, 0) > FEW * usual]
        return Exceptional(
            kept=_dates(day for day in public if not self._there.get(day)),
            worked=_dates(day for day in public if len(self._there.get(day, ())) > FEW * self._usual[weekday(day)]),
            closed=_dates(day for day in closed if day not in doubted),
            doubted=_dates(doubted),
            holes=tuple((date.fromordinal(run[0]), date.fromordinal(run[-1])) for run in runs if run not in short),
        )


def propose(seen: Observation, country: str | None, numbers: Mapping[str, Sequence[str]]) -> Proposal:
    """Return the proposed office.

    `country` is the country of its time zone, and `numbers` are the numbers that lead to each queue.
    """
    settings = seen.analysis.settings
    zone = ZoneInfo(settings.timezone)

    def place(slot_no: int) -> Place:
        moment = datetime.fromtimestamp(slot_no * QUARTER_MS / 1000, zone)
        return moment.toordinal(), (moment.hour * 60 + moment.minute) // 15

    lines = {name: _Calls(line, place) for name, line in seen.analysis.lines.items()}
    there: dict[int, dict[int, int]] = defaultdict(dict)
    for slot_no, came in seen.presence.slots().items():
        day, quarter = place(slot_no)
        there[day][quarter] = there[day].get(quarter, 0) + came  # an hour occurs twice when summer time ends
    offered = sum((calls.by_day(calls.offered) for calls in lines.values()), Counter[int]())
    public = calendar.public_holidays(country)
    everything = (*there, *offered)
    spanned = range(min(everything, default=0), max(everything, default=-1) + 1)
    holidays = {day for day in spanned if date.fromordinal(day) in public}
    hours = weekly_hours(there, [day for day in spanned if day not in holidays])
    days = _Days(spanned, hours, there, offered)
    exceptional = days.exceptional(holidays)

    def inside(place: Place) -> bool:
        day, quarter = place
        return hours is None or any(start <= quarter < end for start, end in hours.week[weekday(day)])

    answered = sum(calls.answered.total() for calls in lines.values())
    came_in = sum(calls.by_day(calls.answered, inside).total() for calls in lines.values())
    followed = len(exceptional.kept) >= len(exceptional.worked)
    names = {queue: (queue, *numbers.get(queue, ())) for queue in seen.queues}
    proposed = [_line(seen, name, calls, days, inside, place, names) for name, calls in lines.items()]
    return Proposal(
        site=seen.site or settings.site,
        zone=settings.timezone,
        country=country if followed else None,
        first=date.fromordinal(spanned[0]) if spanned else None,
        last=date.fromordinal(spanned[-1]) if spanned else None,
        hours=hours,
        days=len(there),
        answered=answered,
        within=came_in / answered if answered else 1.0,
        exceptional=exceptional if followed else exceptional._replace(kept=(), worked=()),
        lines=tuple(sorted(proposed, key=lambda line: -line.calls)),
        services=tuple(seen.analysis.services),
        channels=tuple(seen.analysis.channels),
    )


def _line(
    seen: Observation,
    name: str,
    calls: _Calls,
    days: _Days,
    inside: Callable[[Place], bool],
    place: Callable[[int], Place],
    names: Mapping[str, Sequence[str]],
) -> ProposedLine:
    line = seen.analysis.lines[name]
    suspected = {
        place(slot_no)[0]
        for incident in line.state.watch.incidents
        # without opening hours, every night looks silent
        if incident.cause != SILENCE and (counted_wrong(incident) or doubtful(incident))
        for slot_no in range(incident.start // QUARTER_MS, -(-incident.end // QUARTER_MS))
    }
    answered, lost = calls.by_day(calls.answered, inside), calls.by_day(calls.lost, inside)
    counted = {day: CountedDay(answered[day] + lost[day], lost[day]) for day in sorted({*answered, *lost})}
    total = calls.offered.total()
    sound = [day for number, day in counted.items() if number not in suspected]
    queues = [queue for queue, owner in seen.queues.items() if owner == line.name]
    own = (name for queue in queues for name in names[queue])
    return ProposedLine(
        name=name,
        queues=tuple(dict.fromkeys(own)),
        calls=total,
        days=len(calls.by_day(calls.offered)),
        final=seen.offers[name] < total / 2,
        totals=not total and any(line.state.readings.results),
        usual=usual_rate(sound),
        lost=sum(day.lost for day in sound),
        suspected=len(suspected & set(counted)),
        closed=_closed_weekdays(days, calls.by_day(calls.answered)),
        overflows=tuple(each for each in seen.overflows if each.entered in queues),
        dialled=seen.direct.outside if any(queue in seen.direct.calls for queue in queues) else None,
    )


def _closed_weekdays(days: _Days, answered: Mapping[int, int]) -> tuple[int, ...]:
    """Return the office's weekdays on which a line answers nobody, if that cannot be chance."""
    opened = [day for day in days.spanned if days.opens(day)]
    weeks = Counter(map(weekday, opened))
    usual = sum(answered.values()) / len(opened) if opened else 0.0
    found = Counter[int]()
    for day, count in answered.items():
        found[weekday(day)] += count
    return tuple(
        number
        for number, seen in sorted(weeks.items())
        if seen >= LEAST_WEEKS and usual * seen >= ENOUGH and found[number] <= FEW * FEW * usual * seen
    )


def _dates(days: Iterable[int]) -> tuple[date, ...]:
    return tuple(map(date.fromordinal, days))
