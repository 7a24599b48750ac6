"""The questions of an office's lines that wait for answers, with the answers that are already in the log.

A line publishes its open questions with its live figures. A person's answer is in the log at once, and in the line's
figures after its worker has read the log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from agents.chain.log import read_log
from agents.history.ledger import History
from agents.history.review import review
from agents.history.statuses import read_lines
from config.settings import Settings
from streams.chain.links import Chain
from streams.events import Answer, Outcome, Review, milliseconds
from streams.questions.question import SAMPLES, agreed
from streams.status import AskedCall, LineStatus, OpenQuestion
from streams.watch.thresholds import ASK

GivenAnswers: TypeAlias = Mapping[tuple[str, str], Mapping[str, Answer]]  # by line and call: each person's last answer


class LineQuestion(NamedTuple):
    line: str
    label: str
    asked: OpenQuestion
    configured: bool  # the line's usual lost rate is

    @property
    def left(self) -> list[AskedCall]:
        """The calls without an answer."""
        return [each for each in self.asked.calls if each.answer is None]

    def is_overdue(self, now: datetime) -> bool:
        """Return whether it waits longer than a verdict waits for an answer, and figures depend on it.

        They depend on a doubt, and on the last sample of a line if nobody has configured its usual lost rate.
        """
        decides = self.asked.about not in SAMPLES or not self.configured
        return decides and bool(self.left) and now - self.asked.at > timedelta(ASK.patience)


class CallAnswer(NamedTuple):
    """A person's answer for one call of a question."""

    question: LineQuestion
    call: AskedCall
    answer: Answer

    def review(self, settings: Settings, by: str) -> Review:
        """Return the answer as a review made now; raise `ReviewError` if a field is invalid."""
        asked = self.question.asked
        return review(
            settings,
            "answer",
            by,
            line=self.question.line,
            call=self.call.call,
            answer=self.answer,
            counted=self.call.counted,
            sampled=asked.about in SAMPLES or None,
            **{"from": self.call.at},
        )


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
    """A question about a few calls of a line, as JSON."""

    id: str
    line: str
    at: str
    calls: list[QuestionCall]
    answers: AnswersShape
    status: str  # open or answered


def question_json(line: str, asked: OpenQuestion) -> QuestionShape:
    answers = [each.answer for each in asked.calls]
    return QuestionShape(
        id=asked.id,
        line=line,
        at=_written(asked.at),
        calls=[QuestionCall(each.call, _written(each.at), each.counted, each.answer or UNSET) for each in asked.calls],
        answers=AnswersShape(answers.count("right"), answers.count("wrong"), answers.count("cannot-tell")),
        status="open" if None in answers else "answered",
    )


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


class LoggedAnswer(NamedTuple):
    """A person's answer in the log."""

    line: str
    call: str
    answer: Answer
    review: Review


def logged_in(chain: Chain) -> list[LoggedAnswer]:
    """Return the answers in a site's log, in the order of their moments."""
    reviews = (link.entry for link in chain.links.values() if isinstance(link.entry, Review))
    return [
        LoggedAnswer(each.line, each.call, each.answer, each)
        for each in sorted(reviews, key=lambda each: milliseconds(each.at))
        if each.line is not None and each.call is not None and each.answer is not None
    ]


def answers_in(chain: Chain) -> GivenAnswers:
    """Return each person's last answers in a site's log."""
    given: dict[tuple[str, str], dict[str, Answer]] = defaultdict(dict)
    for each in logged_in(chain):
        given[each.line, each.call][each.review.by] = each.answer
    return given


@lru_cache(maxsize=2)
def logged_answers(history: History, site: str) -> GivenAnswers:
    return answers_in(history.publications.chain(site))


def known_questions(settings: Settings, lines: Mapping[str, LineStatus], history: History) -> list[LineQuestion]:
    """Return the office's open questions among published figures; see `open_questions`."""
    asking = [each for each in lines.values() if each.site == settings.site and each.questions]
    return open_questions(settings, asking, logged_answers(history, settings.site)) if asking else []


def open_questions(settings: Settings, lines: Iterable[LineStatus], given: GivenAnswers) -> list[LineQuestion]:
    """Return the open questions of an office's lines with the answers so far: doubts first, then the oldest first."""
    found = [
        LineQuestion(
            each.line,
            line.label or each.line,
            _with_answers(each.line, asked, given),
            configured=line.expected_lost_rate is not None,
        )
        for each in lines
        if each.site == settings.site and (line := settings.lines.get(each.line)) is not None
        for asked in each.questions
    ]
    return sorted(found, key=lambda each: (each.asked.about in SAMPLES, each.asked.at, each.line))


def _with_answers(line: str, asked: OpenQuestion, given: GivenAnswers) -> OpenQuestion:
    return replace(
        asked,
        calls=[
            replace(each, answer=agreed(given.get((line, each.call), {}).values()) or each.answer)
            for each in asked.calls
        ],
    )


def read_questions(settings: Settings) -> list[LineQuestion]:
    """Return the office's open questions; raise `KafkaError` if the broker does not answer."""
    given = answers_in(Chain(settings.site, read_log(settings).records))
    return open_questions(settings, read_lines(settings).values(), given)
