"""A rate over many lines: the sum of their counts, what is withheld of it, and what that could change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from streams.indicators.indicator import Figure, Indicator
from streams.insight.strata import Stratum, stratified
from streams.rollup.quality import FlaggedPart, status_of_sum
from streams.watch.correction import Interval
from streams.watch.guard import Guard
from streams.watch.thresholds import GATE

_UNKNOWN: Final = Figure(None, None, None)


class RatePart(NamedTuple):
    """Hold the rate of one line of one office, raw and corrected."""

    site: str
    line: str
    rate: Indicator
    calls: int  # offered, as they were counted
    slots: int  # of opening hours in which it should have been counted
    counted: int  # of these: in days that were

    @property
    def known(self) -> bool:
        """Tell whether it has corrected counts."""
        corrected = self.rate.corrected
        return self.rate.guard is None and corrected.part is not None and corrected.whole is not None

    @property
    def covered(self) -> float:
        """Return the slots that its corrected counts stand on."""
        return self.rate.coverage * self.counted if self.known else 0.0


class WithheldPart(Struct, frozen=True):
    """Tell of a line that has no corrected rate, and how far its calls could move that of the sum.

    The bounds are those of the sum's rate if none or all of these calls, as they were counted, were lost (of an answer
    rate: answered): nothing is assumed of them (Manski, Anatomy of the selection problem, 1989).
    """

    site: str
    line: str
    guard: Guard
    coverage: float
    calls: int  # offered, as they were counted
    low: float | None  # None where nothing at all was counted
    high: float | None


class RateSum(Struct, frozen=True):
    """Hold a rate over many lines: sums of counts, never a mean of rates."""

    raw: Figure
    corrected: Figure  # of the lines that have one; no value where these cover too little
    coverage: float  # share of all opening hours that corrected stands on
    guard: Guard | None = None  # why corrected is withheld
    withheld: list[WithheldPart] = []  # by how far each could move the rate, the farthest first
    could_be: Interval | None = None  # the rate with all that is withheld, none or all of it lost; None without any


def rate_sum(parts: Iterable[RatePart], target: float | None = None, *, at_least: bool = False) -> RateSum:
    """Return the rate of lines together; `target` is one that all of them have, to be reached or to stay below."""
    every = list(parts)
    known, others = [each for each in every if each.known], [each for each in every if not each.known]
    slots = sum(each.slots for each in every)
    coverage = min(1.0, sum(each.covered for each in known) / slots) if slots else 1.0
    told = [each for each in every if each.rate.raw.part is not None and each.rate.raw.whole is not None]
    raw = _summed([each.rate.raw for each in told])
    raw_status = status_of_sum(FlaggedPart(each.rate.raw.status, each.calls, each.rate.raw.part or 0) for each in every)
    best = _summed([each.rate.corrected for each in known])
    status = status_of_sum(
        (FlaggedPart(each.rate.corrected.status, each.calls, each.rate.corrected.part or 0) for each in known), coverage
    )
    low, high = _between(known) or (None, None)
    believed = Figure(
        best.value, best.part, best.whole, low, high, _met(best.value, target, at_least=at_least), status=status
    )
    guard = Guard("coverage") if coverage < GATE.coverage else None
    withheld = [_withheld(each, best) for each in others if each.rate.guard is not None]
    return RateSum(
        raw=Figure(raw.value, raw.part, raw.whole, met=_met(raw.value, target, at_least=at_least), status=raw_status),
        corrected=believed if guard is None else Figure(None, None, None, status="Q"),
        coverage=coverage,
        guard=guard,
        withheld=sorted(withheld, key=lambda each: (-each.calls, each.site, each.line)),
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
    """Return a sum's rate with so many more calls, of which none or all count."""
    part, whole = best.part or 0, (best.whole or 0) + calls
    return Interval(part / whole, (part + calls) / whole) if whole else None


def _met(value: float | None, target: float | None, *, at_least: bool) -> bool | None:
    if value is None or target is None:
        return None
    return value >= target if at_least else value < target
