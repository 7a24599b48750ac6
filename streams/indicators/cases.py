"""The raw and corrected figures of a counter or a register, from its days in the ledger and its incidents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Final, TypeAlias

from msgspec.structs import replace

from streams.cases.reported import ReportedCasesState
from streams.cases.usual import KNOWN_CASES, KNOWN_DAYS
from streams.figures.mean import (
    ChannelMeans,
    CorrectedMean,
    DayMean,
    ServiceMeans,
    ValueSums,
    corrected_mean,
)
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, ServiceDay
from streams.watch.guard import Guard
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, doubtful

DayOf: TypeAlias = Callable[[int], date]  # from a moment (ms) to its local day
NO_BASELINE: Final = Guard("no baseline")
# Causes that change no figure: repeated rows count once, and rows that are missing here and there are in no day.
_OF_COUNTS: Final = {"rows not repeated", "numbers missing"}
_OF_ENDS: Final = {"visits end", "visitors are called", "closed one by one", "same moments"}


def dated(day: Callable[[int], int]) -> DayOf:
    """Return the function from a moment (ms) to its local date, by one to the ordinal of its local day."""
    return lambda at: date.fromordinal(day(at))


class DaysOfIncidents:
    """The local days of some incidents, including their days without a judgement yet."""

    def __init__(self, incidents: Iterable[Incident], day_of: DayOf) -> None:
        self._stretches = [
            (day_of(start).isoformat(), day_of(max(start, end - 1)).isoformat())
            for each in incidents
            for start, end in filter(None, (each.bounds(), each.unjudged()))
        ]

    def __contains__(self, day: str) -> bool:
        return any(first <= day <= last for first, last in self._stretches)


def no_baseline(days: Iterable[ServiceDay | ChannelDay]) -> Guard | None:
    """Return the guard of a desk with too few days or cases for a baseline; None if it has enough."""
    counted, cases = 0, 0
    for day in days:
        if not day.slots:
            continue
        counted += 1
        if isinstance(day, ServiceDay):
            cases += sum(each.issued for each in day.slots.values()) + day.waits.count + day.times_in_service.count
        else:
            cases += sum(each.received + each.answered for each in day.slots.values())
        if counted >= KNOWN_DAYS and cases >= KNOWN_CASES:
            return None
    return NO_BASELINE


def service_means(
    days: Sequence[ServiceDay], incidents: Sequence[Incident], day_of: DayOf, guard: Guard | None = None
) -> ServiceMeans:
    """Return a service's corrected figures over its days; `guard` comes from `no_baseline`."""
    days, guard = [each for each in days if each.slots], guard if days else None
    of_waits = _Wrong(incidents, day_of, lambda cause: cause not in _OF_ENDS and not cause.startswith("times "))
    of_times = _Wrong(incidents, day_of, lambda cause: not cause.startswith("waits "))
    waits, times, no_show = list[DayMean](), list[DayMean](), 0
    for day in days:
        recounted = None if day.recounted is None else _sums(day.recounted)
        waits.append(of_waits.believed(day.day, _sums(day.waits), recounted))
        times.append(of_times.believed(day.day, _sums(day.times_in_service)))
        no_show += 0 if times[-1].believed is None else sum(slot.no_show for slot in day.slots.values())
    named = [each.day for each in days]
    wait, time = of_waits.mean(waits, guard, named), of_times.mean(times, guard, named)
    return ServiceMeans(wait, time, None if time.guard else no_show)


def reported_means(readings: ReportedCasesState, incidents: Sequence[Incident], day_of: DayOf) -> ServiceMeans:
    """Return the corrected figures of a service that is known by its readings."""
    wrong, sums, left = _Wrong(incidents, day_of, lambda _: True), dict[str, ValueSums](), Counter[str]()
    for each in readings.periods:
        day, people, mean = date.fromordinal(each.day).isoformat(), each.totals.served, each.mean
        number, total = sums.setdefault(day, ValueSums())
        if mean is not None and people:
            sums[day] = ValueSums(number + people, total + people * mean)
        left[day] += each.totals.no_show or 0
    means = {day: wrong.believed(day, counted) for day, counted in sums.items()}
    wait = wrong.mean([*means.values()], None if readings.known else NO_BASELINE, [*means])
    no_show = sum(count for day, count in left.items() if means[day].believed is not None)
    return ServiceMeans(wait, corrected_mean([], NO_BASELINE), None if wait.guard else no_show)


def channel_means(
    days: Sequence[ChannelDay],
    incidents: Sequence[Incident],
    day_of: DayOf,
    guard: Guard | None = None,
    *,
    target: bool,
) -> ChannelMeans:
    """Return a channel's corrected figures over its days; `target` if it has a target."""
    days, guard = [each for each in days if each.slots], guard if days else None
    wrong = _Wrong(incidents, day_of, lambda _: True)
    in_time, delays = list[DayMean](), list[DayMean]()
    for day in days:
        received, within, answered, total = (
            sum(getattr(slot, name) for slot in day.slots.values())
            for name in ("received", "within", "answered", "days")
        )
        in_time.append(wrong.believed(day.day, ValueSums(received, within)))
        delays.append(wrong.believed(day.day, ValueSums(answered, total)))
    named = [each.day for each in days]
    share = wrong.mean(in_time, guard, named)
    if not target:
        share = CorrectedMean(None, None, None, share.coverage, share.method, share.guard)
    elif share.high is not None:
        share = replace(share, high=min(1.0, share.high))
    return ChannelMeans(share, wrong.mean(delays, guard, named))


class _Wrong:
    """The miscounts and the doubts that concern one kind of values, by their causes."""

    def __init__(self, incidents: Iterable[Incident], day_of: DayOf, concerns: Callable[[str], bool]) -> None:
        own = [each for each in incidents if each.cause not in _OF_COUNTS and concerns(each.cause)]
        self._wrong = [(each, DaysOfIncidents([each], day_of)) for each in own if counted_wrong(each)]
        self._doubts = [(each, DaysOfIncidents([each], day_of)) for each in own if doubtful(each)]

    def believed(self, day: str, raw: ValueSums, recounted: ValueSums | None = None) -> DayMean:
        """Return a day's values as counted and as believed; `recounted` are the true ones if a fault is undone."""
        if any(day in days for _, days in self._wrong):
            return DayMean(raw, recounted)
        return DayMean(raw, raw, any(day in days for _, days in self._doubts))

    def mean(self, means: Sequence[DayMean], guard: Guard | None, days: Collection[str]) -> CorrectedMean:
        """Return the corrected mean of some local days, with the incidents that hold any of them."""
        since = min((each.bounds()[0] for each, _ in self._doubts), default=None)
        doubt = None if since is None else Guard("undecided", since)
        own = [each for each, held in (*self._wrong, *self._doubts) if any(day in held for day in days)]
        found = corrected_mean(means, guard, doubt)
        return replace(found, incidents=[each.id for each in own], undecided=any(map(doubtful, own)))


def _sums(waits: Waits) -> ValueSums:
    return ValueSums(waits.count, waits.total / 1000)
