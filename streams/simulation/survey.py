"""A survey of satisfaction: what each of a panel answers to each question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from msgspec import Struct

from streams.simulation.chance import chance

SATISFIED: Final = ("très satisfait", "satisfait")
DISSATISFIED: Final = ("peu satisfait", "pas satisfait")
VERY: Final = 0.6  # the share of those satisfied who are very much so


class Survey(Struct, frozen=True, kw_only=True):
    """Describe a survey by its year, its panel and, for each question, how many are satisfied."""

    year: int
    panel: int
    satisfied: Mapping[str, int]


class Answer(NamedTuple):
    """Say what one respondent answers to one question."""

    respondent: str
    question: str
    answer: str


def answers(survey: Survey, seed: int) -> Iterator[Answer]:
    """Yield the answers of one respondent after the other."""
    random = chance(seed, "survey")
    panel = range(1, survey.panel + 1)
    pleased = {question: set(random.sample(panel, many)) for question, many in survey.satisfied.items()}
    for respondent in panel:
        for question, those in pleased.items():
            scale = SATISFIED if respondent in those else DISSATISFIED
            yield Answer(f"{respondent:03}", question, scale[random.random() > VERY])
