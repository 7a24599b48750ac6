"""A simulated satisfaction survey: each panel member's answer to each question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from msgspec import Struct

from streams.simulation.chance import chance

SATISFIED_ANSWERS: Final = ("très satisfait", "satisfait")
DISSATISFIED_ANSWERS: Final = ("peu satisfait", "pas satisfait")
VERY_SHARE: Final = 0.6  # share of the stronger answer among the satisfied, and among the others


class PanelSurvey(Struct, frozen=True, kw_only=True):
    """A survey and its results."""

    first: date  # of the days on which they answered
    days: int
    panel: int  # respondents
    satisfied: Mapping[str, int]  # respondents, by question


class PanelAnswer(NamedTuple):
    """One respondent's answer to one question."""

    respondent: str
    question: str
    answer: str
    date: date


def answers(survey: PanelSurvey, seed: int) -> Iterator[PanelAnswer]:
    """Yield the answers, respondent by respondent."""
    random = chance(seed, "survey")
    panel = range(1, survey.panel + 1)
    satisfied = {question: set(random.sample(panel, number)) for question, number in survey.satisfied.items()}
    for respondent in panel:
        day = survey.first + timedelta(respondent % survey.days)
        for question, respondents in satisfied.items():
            scale = SATISFIED_ANSWERS if respondent in respondents else DISSATISFIED_ANSWERS
            yield PanelAnswer(f"{respondent:03}", question, scale[random.random() > VERY_SHARE], day)
