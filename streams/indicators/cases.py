"""The raw and corrected figures of a counter or a register, from its days in the ledger and its incidents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

from msgspec.structs import replace

from streams.cases.reported import ReportedCasesState
from streams.cases.usual import KNOWN_CASES, KNOWN_DAYS
from streams.figures.mean import ChannelMeans, CorrectedMean, DayMean, ServiceMeans, ValueSums, corrected_mean
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, ServiceDay
from streams.watch.guard import Guard
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, doubtful

D = TypeVar("D", ServiceDay, ChannelDay)
DayOf: TypeAlias = Callable[[int], date]  # from a moment (ms) to its local day
NO_BASELINE: Final = Guard("no baseline")
_ONCE: Final = "rows not repeated"  # it changes no figure: repeated rows count once
_GAPS: Final = "numbers missing"  # the other rows of the day are right, but may be of some hours only
_SAME: Final = "same moments"  # if visits end at their beginning, waits are right; if they begin at their end, wrong
_UNDONE: Final = {"unit", "swapped", "clock"}  # while undecided, their true values are not known
_OF_ENDS: Final = {"visits end", "visitors are called", "closed one by one", "visitors come"}


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


def known_from(days: Iterable[ServiceDay | ChannelDay]) -> str | None:
    """Return the first of a desk's `days` (ISO 8601) by whose end they suffice for a baseline; None if all are too few.

    Days without cases do not count.
    """
    cases = 0
    for counted, day in enumerate(filter(_counted, days), 1):
        if isinstance(day, ServiceDay):
            cases += sum(each.issued for each in day.slots.values()) + day.waits.count + day.times_in_service.count
        else:
            cases += sum(each.received + each.answered for each in day.slots.values())
        if counted >= KNOWN_DAYS and cases >= KNOWN_CASES:
            return day.day
    return None


def no_baseline(days: Iterable[ServiceDay | ChannelDay]) -> Guard | None:
    """Return the guard of a desk with too few days or cases for a baseline; None if it has enough."""
    return NO_BASELINE if known_from(days) is None else None


class CaseDays(NamedTuple, Generic[D]):
    """The days and incidents of a service or a channel, as a part of a sum."""

    days: Sequence[D]
    incidents: Sequence[Incident]
    guard: Guard | None = None  # from `no_baseline`


def service_means(
    days: Sequence[ServiceDay], incidents: Sequence[Incident], day_of: DayOf, guard: Guard | None = None
) -> ServiceMeans:
    """Return a service's corrected figures over its days; `guard` comes from `no_baseline`."""
    return services_means([CaseDays(days, incidents, guard)], day_of)


def services_means(parts: Sequence[CaseDays[ServiceDay]], day_of: DayOf) -> ServiceMeans:
    """Return the corrected figures of services together; a day counts if it is believed in all of them."""
    of_waits, of_times = zip(*(_of_service(part, day_of) for part in parts), strict=True)
    time, believed, left = _mean(of_times), _by_day(of_times), Counter[str]()
    for day in (day for part in parts for day in filter(_counted, part.days)):
        left[day.day] += sum(slot.no_show for slot in day.slots.values())
    no_show = sum(count for day, count in left.items() if believed[day].believed is not None)
    return ServiceMeans(_mean(of_waits), time, None if time.guard else no_show)


def _of_service(part: CaseDays[ServiceDay], day_of: DayOf) -> tuple[_Means, _Means]:
    """Return a service's waits and times in service."""
    own, waits, times = part.incidents, dict[str, DayMean](), dict[str, DayMean]()
    of_waits = _Wrong(
        own, day_of, lambda cause: cause not in _OF_ENDS and not cause.startswith("times "), {_GAPS, _SAME}
    )
    of_times = _Wrong(own, day_of, lambda cause: not cause.startswith("waits "))
    for day in filter(_counted, part.days):
        recounted = None if day.recounted is None else _sums(day.recounted)
        waits[day.day] = of_waits.believed(day.day, _sums(day.waits), recounted)
        times[day.day] = of_times.believed(day.day, _sums(day.times_in_service))
    return _Means(of_waits, waits, part.guard), _Means(of_times, times, part.guard)


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
    wait = _mean([_Means(wrong, means, None if readings.known else NO_BASELINE)])
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
    return channels_means([CaseDays(days, incidents, guard)], day_of, target=target)


def channels_means(parts: Sequence[CaseDays[ChannelDay]], day_of: DayOf, *, target: bool) -> ChannelMeans:
    """Return the corrected figures of channels together; a day counts if it is believed in all of them."""
    in_time, delays = zip(*(_of_channel(part, day_of) for part in parts), strict=True)
    share = _mean(in_time)
    if not target:
        share = CorrectedMean(None, None, None, share.coverage, share.method, share.guard)
    elif share.high is not None:
        share = replace(share, high=min(1.0, share.high))
    return ChannelMeans(share, _mean(delays))


def _of_channel(part: CaseDays[ChannelDay], day_of: DayOf) -> tuple[_Means, _Means]:
    """Return a channel's requests in time and its delays."""
    wrong = _Wrong(part.incidents, day_of, lambda _: True)
    shares, lengths = dict[str, DayMean](), dict[str, DayMean]()
    for day in filter(_counted, part.days):
        received, within, answered, total = (
            sum(getattr(slot, name) for slot in day.slots.values())
            for name in ("received", "within", "answered", "days")
        )
        shares[day.day] = wrong.believed(day.day, ValueSums(received, within))
        lengths[day.day] = wrong.believed(day.day, ValueSums(answered, total))
    return _Means(wrong, shares, part.guard), _Means(wrong, lengths, part.guard)


def days_of_service(part: CaseDays[ServiceDay], day_of: DayOf) -> list[Mapping[str, DayMean]]:
    """Return the waits and the times in service of each day, as counted and as believed."""
    return [each.days for each in _of_service(part, day_of)]


def days_of_channel(part: CaseDays[ChannelDay], day_of: DayOf) -> list[Mapping[str, DayMean]]:
    """Return the delays of each day's requests, as counted and as believed."""
    return [_of_channel(part, day_of)[1].days]


class _Means(NamedTuple):
    """One kind of a desk's values by day, and the incidents that concern them."""

    wrong: _Wrong
    days: Mapping[str, DayMean]
    guard: Guard | None


def _counted(day: ServiceDay | ChannelDay) -> bool:
    return bool(day.slots)


def _by_day(parts: Iterable[_Means]) -> dict[str, DayMean]:
    """Return the values of each day over all parts, in the order of the days."""
    found = dict[str, DayMean]()
    for part in parts:
        for day, mean in part.days.items():
            found[day] = found[day].plus(mean) if day in found else mean
    return dict(sorted(found.items()))


def _mean(parts: Sequence[_Means]) -> CorrectedMean:
    """Return the corrected mean of desks together; if one desk has a guard, it is withheld."""
    counted = [part for part in parts if part.days]
    guard = next((part.guard for part in counted if part.guard is not None), None)
    if guard is None and 0 < len(counted) < len(parts):
        guard = Guard("part")
    since = min((each.bounds()[0] for part in parts for each in part.wrong.doubts), default=None)
    doubt = None if since is None else Guard("undecided", since)
    own = [each for part in parts for each in part.wrong.behind(part.days)]
    found = corrected_mean([*_by_day(parts).values()], guard, doubt)
    return replace(found, incidents=[each.id for each in own], undecided=any(map(doubtful, own)))


class _Wrong:
    """The miscounts and the doubts that concern one kind of values, by their causes."""

    def __init__(
        self,
        incidents: Iterable[Incident],
        day_of: DayOf,
        concerns: Callable[[str], bool],
        partly: Collection[str] = frozenset({_GAPS}),
    ) -> None:
        own = [each for each in incidents if each.cause != _ONCE and concerns(each.cause)]
        days = [(each, DaysOfIncidents([each], day_of)) for each in own]
        self._wrong = [held for held in days if counted_wrong(held[0]) and held[0].cause not in partly]
        self._partly = [held for held in days if counted_wrong(held[0]) and held[0].cause in partly]
        self._doubts = [held for held in days if doubtful(held[0])]

    def believed(self, day: str, raw: ValueSums, recounted: ValueSums | None = None) -> DayMean:
        """Return a day's values as counted and as believed; `recounted` are the true ones if a fault is undone."""
        if any(day in days for _, days in self._wrong):
            unsure = any(day in days for each, days in self._doubts if each.kind in _UNDONE)
            return DayMean(raw, None if unsure else recounted)
        return DayMean(raw, raw, any(day in days for _, days in (*self._doubts, *self._partly)))

    @property
    def doubts(self) -> list[Incident]:
        return [each for each, _ in self._doubts]

    def behind(self, days: Collection[str]) -> list[Incident]:
        """Return the incidents that hold any of some local days."""
        every = *self._wrong, *self._partly, *self._doubts
        return [each for each, held in every if any(day in held for day in days)]


def _sums(waits: Waits) -> ValueSums:
    return ValueSums(waits.count, waits.total / 1000)
