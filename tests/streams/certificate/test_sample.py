"""The sample is random, and its bound holds: a rate outside of the bound passes in at most one of twenty samples."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.certificate.sample import Checked, CountedCall, best, draw, equivalence


def population(lost: int, others: int) -> list[CountedCall]:
    return [
        CountedCall(f"2013-{1 + n % 12:02}", "lost" if n < lost else "answered", f"call-{n}", n, 0)
        for n in range(lost + others)
    ]


@given(st.integers(0, 30), st.integers(0, 300), st.integers(1, 80), st.text(max_size=5), st.randoms())
def test_a_sample_is_the_same_whatever_the_order_of_the_calls(
    lost: int, others: int, number: int, seed: str, random: Random
) -> None:
    calls = population(lost, others)
    drawn = draw(calls, number, seed)
    random.shuffle(calls)
    assert draw(calls, number, seed) == drawn
    assert len({each.call for each in drawn}) == len(drawn) <= max(2, number + 1)
    for group, whole in ((True, lost), (False, others)):
        taken = sum(each.lost == group for each in drawn)
        assert (taken > 0) == (whole > 0)
        assert taken <= whole


def test_each_month_gives_its_share_and_another_seed_other_calls() -> None:
    calls = population(0, 1_200)
    drawn = draw(calls, 120, "a")
    assert set(Counter(each.month for each in drawn).values()) <= {9, 10, 11}
    assert drawn != draw(calls, 120, "b")


@pytest.mark.parametrize(("wrong_lost", "wrong_others"), [(0.4, 0.0), (0.0, 0.05), (0.3, 0.01)])
def test_the_bounds_hold_the_true_error_in_nearly_every_sample(wrong_lost: float, wrong_others: float) -> None:
    lost, others = 400, 1_600
    calls = population(lost, others)
    wrong = {each.call for each in calls if each.lost and int(each.call[5:]) < wrong_lost * lost}
    wrong |= {each.call for each in calls if not each.lost and int(each.call[5:]) - lost < wrong_others * others}
    error = (wrong_lost * lost - wrong_others * others) / (lost + others)
    held = 0
    for seed in range(200):
        drawn = draw(calls, 100, str(seed))
        found = equivalence([Checked(c.lost, "wrong" if c.call in wrong else "right") for c in drawn], lost, len(calls))
        held += found.low <= error <= found.high
        assert found.within == max(-found.low, found.high)
    assert held >= 190


def test_an_answer_that_nobody_knows_widens_the_bounds_as_a_wrong_one_and_excuses_none() -> None:
    right = [Checked(lost=True, answer="right")] * 20
    unknown = equivalence([*right, Checked(lost=True, answer="unknown")], 100, 100)
    wrong = equivalence([*right, Checked(lost=True, answer="wrong")], 100, 100)
    assert unknown.high == wrong.high
    assert unknown.low == 0 < wrong.low


def test_a_group_of_which_no_call_was_checked_may_be_all_wrong() -> None:
    found = equivalence([Checked(lost=True, answer="right")] * 1_000, 100, 1_000)
    assert found.low == pytest.approx(-0.9)


def test_the_best_that_a_sample_can_say_is_known_before_anybody_answers() -> None:
    calls = population(20, 980)
    assert best(calls, 400) < best(calls, 100) == pytest.approx(0.0362, abs=1e-3)
