"""Corrected figures beside raw ones: totals without miscounted calls, and when such a figure is withheld.

Raw figures are never altered. If a law names the wrong calls, they are recounted: a copy is no call, and a lost call
with a conversation was answered. Otherwise the slots in quarantine are left out, or estimated if persons looked at
calls drawn from them, whichever is more precise; coverage is the share of the opening hours that remains. Caltrans'
PeMS and the VEE of electricity meters also show observed beside corrected figures.

A figure is published only if it passes the gate: it conserves calls, covers enough slots and is plausible for the
line, what an exclusion leaves is a rate of the line, and no undecided doubt changes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot, inf
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.calls.counts import Counts
from streams.checks.interval import jeffreys
from streams.questions.sample import Estimated
from streams.watch.belief import Belief
from streams.watch.gate import Sound, Stretch, conserves
from streams.watch.guard import Guard, Reason
from streams.watch.incident import ABOVE, Incident
from streams.watch.thresholds import GATE

# "impute" is used only for the figures of a year.
Method: TypeAlias = Literal["none", "recount", "exclude", "impute", "sample", "witness", "unavailable"]


class Interval(NamedTuple):
    low: float
    high: float

    def hull(self, other: Interval) -> Interval:
        """Return the smallest interval that contains both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))


class Intervals(NamedTuple):
    """The 95 % intervals of a lost rate; None if there is no rate."""

    underlying: Interval | None = None  # of the line's underlying rate
    realised: Interval | None = None  # of the rate of exactly these calls

    def moved(self, by: float) -> Intervals:
        """Return the intervals shifted up by an amount, within 0 to 1."""
        return Intervals(*(each and Interval(*(min(1.0, max(0.0, bound + by)) for bound in each)) for each in self))

    def widened(self, rate: float | None, fewer: float, more: float) -> Intervals:
        """Return the intervals of a rate whose losses may also be `fewer` or `more` (shares of its calls)."""
        if rate is None:
            return self
        low, high = (
            [hypot(rate - bound.low, fewer) for bound in self if bound],
            [hypot(bound.high - rate, more) for bound in self if bound],
        )
        pairs = zip(low, high, strict=True)
        return Intervals(*(Interval(max(0.0, rate - less), min(1.0, rate + plus)) for less, plus in pairs))

    def hull(self, other: Intervals) -> Intervals:
        """Return the smallest intervals that contain both."""
        if None in {self.underlying, self.realised, other.underlying, other.realised}:
            return self
        return Intervals(*(one.hull(two) for one, two in zip(self, other, strict=True) if one and two))


_ANY: Final = Intervals(Interval(0.0, 1.0), Interval(0.0, 1.0))


class Miscounted(NamedTuple):
    """The counts of the open slots of miscounts with the same belief."""

    stretch: Stretch
    named: Counts | None = None  # what a recount removes; None if no law explains the kind
    exact: bool = False  # arithmetic proves the recount, so the sound slots are not compared


class Doubt(NamedTuple):
    """The counts of the open slots of undecided incidents, apart from miscounts."""

    stretch: Stretch = Stretch()
    since: int | None = None  # epoch ms: start of the first such incident
    goes_on: bool = False
    reason: Reason = "undecided"
    unanswered: bool = False  # persons were asked about every one of these incidents, in vain

    @classmethod
    def of(cls, stretch: Stretch, incidents: Sequence[Incident]) -> Doubt:
        above = any(each.cause == ABOVE for each in incidents)
        return cls(
            stretch,
            min((each.bounds()[0] for each in incidents), default=None),
            any(not each.over for each in incidents),
            "above the prior" if above else "undecided",
            bool(incidents) and not above and all(each.unanswered for each in incidents),
        )

    @property
    def guard(self) -> Guard:
        """Return the reason for withholding a figure that this doubt changes."""
        return Guard(self.reason, self.since)


class Corrected(Struct, kw_only=True):
    """Corrected counts, the method, and the share of the open slots that they cover."""

    counts: Counts | None = None  # None if withheld
    method: Method = "unavailable"
    coverage: float = 1.0
    quarantined: int = 0  # open slots
    guard: Guard | None = None  # why they are withheld
    recounted: frozenset[Belief] = frozenset()  # miscounts that are recounted; others are left out
    intervals: Intervals = Intervals()

    @property
    def lost_rate(self) -> float | None:
        return None if self.counts is None else self.counts.lost_rate


def corrected(
    sound: Sound, wrong: Mapping[Belief, Miscounted], doubt: Doubt, guard: Guard | None = None, unjudged: int = 0
) -> Corrected:
    """Return a line's corrected counts from its sound slots, its miscounts by belief, and its doubts.

    A `guard` is a further reason for withholding the figures. `unjudged` is the number of slots in miscounts that are
    not judged yet and are left out.
    """
    if guard is None and doubt.goes_on and not doubt.unanswered:
        guard = doubt.guard
    figure = _without_miscounts(sound, doubt.stretch, wrong, unjudged)
    without = figure
    if doubt.stretch != Stretch():
        without = _without_miscounts(sound, Stretch(), wrong, doubt.stretch.slots + unjudged)
    if doubt.unanswered and guard is None:
        return _either(figure, without, sound)
    figure.coverage = without.coverage
    if guard is not None:
        return _withheld(figure, guard)
    return _despite(figure, without, doubt) if figure.counts is not None and doubt.stretch.slots else figure


def by_witness(figure: Corrected, best: Counts, coverage: float) -> Corrected:
    """Return the figure from a line and its witness together, or the inferred one if the witness covers too little.

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
    sound: Sound, wrong: Mapping[Belief, Miscounted], doubt: Doubt, covered: int, unjudged: int = 0
) -> Corrected | None:
    """Return the counts from a line and its witness together over a period; None if it covers too few open slots.

    The `covered` slots, a part of the sound ones, have the counts of both records together. The other slots have
    inferred counts, and the slots in doubt and the `unjudged` ones are left out. The coverage is the share that the
    witness covers.
    """
    out = doubt.stretch.slots + unjudged
    figure = _without_miscounts(sound, Stretch(), wrong, out)
    slots = sound.stretch.slots + out + sum(each.stretch.slots for each in wrong.values())
    if figure.counts is None or not covered or covered < GATE.coverage * slots:
        return None
    figure.method, figure.coverage = "witness", covered / slots
    figure.intervals = _intervals(figure.counts, sound, slots, figure.coverage)
    return figure


def _without_miscounts(sound: Sound, doubted: Stretch, wrong: Mapping[Belief, Miscounted], out: int) -> Corrected:
    """Return the counts without miscounts and without `out` further slots, but with the `doubted` slots.

    Of the counts by laws and those by persons' answers, the more precise ones are returned, but no estimate from too
    few answers.
    """
    figure = _by_laws(sound, doubted, wrong, out)
    estimated = _by_sample(sound, doubted, wrong, out, figure.recounted)
    if estimated is None or _width(figure) <= _width(estimated):
        return figure
    if _width(estimated) <= GATE.widest:
        return estimated
    return _withheld(estimated, Guard("answers")) if figure.counts is None else figure


def _width(figure: Corrected) -> float:
    """Return the width of a figure's interval; infinite if it is withheld."""
    bounds = figure.intervals.underlying
    return inf if figure.counts is None or bounds is None else bounds.high - bounds.low


def _by_sample(
    sound: Sound, doubted: Stretch, wrong: Mapping[Belief, Miscounted], out: int, recounted: frozenset[Belief]
) -> Corrected | None:
    """Return the counts with estimates of the stretches whose calls persons checked; None if there are none."""
    estimates = {
        belief: found
        for belief, each in wrong.items()
        if belief not in recounted and (found := belief.estimate(each.stretch.counts)) is not None
    }
    if not estimates:
        return None
    whole = sum(estimates.values(), Estimated(sound.stretch.counts + doubted.counts, 0.0, 0.0))
    named = (each.stretch.counts - each.named for belief, each in wrong.items() if belief in recounted and each.named)
    counts = sum(named, whole.counts)
    slots = sound.stretch.slots + doubted.slots + out + sum(each.stretch.slots for each in wrong.values())
    others = wrong.keys() - recounted - estimates.keys()
    coverage = 1 - (out + sum(wrong[each].stretch.slots for each in others)) / slots if slots else 1.0
    if coverage < GATE.coverage or not counts.offered or not conserves(counts):
        return None
    figure = Corrected(
        counts=counts,
        method="sample",
        coverage=coverage,
        quarantined=sum(each.stretch.slots for each in wrong.values()),
        recounted=recounted,
    )
    fewer, more = whole.fewer / counts.offered, whole.more / counts.offered
    figure.intervals = _intervals(counts, sound, slots, coverage).widened(counts.lost_rate, fewer, more)
    return figure


def _by_laws(sound: Sound, doubted: Stretch, wrong: Mapping[Belief, Miscounted], out: int) -> Corrected:
    """Return the counts in which laws name the wrong calls.

    If the result of a recount is implausible for the line, its slots are left out instead.
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
        elif wrong and left_out and _is_above(figure, sound):
            refused = Guard("above the prior")
        else:
            return figure
    return _withheld(figure, refused)


def _withheld(figure: Corrected, guard: Guard) -> Corrected:
    return Corrected(coverage=figure.coverage, quarantined=figure.quarantined, guard=guard, recounted=figure.recounted)


def _is_above(figure: Corrected, sound: Sound) -> bool:
    """Return whether the remaining slots lose far too many calls for the line: the miscount may reach into them."""
    bounds = figure.intervals.underlying
    return bounds is not None and sound.is_above(bounds.low)


def _farther(figure: Corrected, raw: Counts, sound: Sound) -> bool:
    """Return whether a corrected figure is farther from the line's sound slots than the raw figure is."""
    rate, counted, usual = figure.lost_rate, raw.lost_rate, sound.rate
    if rate is None or counted is None or usual is None:
        return False
    return abs(rate - usual) > abs(counted - usual) + _close(figure)


def _close(figure: Corrected) -> float:
    """Return by how much a lost rate may differ from a figure's lost rate and still count as unchanged."""
    bounds = figure.intervals.underlying
    half = 0.0 if bounds is None else (bounds.high - bounds.low) / 2
    return max(GATE.least_agree, GATE.agree * half)


def _despite(figure: Corrected, without: Corrected, doubt: Doubt) -> Corrected:
    """Return a figure with the doubted calls if the figure hardly changes without them; otherwise withhold it."""
    rate, other = figure.lost_rate, without.lost_rate
    if rate is None or other is None or abs(rate - other) > _close(figure):
        return _withheld(figure, doubt.guard)
    figure.intervals = figure.intervals.hull(without.intervals)
    return figure


def _either(figure: Corrected, without: Corrected, sound: Sound) -> Corrected:
    """Return a figure with calls in unanswered doubt: its intervals allow for them and for the usual rate."""
    if figure.counts is None or figure.counts.lost_rate is None:
        return figure
    other = without.intervals
    if other.underlying is None:
        rate = sound.rate
        other = _ANY if rate is None else intervals(rate, GATE.prior_calls, 0.0)
    figure.intervals = figure.intervals.hull(other)
    return figure


def _intervals(counts: Counts, sound: Sound, slots: int, coverage: float) -> Intervals:
    if not conserves(counts):
        return Intervals()
    return intervals(counts.lost_rate, sound.tells(Stretch(counts, round(slots * coverage))), coverage)


def intervals(rate: float | None, calls: float, coverage: float) -> Intervals:
    """Return the intervals of a lost rate that is as informative as this number of independent calls.

    For the rate of exactly these calls, only the slots that were left out are unknown; they are assumed to have as
    many calls as the others. Their rate may differ as much as a new sample's, so the effective sizes combine
    harmonically.
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
