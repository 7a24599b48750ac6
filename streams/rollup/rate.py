"""A rate over many lines: the sum of their counts, and the possible effect of its withheld parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from streams.indicators.indicator import Figure, Indicator, is_met
from streams.indicators.kinds import IndicatorKind
from streams.insight.strata import Stratum, stratified
from streams.rollup.quality import FlaggedPart, status_of_sum
from streams.watch.correction import Interval
from streams.watch.guard import Guard
from streams.watch.thresholds import GATE

_UNKNOWN: Final = Figure(None, None, None)


class RatePart(NamedTuple):
    """The raw and corrected rate of one office's line."""

    site: str
    line: str
    rate: Indicator
    calls: int  # offered, raw
    slots: int  # slots of opening hours that should have been counted
    counted: int  # of these: on counted days

    @property
    def known(self) -> bool:
        """Return whether it has corrected counts."""
        corrected = self.rate.corrected
        return self.rate.guard is None and corrected.part is not None and corrected.whole is not None

    @property
    def covered(self) -> float:
        """The number of slots behind the corrected counts of the line."""
        return self.rate.coverage * self.counted if self.known else 0.0


class WithheldPart(Struct, frozen=True):
    """A line without a corrected rate, and by how much its calls could move the sum's rate.

    The bounds are those of the sum's rate if none or all of these raw calls were lost (for an answer rate: answered).
    No assumption is made about them (Manski, Anatomy of the selection problem, 1989).
    """

    site: str
    line: str
    guard: Guard
    coverage: float
    calls: int  # offered, raw
    low: float | None  # None if nothing was counted
    high: float | None


class RateSum(Struct, frozen=True):
    """A rate over many lines, from sums of counts, never a mean of rates."""

    raw: Figure
    corrected: Figure  # over the lines that have one; without a value if these cover too little
    coverage: float  # share of all opening hours behind the corrected figure
    guard: Guard | None = None  # why the corrected figure is withheld
    withheld: list[WithheldPart] = []  # by possible effect on the rate, greatest first
    target: float | None = None  # common to all lines; None if they differ
    could_be: Interval | None = None  # the rate if none or all of the withheld calls are lost; None without any


def rate_sum(kind: IndicatorKind, parts: Iterable[RatePart], target: float | None = None) -> RateSum:
    """Return the rate of lines together; `target` is common to all of them."""
    every = list(parts)
    known, others = [each for each in every if each.known], [each for each in every if not each.known]
    slots = sum(each.slots for each in every)
    coverage = min(1.0, sum(each.covered for each in known) / slots) if slots else 1.0
    known = [each for each in every if each.rate.raw.part is not None and each.rate.raw.whole is not None]
    raw = _summed([each.rate.raw for each in known])
    raw_status = status_of_sum(FlaggedPart(each.rate.raw.status, each.calls, each.rate.raw.part or 0) for each in every)
    best = _summed([each.rate.corrected for each in known])
    status = status_of_sum(
        (FlaggedPart(each.rate.corrected.status, each.calls, each.rate.corrected.part or 0) for each in known), coverage
    )
    low, high = _between(known) or (None, None)
    met = is_met(kind, best.value, target)
    believed = Figure(best.value, best.part, best.whole, low, high, met, status=status)
    guard = Guard("coverage") if coverage < GATE.coverage else None
    withheld = [_withheld(each, best) for each in others if each.rate.guard is not None]
    return RateSum(
        raw=Figure(raw.value, raw.part, raw.whole, met=is_met(kind, raw.value, target), status=raw_status),
        corrected=believed if guard is None else Figure(None, None, None, status="Q"),
        coverage=coverage,
        guard=guard,
        withheld=sorted(withheld, key=lambda each: (-each.calls, each.site, each.line)),
        target=target,
        could_be=_bounds(best, sum(each.calls for each in withheld)) if withheld else None,
    )


def _summed(figures: Sequence[Figure]) -> Figure:
    if not figures:
        return _UNKNOWN
    part, whole = sum(each.part or 0 for each in figures), sum(each.whole or 0 for each in figures)
    return Figure(part / whole if whole else None, part, whole)


def _between(known: Iterable[RatePart]) -> tuple[float, float] | None:
    return stratified(
        Stratum(each.part or 0, each.whole or 0, each.low, each.high)
        for each in (part.rate.corrected for part in known)
    )


def _withheld(part: RatePart, best: Figure) -> WithheldPart:
    rate, bounds = part.rate, _bounds(best, part.calls)
    low, high = bounds or (None, None)
    return WithheldPart(part.site, part.line, rate.guard or Guard("coverage"), rate.coverage, part.calls, low, high)


def _bounds(best: Figure, calls: int) -> Interval | None:
    """Return a sum's rate with `calls` more calls, first if none of these are counted, then if all are."""
    part, whole = best.part or 0, (best.whole or 0) + calls
    return Interval(part / whole, (part + calls) / whole) if whole else None
