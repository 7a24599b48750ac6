"""The evidence of the checks of a counter's readings: figures, and the facts of a sentence."""

from __future__ import annotations

from streams.checks.day_rate import RateChange
from streams.checks.parts import PartsState
from streams.checks.repeats import RepeatedBlock
from streams.watch.facts import LostRateOfDays, NoOutcomeOfDays, PartsExceedWhole, ReadingsRepeat, Rush
from streams.watch.incident import Evidence


def of_parts(state: PartsState) -> Evidence:
    """Return the evidence that parts exceed their whole, with the figure by the right arithmetic if it is known."""
    facts = PartsExceedWhole(state.answered, state.lost, state.offered, state.readings, state.summed)
    counted = round(facts.lost / (facts.answered + facts.lost), 4)
    right = None if facts.right is None else round(facts.right, 4)
    return Evidence("parts of the whole", counted, right, 0.0, facts)


def of_block(found: RepeatedBlock, first: int, before: int) -> Evidence:
    """Return the evidence that readings since a local day repeat those since an earlier one (both as ordinals)."""
    facts = ReadingsRepeat(found.length, first, before)
    return Evidence("same block", found.length, 0.0, round(found.weight, 2), facts)


def of_days(change: RateChange) -> Evidence:
    """Return the evidence that some days lose a different share of their calls than usual."""
    rate, usual = change.lost / change.offered, change.usual_rate
    facts = LostRateOfDays(change.lost, change.offered, usual, change.days, change.since)
    return Evidence("lost rate of days", round(rate, 4), round(usual, 4), round(change.score, 2), facts)


def of_days_without_outcome(change: RateChange) -> Evidence:
    """Return the evidence that another share of some days' calls than usual is neither answered nor lost."""
    rate = change.lost / change.offered
    facts = NoOutcomeOfDays(change.lost, change.offered, change.usual_rate, change.days, change.since)
    return Evidence("calls without outcome", round(rate, 4), round(change.usual_rate, 4), round(change.score, 2), facts)


def of_arrivals(times: float | None) -> Evidence:
    """Return the evidence of the number of calls, without the losses beyond the usual; None if none is usual yet."""
    seen = None if times is None else round(times, 2)
    return Evidence("arrivals", seen, None if times is None else 1.0, 0.0, Rush(times))
