"""Raw beside corrected: what a line's totals are without what was counted wrong, and when nobody can say.

Raw figures are never altered. Where a law says which calls are wrong, they are recounted: a copy is no call, and a lost
call with a conversation was answered. Elsewhere the slots in quarantine are left out; the coverage is the share of the
office's time that remains. Caltrans' PeMS and the VEE of electricity meters show observed beside corrected in this way.

A figure passes the gate or is withheld: it conserves calls, stands on enough slots, is one that the line has, and a
doubt that nobody decided does not move it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.calls.counts import Counts
from streams.checks.interval import jeffreys
from streams.watch.gate import Sound, Stretch, conserves
from streams.watch.guard import Guard, Reason
from streams.watch.incident import ABOVE, Incident
from streams.watch.thresholds import GATE

# Only a year is imputed.
Method: TypeAlias = Literal["none", "recount", "exclude", "impute", "witness", "unavailable"]


class Interval(NamedTuple):
    """Hold the bounds of a share."""

    low: float
    high: float

    def hull(self, other: Interval) -> Interval:
        """Return the smallest interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))


class Intervals(NamedTuple):
    """Hold the 95 % intervals of a lost rate; None where there is no rate."""

    underlying: Interval | None = None  # of the rate that the line has underneath
    realised: Interval | None = None  # what the rate of these very calls can be

    def moved(self, by: float) -> Intervals:
        """Return them so much higher, within the bounds of a share."""
        return Intervals(*(each and Interval(*(min(1.0, max(0.0, bound + by)) for bound in each)) for each in self))

    def hull(self, other: Intervals) -> Intervals:
        """Return the smallest intervals that hold both."""
        if None in {self.underlying, self.realised, other.underlying, other.realised}:
            return self
        return Intervals(*(one.hull(two) for one, two in zip(self, other, strict=True) if one and two))


class Miscounted(NamedTuple):
    """Hold what was counted in the open slots of the miscounts of one kind."""

    stretch: Stretch
    named: Counts | None = None  # what a recount takes out; None where no law explains the kind
    exact: bool = False  # arithmetic proves the recount, whatever the line has on its sound slots


class Doubt(NamedTuple):
    """Hold what was counted in the open slots of undecided incidents, apart from miscounts."""

    stretch: Stretch = Stretch()
    since: int | None = None  # epoch ms: where the first of them begins; None where there is none
    goes_on: bool = False
    reason: Reason = "undecided"

    @classmethod
    def of(cls, stretch: Stretch, incidents: Sequence[Incident]) -> Doubt:
        """Return the doubt of undecided incidents, in whose slots this was counted."""
        above = any(each.cause == ABOVE for each in incidents)
        return cls(
            stretch,
            min((each.bounds()[0] for each in incidents), default=None),
            any(not each.over for each in incidents),
            "above the prior" if above else "undecided",
        )

    @property
    def guard(self) -> Guard:
        """Return why a figure is withheld that it moves."""
        return Guard(self.reason, self.since)


class Corrected(Struct, kw_only=True):
    """Hold corrected counts, how they came about, and for which share of the open slots they stand."""

    counts: Counts | None = None  # None where they are withheld
    method: Method = "unavailable"
    coverage: float = 1.0
    quarantined: int = 0  # open slots
    guard: Guard | None = None  # why they are withheld
    recounted: frozenset[str] = frozenset()  # the kinds of miscount that are recounted; others are left out
    intervals: Intervals = Intervals()

    @property
    def lost_rate(self) -> float | None:
        """Return the corrected lost rate, or None where there is none."""
        return None if self.counts is None else self.counts.lost_rate


def corrected(
    sound: Sound, wrong: Mapping[str, Miscounted], doubt: Doubt, guard: Guard | None = None, unjudged: int = 0
) -> Corrected:
    """Return a line's corrected counts from its sound slots, its miscounts by kind, and its doubts.

    `guard` says why its figures are withheld whatever they are. So many `unjudged` slots of miscounts are left out.
    """
    if guard is None and doubt.goes_on:
        guard = doubt.guard
    figure = _without_miscounts(sound, doubt.stretch, wrong, unjudged)
    without = _without_miscounts(sound, Stretch(), wrong, doubt.stretch.slots + unjudged)
    figure.coverage = without.coverage
    if guard is not None:
        return _withheld(figure, guard)
    return _despite(figure, without, doubt) if figure.counts is not None and doubt.stretch.slots else figure


def by_witness(figure: Corrected, best: Counts, coverage: float) -> Corrected:
    """Return the figure by a line and its witness together, where the witness covers enough; else the one inferred.

    A second record that saw the calls themselves is better than any inference from the first.
    """
    if coverage < GATE.coverage or not best.offered or not conserves(best):
        return figure
    return Corrected(
        counts=best,
        method="witness",
        coverage=coverage,
        quarantined=figure.quarantined,
        intervals=intervals(best.lost_rate, best.offered, coverage),
    )


def by_both(
    sound: Sound, wrong: Mapping[str, Miscounted], doubt: Doubt, covered: int, unjudged: int = 0
) -> Corrected | None:
    """Return the counts by a line and its witness together over a period; None where it covers too few open slots.

    The `covered` slots are among the sound ones, by what both records come to. The others count by what is inferred of
    them, without those in doubt and the `unjudged` ones. So the coverage is that of the witness.
    """
    out = doubt.stretch.slots + unjudged
    figure = _without_miscounts(sound, Stretch(), wrong, out)
    slots = sound.stretch.slots + out + sum(each.stretch.slots for each in wrong.values())
    if figure.counts is None or not covered or covered < GATE.coverage * slots:
        return None
    figure.method, figure.coverage = "witness", covered / slots
    figure.intervals = _intervals(figure.counts, sound, slots, figure.coverage)
    return figure


def _without_miscounts(sound: Sound, doubted: Stretch, wrong: Mapping[str, Miscounted], out: int) -> Corrected:
    """Return the counts without miscounts; `out` slots are left out besides, `doubted` ones count.

    What can be recounted is, unless the recount leaves what the line does not have; then it is left out too.
    """
    slots = sound.stretch.slots + doubted.slots + out + sum(each.stretch.slots for each in wrong.values())
    quarantined = slots - sound.stretch.slots - doubted.slots - out
    named = {kind: each.stretch.recounted(each.named) for kind, each in wrong.items() if each.named is not None}
    passed = {kind: stretch for kind, stretch in named.items() if wrong[kind].exact or sound.has(stretch)}
    valid = sound.stretch.counts + doubted.counts
    raw = sum((each.stretch.counts for each in wrong.values()), valid)
    refused, impossible = Guard("coverage"), len(passed) < len(named)
    for recounted in (passed, {}) if passed else ({},):
        counts = sum((stretch.counts for stretch in recounted.values()), valid)
        left_out = out + sum(each.stretch.slots for kind, each in wrong.items() if kind not in recounted)
        coverage = 1 - left_out / slots if slots else 1.0
        figure = Corrected(
            counts=counts,
            method="exclude" if left_out else "recount" if wrong else "none",
            coverage=coverage,
            quarantined=quarantined,
            recounted=frozenset(recounted),
        )
        figure.intervals = _intervals(counts, sound, slots, coverage)
        if not conserves(counts):
            refused = Guard("counts")
        elif coverage < GATE.coverage:
            refused = Guard("recount" if impossible else "coverage")
        elif recounted and _farther(figure, raw, sound):
            impossible = True
        else:
            return figure
    return _withheld(figure, refused)


def _withheld(figure: Corrected, guard: Guard) -> Corrected:
    return Corrected(coverage=figure.coverage, quarantined=figure.quarantined, guard=guard, recounted=figure.recounted)


def _farther(figure: Corrected, raw: Counts, sound: Sound) -> bool:
    """Tell whether a figure is farther from what the line has on its sound slots than raw is."""
    rate, counted, usual = figure.lost_rate, raw.lost_rate, sound.rate
    if rate is None or counted is None or usual is None:
        return False
    return abs(rate - usual) > abs(counted - usual) + _close(figure)


def _close(figure: Corrected) -> float:
    """Return by how much a lost rate may differ from a figure's and still be called the same."""
    bounds = figure.intervals.underlying
    half = 0.0 if bounds is None else (bounds.high - bounds.low) / 2
    return max(GATE.least_agree, GATE.agree * half)


def _despite(figure: Corrected, without: Corrected, doubt: Doubt) -> Corrected:
    """Return a figure that counts what is doubted, where it would hardly differ without; else withhold it."""
    rate, other = figure.lost_rate, without.lost_rate
    if rate is None or other is None or abs(rate - other) > _close(figure):
        return _withheld(figure, doubt.guard)
    figure.intervals = figure.intervals.hull(without.intervals)
    return figure


def _intervals(counts: Counts, sound: Sound, slots: int, coverage: float) -> Intervals:
    if not conserves(counts):
        return Intervals()
    return intervals(counts.lost_rate, sound.tells(Stretch(counts, round(slots * coverage))), coverage)


def intervals(rate: float | None, calls: float, coverage: float) -> Intervals:
    """Return the intervals of a lost rate that says as much as so many independent calls.

    Of the very calls, only those in the slots that were left out are unknown; as many are supposed there as elsewhere.
    Their rate may be as far off as that of a new sample, so the effective numbers of both add up harmonically.
    """
    if rate is None:
        return Intervals()
    underlying = _jeffreys(rate, calls)
    if coverage in {0.0, 1.0}:
        return Intervals(underlying, Interval(rate, rate))
    bounds = _jeffreys(rate, calls * (1 - coverage))
    return Intervals(underlying, Interval(*(coverage * rate + (1 - coverage) * bound for bound in bounds)))


def _jeffreys(rate: float, calls: float) -> Interval:
    bounds = jeffreys(rate * calls, calls)
    assert bounds is not None
    return Interval(*bounds)
