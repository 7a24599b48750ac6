"""The figure of a stretch by answers about calls drawn from it."""

from __future__ import annotations

from random import Random

import pytest

from streams.calls.counts import Counts
from streams.questions.question import Drawn, GivenAnswer
from streams.questions.sample import Estimated, WrongShares, sample_of
from streams.questions.stratum import Stratum
from streams.watch.gate import conserves

STRETCH = Counts(offered=1_000, answered=780, lost=200, diverted=20)


def told(stratum: Stratum, right: int, wrong: int) -> list[Drawn]:
    """Return calls of a stratum that a person called right or wrong."""
    answers = ["right"] * right + ["wrong"] * wrong
    return [
        Drawn(f"{stratum} {number}", number, stratum, [GivenAnswer(1, 0, answer)])  # type: ignore[arg-type] # literals
        for number, answer in enumerate(answers)
    ]


def test_calls_counted_lost_were_answered_or_never_came() -> None:
    sample = sample_of(told("lost", 2, 18), {"lost": 200})
    assert sample is not None
    answered, invented = (sample.estimate(STRETCH, invented=each) for each in (False, True))
    assert answered.counts == Counts(1_000, answered=956, lost=24, diverted=20)
    assert invented.counts == Counts(824, answered=780, lost=24, diverted=20)
    assert answered.more > invented.more, "unless a law says so, nobody knows whether they came"


def test_losses_hidden_among_one_sort_of_answers_come_back_in_its_proportion() -> None:
    sizes: dict[Stratum, int] = {"lost": 200, "answered-no-agent": 80, "answered": 700}
    drawn = [*told("lost", 4, 0), *told("answered-no-agent", 1, 4), *told("answered", 2, 0)]
    sample = sample_of(drawn, sizes)
    assert sample is not None
    assert sample.others == pytest.approx(0.8 * 80 / 780)
    assert sample.estimate(STRETCH, invented=False).counts.answered == pytest.approx(780 - 64 + 20, abs=1)


def test_answers_that_found_no_hidden_loss_add_none() -> None:
    sample = sample_of([*told("lost", 1, 4), *told("answered", 2, 0)], {"lost": 200, "answered": 780})
    assert sample is not None
    assert sample.estimate(STRETCH, invented=True).counts.answered == 780


def test_without_an_answer_that_could_judge_a_loss_there_is_no_sample() -> None:
    assert sample_of([Drawn("1", 0, "lost"), *told("answered", 1, 0)], {"lost": 9}) is None


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    random, holds, runs = Random(7), 0, 400
    for _ in range(runs):
        share, number = random.uniform(0.3, 0.95), random.choice([5, 10, 20, 40])
        wrong = sum(random.random() < share for _ in range(number))
        found = WrongShares(wrong / number, number).estimate(STRETCH, invented=True)
        assert conserves(found.counts)
        holds += -found.fewer - 1 <= 200 * (1 - share) - found.counts.lost <= found.more + 1
    assert holds / runs >= 0.93


def test_independent_stretches_add_up() -> None:
    one = Estimated(Counts(10, lost=3, answered=7), 3.0, 4.0)
    both = one + one
    assert both.counts == Counts(20, lost=6, answered=14)
    assert [both.fewer, both.more] == pytest.approx([18**0.5, 32**0.5])
