"""The evidence of the checks: figures, and the facts of a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.checks.daily_gap import DailyGap
from streams.checks.day_rate import RateChange
from streams.checks.parts import PartsState
from streams.checks.readings import CounterKind, TotalName
from streams.checks.repeats import RepeatedBlock
from streams.questions.question import AnswerCounts
from streams.watch import facts
from streams.watch.corroboration import Check, Witness
from streams.watch.facts import LostRateOfDays, NoOutcomeOfDays, PartsExceedWhole, ReadingsRepeat, Rush
from streams.watch.incident import ANSWERS, ASKED, Evidence
from streams.watch.laws import Law
from streams.watch.review import DECLARED, OF_OFFICE
from streams.watch.slot import Slot
from streams.watch.usual import Usual

_DIGITS: Final[Mapping[Check, int]] = {
    "wait law": 1,
    "waits of the lost": 1,
    "call-backs": 3,
    "lost at once": 3,
    "arrivals": 2,
    "refused": 3,
    "bursts": 2,
    "talk": 1,
}


def of_gap(cause: str, expected: float, score: float, day: int) -> Evidence:
    """Return the evidence that no call of the given kind has come since a local day (as an ordinal)."""
    return Evidence(cause, 0.0, round(expected, 1), round(score, 2), facts.NoCallOfSort(cause, expected, day))


def of_few(came: float, expected: float, score: float) -> Evidence:
    """Return the evidence that far fewer calls came than were expected."""
    return Evidence("few calls", came, round(expected, 1), round(score, 2), facts.FewCallsCame(round(came), expected))


def of_hours(cause: str, first: int, end: int, gap: DailyGap, day: int) -> Evidence:
    """Return the evidence that nothing has come at some hours since a local day (as an ordinal).

    The hours are in minutes after midnight.
    """
    found = facts.NoCallAtHours(cause, first, end, gap.expected, day)
    return Evidence(cause, 0.0, round(gap.expected, 1), round(gap.score, 2), found)


def of_clock(hours: int, score: float, day: int) -> Evidence:
    """Return the evidence of a clock that is hours ahead (or behind) since a local day (as an ordinal)."""
    return Evidence("hours of calls", hours, 0.0, round(score, 2), facts.HoursShifted(hours, day))


def of_law(name: str, law: Law, breaks: int, calls: int, score: float) -> Evidence:
    """Return the evidence that `breaks` of the `calls` (or events) broke a law."""
    share = breaks / calls if calls else None
    return Evidence(name, share, law.usual, round(score, 2), facts.LawBroken(name, breaks, calls))


def of_rate(seen: Slot, usual: Usual, score: float) -> Evidence:
    """Return the evidence of the lost rate beside the usual one."""
    expected = usual.lost / seen.offered if seen.offered else 0.0
    found = facts.LostRate(seen.lost, seen.offered, expected)
    return Evidence("lost rate", _lost_rate(seen), round(expected, 4), round(score, 2), found)


def of_prior(seen: Slot, prior: float, times: float, score: float) -> Evidence:
    """Return the evidence that the line loses more than `times` the configured rate `prior`."""
    found = facts.AboveConfigured(seen.lost, seen.offered, times, prior)
    return Evidence("configured rate", _lost_rate(seen), round(prior, 4), round(score, 2), found)


def _lost_rate(seen: Slot) -> float:
    return round(seen.lost / seen.offered, 4) if seen.offered else 0.0


def of_witness(witness: Witness) -> Evidence:
    """Return the evidence of a witness; the score is its weight against an overload."""
    digits = _DIGITS[witness.check]
    observed, expected = round(witness.observed, digits), round(witness.expected, digits)
    found = facts.WitnessSeen(witness.check, witness.observed, witness.usual, witness.expected)
    return Evidence(witness.check, observed, expected, witness.no_overload, found)


def of_answers(tally: AnswerCounts, score: float, *, lost: bool) -> Evidence:
    """Return the evidence of persons who looked at calls that were counted `lost`, or at others."""
    share = tally.wrong / tally.told if tally.told else None
    found = facts.CallsChecked(tally.right, tally.wrong, tally.cannot_tell, lost)
    return Evidence(ANSWERS, share, 0.0, round(score, 2), found)


def of_question(calls: int) -> Evidence:
    """Return the evidence that a person was asked about a number of calls, and no answer decides."""
    return Evidence(ASKED, None, None, 0.0, facts.CallsAsked(calls))


def of_counter(kind: CounterKind, total: TotalName | None, by: int, day: int, hour: int) -> Evidence:
    """Return the evidence of a line's counter since a local day (as an ordinal) and hour.

    `by` is as in `streams.checks.readings.Finding`.
    """
    if total is None:
        return Evidence("readings", by, 0.0, 0.0, facts.ReadingsMissing(by, day, hour))
    return Evidence(f"counter of calls {total}", by, 0.0, 0.0, facts.CounterOff(kind, total, by, day, hour))


def of_second_record(cause: facts.Contradiction, calls: list[str], source: str) -> Evidence:
    """Return the evidence of the calls on which the line's witness differs."""
    number = len(calls)
    return Evidence("second record", number, 0.0, float(number), facts.RecordsDiffer(cause, number, source), calls)


def of_declaration(by: str, note: str) -> Evidence:
    """Return a person's declaration of an incident as evidence; the note is empty if it is stored separately."""
    return Evidence(DECLARED, None, None, 0.0, facts.Declared(by, note))


def of_silence(expected: float) -> Evidence:
    """Return the evidence of the silence of an open line."""
    return Evidence("silence", 0.0, round(expected, 1), round(expected, 2), facts.NoCall(expected))


def of_office(why: facts.SilenceReason) -> Evidence:
    """Return the evidence that no line of the office has a call."""
    return Evidence(OF_OFFICE, None, None, 0.0, facts.OfficeWithoutCalls(why))


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
