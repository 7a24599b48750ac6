"""What a survey says: of those who answered a question, the share that is satisfied."""

from __future__ import annotations

from typing import NamedTuple


class Share(NamedTuple):
    """Hold a question, how many answered it and how many of them are satisfied, with the interval of the share.

    `blank` answers are in neither.
    """

    question: str
    satisfied: int
    answers: int
    share: float | None
    low: float | None
    high: float | None
    blank: int
