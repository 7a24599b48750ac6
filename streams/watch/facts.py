"""The facts of a piece of evidence: a class for each sentence, whose words are made where it is shown.

Days are local, as ordinals; hours are local.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from streams.checks.parts import Summed
from streams.checks.readings import CounterKind, TotalName
from streams.watch.corroboration import Check

Contradiction: TypeAlias = Literal["only there", "only here", "answered there", "told otherwise"]
SilenceReason: TypeAlias = Literal["closed", "feed"]


class _Facts(Struct, frozen=True, array_like=True, tag=True):
    """Facts in a state record, under the name of their class."""


class CallsChecked(_Facts, frozen=True):
    """Persons looked at calls that were counted lost, or at others."""

    right: int
    wrong: int
    cannot_tell: int
    lost: bool


class AboveConfigured(_Facts, frozen=True):
    """The line loses more than a multiple of its configured rate."""

    lost: int
    offered: int
    times: float
    configured: float


class CallsAsked(_Facts, frozen=True):
    """A person was asked about calls, and no answer decides."""

    calls: int


class CounterOff(_Facts, frozen=True):
    """A line's counter differs `by` calls from the events, or fell by as many in a `reset`."""

    kind: CounterKind
    total: TotalName
    by: int
    day: int
    hour: int


class CasesBreak(_Facts, frozen=True):
    """Tickets or requests that broke a law (`streams.cases.laws`), among those that could."""

    law: str
    breaks: int
    cases: int


class Declared(_Facts, frozen=True):
    """A person declared the incident; the note is empty if it is kept apart."""

    by: str
    note: str


class FewCallsCame(_Facts, frozen=True):
    """Far fewer calls came to an open line than were expected."""

    came: int
    expected: float


class HoursShifted(_Facts, frozen=True):
    """Calls come as if the clock were hours ahead, or behind if negative."""

    hours: int
    day: int


class LawBroken(_Facts, frozen=True):
    """Calls (or events) that broke a law, among those that could."""

    law: str
    breaks: int
    calls: int


class LostRate(_Facts, frozen=True):
    """The lost calls of a stretch beside their usual share."""

    lost: int
    offered: int
    usual: float


class LostRateOfDays(_Facts, frozen=True):
    """The lost calls of days known by readings, beside their usual share."""

    lost: int
    offered: int
    usual: float
    days: int
    since: int


class NoOutcomeOfDays(_Facts, frozen=True):
    """The calls of days, known by readings, that were neither answered nor lost, beside their usual share."""

    calls: int
    offered: int
    usual: float
    days: int
    since: int


class NoCall(_Facts, frozen=True):
    """No call came to an open line, though some were expected."""

    expected: float


class NoCallAtHours(_Facts, frozen=True):
    """No call, or no loss (`streams.watch.hours`), has come between two times of the day since a day."""

    cause: str
    first: int  # minutes after midnight
    end: int  # in the same unit
    expected: float
    day: int


class NoCallOfSort(_Facts, frozen=True):
    """No call of a sort (`streams.watch.emptied`) has come since a day."""

    cause: str
    expected: float
    day: int


class OfficeWithoutCalls(_Facts, frozen=True):
    """No line of the office has a call."""

    why: SilenceReason


class PartsExceedWhole(_Facts, frozen=True):
    """Answered and lost calls of readings exceed the offered ones; `summed` is the column that holds their sum."""

    answered: int
    lost: int
    offered: int
    readings: int
    summed: Summed

    @property
    def right(self) -> float | None:
        """The lost rate by the right arithmetic, from 0 to 1; None if no sum of two columns explains the readings."""
        if self.summed == "lost":
            return (self.lost - self.answered) / self.lost
        return self.lost / self.offered if self.summed == "answered" else None


class ReadingsMissing(_Facts, frozen=True):
    """No reading covers a time (ms)."""

    uncovered: int
    day: int
    hour: int


class ReadingsRepeat(_Facts, frozen=True):
    """A number of readings repeat earlier ones, figure by figure."""

    readings: int
    day: int
    earlier: int


class RecordsDiffer(_Facts, frozen=True):
    """Calls on which the second record, of this source, differs."""

    cause: Contradiction
    calls: int
    source: str


class Rush(_Facts, frozen=True):
    """The calls without the losses beyond the usual, as a multiple of the expected ones; None if none is usual yet."""

    times: float | None


class WitnessSeen(_Facts, frozen=True):
    """A witness: the value seen, the usual one, and the one to expect if the losses are real."""

    check: Check
    seen: float
    usual: float
    if_real: float


class KeptSentences(_Facts, frozen=True):
    """Sentences of an incident that was published, or kept in a state by a version before 0.3."""

    french: str
    english: str


Facts: TypeAlias = (
    AboveConfigured
    | CallsAsked
    | CallsChecked
    | CasesBreak
    | CounterOff
    | Declared
    | FewCallsCame
    | HoursShifted
    | LawBroken
    | LostRate
    | LostRateOfDays
    | NoOutcomeOfDays
    | NoCall
    | NoCallAtHours
    | NoCallOfSort
    | OfficeWithoutCalls
    | PartsExceedWhole
    | ReadingsMissing
    | ReadingsRepeat
    | RecordsDiffer
    | Rush
    | WitnessSeen
    | KeptSentences
)
