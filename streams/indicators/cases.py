"""The raw and corrected figures of a counter or a register, from its days in the ledger and its incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeAlias

from streams.cases.reported import ReportedCasesState
from streams.figures.mean import CorrectedMean, DayMean, ValueSums, corrected_mean
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, ServiceDay
from streams.watch.guard import Guard
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong

Ends: TypeAlias = Callable[[int], int]  # from a local day (an ordinal) to its end (ms)
NO_BASELINE: Final = Guard("no baseline")
# Causes that change no figure: repeated rows count once, and missing rows are in no day.
_OF_COUNTS: Final = {"rows not repeated", "numbers missing", "no cases"}
_OF_ENDS: Final = {"visits end", "visitors are called", "closed one by one", "same moments"}


class ServiceMeans(NamedTuple):
    """A service's corrected figures; times in s."""

    wait: CorrectedMean
    time_in_service: CorrectedMean
    no_show: int | None


class ChannelMeans(NamedTuple):
    """A channel's corrected figures: the share in time, and the mean delay in days."""

    in_time: CorrectedMean
    delay: CorrectedMean


def service_means(
    days: Sequence[ServiceDay], incidents: Iterable[Incident], *, known: bool, ends: Ends
) -> ServiceMeans:
    """Return a service's corrected figures; `known` if its usual values are."""
    wrong = [each for each in incidents if counted_wrong(each) and each.cause not in _OF_COUNTS]
    of_waits = [each for each in wrong if each.cause not in _OF_ENDS and not each.cause.startswith("times ")]
    guard = None if known else NO_BASELINE
    days = [each for each in days if each.slots]
    of_times = [each for each in wrong if not each.cause.startswith("waits ")]
    held = [_held(of_times, each.day, ends) for each in days]
    waits = [
        DayMean(raw, _sums(day.recounted) if day.recounted else None if _held(of_waits, day.day, ends) else raw)
        for day in days
        for raw in [_sums(day.waits)]
    ]
    times = [
        DayMean(_sums(day.times_in_service), None if out else _sums(day.times_in_service))
        for day, out in zip(days, held, strict=True)
    ]
    time = corrected_mean(times, guard)
    no_show = sum(slot.no_show for day, out in zip(days, held, strict=True) if not out for slot in day.slots.values())
    return ServiceMeans(corrected_mean(waits, guard), time, None if time.guard else no_show)


def reported_means(readings: ReportedCasesState, incidents: Iterable[Incident], ends: Ends) -> ServiceMeans:
    """Return the corrected figures of a service that is known by its readings."""
    wrong = [each for each in incidents if counted_wrong(each)]
    days: dict[int, tuple[ValueSums, int]] = {}
    for each in readings.periods:
        people, mean = each.totals.served, each.mean
        sums, left = days.get(each.day, (ValueSums(), 0))
        if mean is not None and people:
            sums = ValueSums(sums.number + people, sums.total + people * mean)
        days[each.day] = sums, left + (each.totals.no_show or 0)
    held = {day: _held(wrong, date.fromordinal(day).isoformat(), ends) for day in days}
    waits = [
        DayMean(sums, None if held[day] or not sums.number else sums)
        for day, (sums, _) in days.items()
        if sums.number or held[day]
    ]
    wait = corrected_mean(waits, None if readings.known else NO_BASELINE)
    no_show = sum(left for day, (_, left) in days.items() if not held[day])
    return ServiceMeans(wait, corrected_mean([], NO_BASELINE), None if wait.guard else no_show)


def channel_means(
    days: Sequence[ChannelDay], incidents: Iterable[Incident], *, known: bool, ends: Ends, target: bool
) -> ChannelMeans:
    """Return a channel's corrected figures; `target` if it has a target."""
    wrong = [each for each in incidents if counted_wrong(each) and each.cause not in _OF_COUNTS]
    guard = None if known else NO_BASELINE
    in_time, delays = list[DayMean](), list[DayMean]()
    for day in days:
        if not day.slots:
            continue
        out = _held(wrong, day.day, ends)
        received, within, answered, total = (
            sum(getattr(slot, name) for slot in day.slots.values())
            for name in ("received", "within", "answered", "days")
        )
        for every, raw in ((in_time, ValueSums(received, within)), (delays, ValueSums(answered, total))):
            every.append(DayMean(raw, None if out else raw))
    share = corrected_mean(in_time, guard)
    if not target:
        share = CorrectedMean(None, None, None, share.coverage, share.method, share.guard)
    elif share.high is not None:
        share = CorrectedMean(share.value, share.low, min(1.0, share.high), share.coverage, share.method)
    return ChannelMeans(share, corrected_mean(delays, guard))


def _held(incidents: Iterable[Incident], day: str, ends: Ends) -> bool:
    """Return whether a day lies in an incident, wholly or in part."""
    number = date.fromisoformat(day).toordinal()
    start, end = ends(number - 1), ends(number)
    return any(begins < end and start < stops for begins, stops in (each.bounds() for each in incidents))


def _sums(waits: Waits) -> ValueSums:
    return ValueSums(waits.count, waits.total / 1000)
