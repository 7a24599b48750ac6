"""The questions of an analysis as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType

from agents.history.incident_json import moment
from streams.desks.line import Line
from streams.questions.question import Question
from streams.questions.stratum import Outcome


class QuestionCall(Struct, frozen=True):
    """A call that a person should look at."""

    call: str
    at: str  # when it entered the line
    counted: Outcome
    answer: str | UnsetType = UNSET


class AnswersShape(Struct, frozen=True, rename={"cannot_tell": "cannot-tell"}):
    """How many calls have which answer."""

    right: int
    wrong: int
    cannot_tell: int


class QuestionShape(Struct, frozen=True):
    """A question about a few calls of a line."""

    id: str
    line: str
    at: str
    calls: list[QuestionCall]
    answers: AnswersShape
    status: str  # open or answered


def questions(lines: Iterable[Line], zone: ZoneInfo, *, doubts: bool) -> list[QuestionShape]:
    """Return the questions of these lines in time order: those that a doubt asked, or the regular samples."""
    asked = [
        (question.at, line.name, question)
        for line in lines
        for question in line.watch.asking.state.questions
        if (question.about == "doubt") == doubts
    ]
    return [_shape(name, question, zone) for _, name, question in sorted(asked, key=lambda each: each[:2])]


def _shape(line: str, question: Question, zone: ZoneInfo) -> QuestionShape:
    tally = question.tally()
    return QuestionShape(
        id=question.id,
        line=line,
        at=moment(question.at, zone) or "",
        calls=[
            QuestionCall(each.call, moment(each.at, zone) or "", each.counted, each.answer or UNSET)
            for each in question.calls
        ],
        answers=AnswersShape(tally.right, tally.wrong, tally.cannot_tell),
        status="answered" if question.answered else "open",
    )
