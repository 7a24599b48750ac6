"""Where Tocsin asks a person about calls, and how the truth answers: the one place that knows how it asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from agents.analysis.answers import FiledAnswer
from agents.analysis.fold import Analysis
from agents.analysis.questions import unanswered
from benchmarks.detection.held_out.situation import Recorded
from benchmarks.detection.office import LINE
from config.settings import Settings
from streams.desks.line import Line
from streams.simulation.chance import chance

Mode: TypeAlias = Literal["none", "true", "5 % wrong"]
MODES: Final[tuple[Mode, ...]] = ("none", "true", "5 % wrong")
UTC: Final = ZoneInfo("UTC")
AFTER: Final = 3_600.0  # s until a question is answered
WRONG: Final = 0.05  # share of the answers


class Answer(NamedTuple):
    answer: Literal["right", "wrong"]
    after: float  # s


Answers: TypeAlias = Callable[[str, str], Answer | None]  # by line and call id; None for no answer


class Asked(NamedTuple):
    """The questions about a line so far."""

    questions: int = 0
    answered: int = 0
    waiting: bool = False  # the page and the analysis say that one waits for an answer


def answers_of(recorded: Mapping[str, Recorded], mode: Mode) -> Answers | None:
    """Return a person's answers about the records of a run; None without answers."""
    if mode == "none":
        return None

    def answer(_: str, call: str) -> Answer | None:
        record = recorded.get(call)
        if record is None:
            return None
        mistaken = mode == "5 % wrong" and chance("mistaken", call).random() < WRONG
        return Answer("right" if record.right != mistaken else "wrong", AFTER)

    return answer


class _Told(Mapping[tuple[str, str], FiledAnswer]):
    """A person's answers as the analysis reads them from a file."""

    def __init__(self, answers: Answers, calls: Collection[str]) -> None:
        self._answers = answers
        self._calls = calls

    def __getitem__(self, key: tuple[str, str]) -> FiledAnswer:
        found = self._answers(*key)
        if found is None:
            raise KeyError(key)
        return FiledAnswer(*key, found.answer, found.after)

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((LINE, call) for call in self._calls)


def asking(settings: Settings, answers: Answers | None, calls: Collection[str]) -> Analysis:
    """Return an analysis whose questions about these calls have these answers."""
    return Analysis(settings, answers=None if answers is None else _Told(answers, calls))


def asked(line: Line) -> Asked:
    """Return the questions about a line until now."""
    questions = line.watch.asking.state.questions
    doubts = [each for each in questions if each.about == "doubt"]
    return Asked(len(doubts), sum(each.answered for each in doubts), bool(unanswered({LINE: line}, UTC)))
