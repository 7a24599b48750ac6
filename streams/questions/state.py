"""The state of a line's questions."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec import Struct

from streams.questions.pool import Pool
from streams.questions.question import GivenAnswer, Question


class Early(Struct, array_like=True):
    """An answer that came before its question."""

    call: str
    given: GivenAnswer


@dataclass(slots=True)
class AskingState:
    """The questions of a line, and the calls from which they are drawn."""

    pool: Pool = field(default_factory=Pool)
    questions: list[Question] = field(default_factory=list)  # in the order in which they were asked
    waiting: list[Early] = field(default_factory=list)  # answers that came before their question
    day: int = -1  # local day of the last question
    month: int = -1  # the month whose sample was drawn last, as year x 12 + month
    opening_days: int = 0  # that the line has had so far
    dropped: int = 0  # old questions that were dropped for lack of room
    weighed: int = -1  # slot in which a doubtful stretch was last weighed
