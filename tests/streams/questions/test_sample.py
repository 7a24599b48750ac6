"""The figure of a stretch by answers about calls drawn from it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.counts import Counts
from streams.questions.question import Drawn, GivenAnswer
from streams.questions.sample import Estimated, sample_of
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
    assert answered.counts == Counts(1_000, answered=964, lost=16, diverted=20)
    assert invented.counts == Counts(816, answered=780, lost=16, diverted=20)
    assert answered.more > invented.more, "unless a law says so, nobody knows whether they came"


def test_losses_hidden_among_one_sort_of_answers_come_back_in_its_proportion() -> None:
    sizes: dict[Stratum, int] = {"lost": 200, "answered-no-agent": 80, "answered": 700}
    drawn = [*told("lost", 40, 0), *told("answered-no-agent", 10, 40), *told("answered", 20, 0)]
    sample = sample_of(drawn, sizes)
    assert sample is not None
    assert sample.others == pytest.approx(0.8 * 80 / 780, rel=0.03)
    assert sample.estimate(STRETCH, invented=False).counts.answered == pytest.approx(780 - 64, abs=3)


def test_one_wrong_answer_about_one_or_two_answered_calls_proves_no_lost_line() -> None:
    """The months of a line with 6.7 % counted and 3 % truly lost were published as 97.3 % lost."""
    counts = Counts(offered=9_000, answered=8_400, lost=600)
    sizes: dict[Stratum, int] = {"lost": 600, "answered": 8_400}
    for others in (told("answered", 0, 1), told("answered", 1, 1)):
        sample = sample_of([*told("lost", 3, 4), *others], sizes)
        assert sample is not None
        found = sample.estimate(counts, invented=False)
        assert (found.counts.lost_rate or 0.0) < 0.15
        assert (found.fewer + found.more) / 9_000 > 0.3, "and the width says how little is known"


@given(right=st.integers(0, 12), wrong=st.integers(0, 12), others=st.integers(0, 12), missed=st.integers(0, 3))
def test_an_estimate_is_a_share_and_moves_with_each_answer(right: int, wrong: int, others: int, missed: int) -> None:
    sizes: dict[Stratum, int] = {"lost": 200, "answered": 780}

    def lost(more_wrong: int, more_missed: int) -> float:
        drawn = [*told("lost", right + 1 - more_wrong, wrong + more_wrong)]
        drawn += told("answered", others + 1 - more_missed, missed + more_missed)
        sample = sample_of(drawn, sizes)
        assert sample is not None
        assert conserves(sample.estimate(STRETCH, invented=False).counts)
        assert 0 <= sample.lost <= 1
        assert 0 <= sample.others <= 1
        return 200 * (1 - sample.lost) + 780 * sample.others

    assert lost(1, 0) < lost(0, 0) < lost(0, 1)


def test_answers_that_found_no_hidden_loss_add_none() -> None:
    sample = sample_of([*told("lost", 1, 4), *told("answered", 2, 0)], {"lost": 200, "answered": 780})
    assert sample is not None
    assert sample.estimate(STRETCH, invented=True).counts.answered == 780


def test_without_an_answer_that_could_judge_a_loss_there_is_no_sample() -> None:
    assert sample_of([Drawn("1", 0, "lost"), *told("answered", 1, 0)], {"lost": 9}) is None


@pytest.mark.parametrize("mistaken", [0.0, 0.05])
def test_the_interval_holds_the_truth_as_often_as_it_says_though_answers_err(mistaken: float) -> None:
    random, holds, runs = Random(7), 0, 400
    for _ in range(runs):
        share, number = random.uniform(0.3, 0.95), random.choice([5, 10, 20, 40])
        wrong = sum((random.random() < share) != (random.random() < mistaken) for _ in range(number))
        sample = sample_of(told("lost", number - wrong, wrong), {"lost": 200})
        assert sample is not None
        found = sample.estimate(STRETCH, invented=True)
        assert conserves(found.counts)
        holds += -found.fewer - 1 <= 200 * (1 - share) - found.counts.lost <= found.more + 1
    assert holds / runs >= 0.93


def test_independent_stretches_add_up() -> None:
    one = Estimated(Counts(10, lost=3, answered=7), 3.0, 4.0)
    both = one + one
    assert both.counts == Counts(20, lost=6, answered=14)
    assert [both.fewer, both.more] == pytest.approx([18**0.5, 32**0.5])
