"""Where Tocsin asks a person about calls, and how the truth answers: the one place that knows how it asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from agents.analysis.fold import Analysis
from benchmarks.detection.held_out.situation import Recorded
from config.settings import Settings
from streams.desks.line import Line
from streams.simulation.chance import chance

Mode: TypeAlias = Literal["none", "true", "5 % wrong"]
MODES: Final[tuple[Mode, ...]] = ("none", "true", "5 % wrong")
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
    waiting: bool = False  # one has no answer yet


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


def asking(settings: Settings, answers: Answers | None) -> Analysis:
    """Return an analysis whose questions have these answers."""
    del answers  # Tocsin asks nothing yet
    return Analysis(settings)


def asked(line: Line) -> Asked:
    """Return the questions about a line until now."""
    del line  # as above
    return Asked()
