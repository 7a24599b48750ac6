"""A question to a person: a few calls drawn at random, and whether each was counted rightly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from streams.events import Answer, Outcome
from streams.kept.mark import DUPLICATE, OK
from streams.questions.stratum import COUNTED, LOST_STRATA, Stratum

About: TypeAlias = Literal["doubt", "law", "month", "first"]
SAMPLES: Final[frozenset[About]] = frozenset({"month", "first"})  # drawn without a doubt
MAX_ANSWERS: Final = 4  # persons who answer for one call; more are not kept


class GivenAnswer(Struct, array_like=True):
    """One person's answer."""

    by: int  # digest of the person's name
    at: int  # epoch ms
    answer: Answer


def agreed(answers: Iterable[Answer]) -> Answer | None:
    """Return the answer on which all persons agree; `cannot-tell` if they do not, None without an answer.

    >>> agreed(["right", "right"]), agreed(["right", "wrong"])
    ('right', 'cannot-tell')
    """
    said = set(answers)
    return "cannot-tell" if len(said) > 1 else next(iter(said), None)


class Drawn(Struct, array_like=True):
    """A call that a person is asked about."""

    call: str  # its id
    at: int  # when it entered the line, epoch ms
    stratum: Stratum
    given: list[GivenAnswer] = []

    @property
    def lost(self) -> bool:
        """Return whether the call was counted lost when it was drawn."""
        return self.stratum in LOST_STRATA

    @property
    def counted(self) -> Outcome:
        """The outcome by which the call was counted when it was drawn."""
        return COUNTED[self.stratum]

    @property
    def answer(self) -> Answer | None:
        """The answer on which all agree; `cannot-tell` if they contradict each other, None before the first."""
        return agreed(each.answer for each in self.given)

    def take(self, given: GivenAnswer) -> int:
        """Take an answer, which replaces an earlier one of the same person; return `OK` or `DUPLICATE`."""
        known = next((each for each in self.given if each.by == given.by), None)
        if known is None:
            if len(self.given) >= MAX_ANSWERS:
                return DUPLICATE
        elif known.at >= given.at:
            return DUPLICATE
        else:
            self.given.remove(known)
        self.given = sorted([*self.given, given], key=lambda each: each.by)
        return OK


class AnswerCounts(Struct, frozen=True):
    """The answers to one or several questions."""

    right: int = 0
    wrong: int = 0
    cannot_tell: int = 0

    def __add__(self, other: AnswerCounts) -> AnswerCounts:
        return AnswerCounts(self.right + other.right, self.wrong + other.wrong, self.cannot_tell + other.cannot_tell)

    @property
    def told(self) -> int:
        """Return the number of calls that a person could judge."""
        return self.right + self.wrong


@dataclass(slots=True)
class Question:
    """Calls of one line that a person is asked about."""

    id: str
    about: About
    at: int  # when it was asked, epoch ms
    since: int  # epoch ms: start of the stretch from which the calls were drawn
    until: int  # epoch ms: its end
    share: float  # of the calls counted lost that would be counted wrongly if the doubt is right
    calls: list[Drawn] = field(default_factory=list)
    decided: str = ""  # what its answers decided: an `Outcome`, or empty
    incident: str = ""  # the id of the incident that it is about, if a law opened it

    @property
    def answered(self) -> bool:
        return all(each.answer is not None for each in self.calls)

    @property
    def open(self) -> bool:
        """Return whether it still waits for answers that could decide it."""
        return not self.answered and not self.decided

    def tally(self, *, lost: bool | None = None) -> AnswerCounts:
        """Return the answers, or only those for the calls that were counted `lost`, or not."""
        said = [each.answer for each in self.calls if lost is None or each.lost == lost]
        return AnswerCounts(said.count("right"), said.count("wrong"), said.count("cannot-tell"))
