"""The answers about a law decide once every call has one."""

from __future__ import annotations

import pytest

from streams.events import Answer
from streams.questions.question import Drawn, GivenAnswer, Question
from streams.questions.stratum import LOST_STRATA, STRATA, Stratum
from streams.watch.ruling import rule

LOST = min(LOST_STRATA)
OTHER = next(each for each in STRATA if each not in LOST_STRATA)


def asked(stratum: Stratum, *answers: Answer | None) -> Question:
    """Return a question about a broken law, with the answer to each call."""
    calls = [
        Drawn(f"{number}", number, stratum, [] if each is None else [GivenAnswer(1, 9, each)])
        for number, each in enumerate(answers)
    ]
    return Question("circulation-law", "law", 10, 0, 10, 0.5, calls)


@pytest.mark.parametrize("answers", [("wrong", "wrong", None), ("cannot-tell", "cannot-tell")])
def test_answers_about_a_law_decide_nothing_while_one_is_missing_or_nobody_could_tell(
    answers: tuple[Answer | None, ...],
) -> None:
    question = asked(LOST, *answers)
    assert rule([question], question) is None


@pytest.mark.parametrize(
    ("answers", "outcome"), [(("wrong", "wrong", "right"), "faulty"), (("right", "cannot-tell", "right"), "sound")]
)
@pytest.mark.parametrize("stratum", [LOST, OTHER])
def test_all_answers_about_a_law_decide_for_what_is_more_likely(
    answers: tuple[Answer, ...], outcome: str, stratum: Stratum
) -> None:
    question = asked(stratum, *answers)
    ruling = rule([question], question)
    assert ruling is not None
    assert (ruling.outcome, ruling.lost) == (outcome, stratum == LOST)
    assert (ruling.counts.right, ruling.counts.wrong) == (answers.count("right"), answers.count("wrong"))
    assert (ruling.score > 0) == (outcome == "faulty")
