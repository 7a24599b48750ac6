"""A rate or a mean over many desks: the sum of their counts, and the possible effect of its withheld parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Final, NamedTuple

from msgspec import Struct

from streams.indicators.indicator import Figure, Indicator, is_met
from streams.indicators.kinds import KINDS, OF_CALLS, IndicatorKind
from streams.insight.strata import Stratum, stratified
from streams.rollup.quality import FlaggedPart, status_of_sum
from streams.watch.correction import Interval
from streams.watch.guard import Guard
from streams.watch.thresholds import GATE

_UNKNOWN: Final = Figure(None, None, None)


class RatePart(NamedTuple):
    """The raw and corrected rate or mean of a line, a service or a channel of one office."""

    site: str
    desk: str
    rate: Indicator
    calls: int  # raw ones: offered calls, or the tickets or requests behind a mean
    slots: int  # slots of opening hours that should have been counted
    counted: int  # of these: on counted days

    @property
    def known(self) -> bool:
        """Return whether it has corrected counts."""
        return self.rate.guard is None and _total(self.rate.corrected) is not None

    @property
    def covered(self) -> float:
        """The number of slots behind the corrected counts of the desk."""
        return self.rate.coverage * self.counted if self.known else 0.0


class WithheldPart(Struct, frozen=True):
    """A desk without a corrected figure, and by how much its calls could move the sum's rate.

    A mean has no bounds. The bounds are those of the sum's rate if none or all of these raw calls were lost (for an
    answer rate: answered). No assumption is made about them (Manski, Anatomy of the selection problem, 1989).
    """

    site: str
    desk: str
    guard: Guard
    coverage: float
    calls: int  # raw ones, as of a `RatePart`
    low: float | None  # None if nothing was counted
    high: float | None


class RateSum(Struct, frozen=True):
    """A rate or a mean over many desks, from sums of counts, never a mean of rates or of means."""

    raw: Figure
    corrected: Figure  # over the desks that have one; without a value if these cover too little
    coverage: float  # share of all opening hours behind the corrected figure
    guard: Guard | None = None  # why the corrected figure is withheld
    withheld: list[WithheldPart] = []  # by possible effect on the rate, greatest first
    target: float | None = None  # common to all desks; None if they differ
    could_be: Interval | None = None  # the rate if none or all of the withheld calls are lost; None without any


def rate_sum(kind: IndicatorKind, parts: Iterable[RatePart], target: float | None = None) -> RateSum:
    """Return the rate or the mean of desks together; `target` is common to all of them."""
    every = list(parts)
    known, others = [each for each in every if each.known], [each for each in every if not each.known]
    slots = sum(each.slots for each in every)
    coverage = min(1.0, sum(each.covered for each in known) / slots) if slots else 1.0
    known = [each for each in every if _total(each.rate.raw) is not None]
    raw = _summed(kind, [each.rate.raw for each in known])
    raw_status = status_of_sum(FlaggedPart(each.rate.raw.status, each.calls, each.rate.raw.part or 0) for each in every)
    best = _summed(kind, [each.rate.corrected for each in known])
    status = status_of_sum(
        (FlaggedPart(each.rate.corrected.status, each.calls, each.rate.corrected.part or 0) for each in known), coverage
    )
    corrected = [each.rate.corrected for each in known]
    low, high = (stratified(map(_stratum, corrected)) if kind in OF_CALLS else _around(best, corrected)) or (None, None)
    met = is_met(kind, best.value, target)
    believed = Figure(best.value, best.part, best.whole, low, high, met, status=status)
    guard = Guard("coverage") if coverage < GATE.coverage else None
    share = KINDS[kind].unit == "share"
    withheld = [_withheld(each, best if share else None) for each in others if each.rate.guard is not None]
    return RateSum(
        raw=Figure(raw.value, raw.part, raw.whole, met=is_met(kind, raw.value, target), status=raw_status),
        corrected=believed if guard is None else Figure(None, None, None, status="Q"),
        coverage=coverage,
        guard=guard,
        withheld=sorted(withheld, key=lambda each: (-each.calls, each.site, each.desk)),
        target=target,
        could_be=_bounds(best, sum(each.calls for each in withheld)) if withheld and share else None,
    )


def _total(figure: Figure) -> float | None:
    """Return the numerator of a figure; a mean in minutes gives its own. None if it is unknown."""
    if figure.part is not None or figure.whole is None:
        return None if figure.whole is None else figure.part
    return None if figure.whole and figure.value is None else (figure.value or 0.0) * figure.whole


def _summed(kind: IndicatorKind, figures: Sequence[Figure]) -> Figure:
    if not figures:
        return _UNKNOWN
    total, whole = sum(_total(each) or 0 for each in figures), sum(each.whole or 0 for each in figures)
    if KINDS[kind].unit == "minutes":
        return Figure(round(total * 60 / whole, 3) / 60 if whole else None, None, whole)  # to the ms, as each mean is
    return Figure(total / whole if whole else None, round(total), whole)


def _stratum(figure: Figure) -> Stratum:
    return Stratum(figure.part or 0, figure.whole or 0, figure.low, figure.high)


def _around(best: Figure, figures: Iterable[Figure]) -> tuple[float, float] | None:
    """Return the interval of a sum: corrected desks add theirs, and other desks are exact."""
    halves = [
        (each.whole or 0) * (each.high - each.low) / 2
        for each in figures
        if each.low is not None and each.high is not None
    ]
    if not halves or best.value is None or not best.whole:
        return None
    half = sqrt(sum(each**2 for each in halves)) / best.whole
    return max(0.0, best.value - half), best.value + half


def _withheld(part: RatePart, best: Figure | None) -> WithheldPart:
    rate, bounds = part.rate, None if best is None else _bounds(best, part.calls)
    low, high = bounds or (None, None)
    return WithheldPart(part.site, part.desk, rate.guard or Guard("coverage"), rate.coverage, part.calls, low, high)


def _bounds(best: Figure, calls: int) -> Interval | None:
    """Return a sum's rate with `calls` more calls, first if none of these are counted, then if all are."""
    part, whole = best.part or 0, (best.whole or 0) + calls
    return Interval(part / whole, (part + calls) / whole) if whole else None
