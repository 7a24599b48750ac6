"""The summary of waits: exact as documented, otherwise within 1 %, and the same in any order."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import MAX_SECONDS
from streams.kept.waits import RELATIVE_ERROR, Waits

LONGEST = MAX_SECONDS * 1000
SHARES = (0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0)
WAITS = st.lists(
    st.integers(0, LONGEST) | st.integers(0, 200) | st.sampled_from([0, 1, 2, 49, 50, 51, 5_000, 20_000, LONGEST]),
    min_size=1,
    max_size=60,
)


def summary(waits: list[int]) -> Waits:
    made = Waits()
    for wait in waits:
        made.add(wait)
    return made


def nearest_rank(waits: list[int], share: float) -> int:
    return sorted(waits)[max(1, ceil(Fraction(str(share)) * len(waits))) - 1]


def assert_quantiles(waits: list[int]) -> None:
    made = summary(waits)
    for share in SHARES:
        assert made.quantile(share) == pytest.approx(nearest_rank(waits, share), rel=RELATIVE_ERROR + 1e-9), share


@given(WAITS)
def test_quantiles_are_within_one_percent_of_the_nearest_rank(waits: list[int]) -> None:
    assert_quantiles(waits)


@pytest.mark.parametrize(
    "waits",
    [
        list(range(5_000)),  # every bin's bounds up to five seconds
        [round(1.02**power) for power in range(1_200)],  # about one a bin
        [0] * 89 + [LONGEST] * 11,  # the ranks on both sides of a gap
        [0] * 90 + [LONGEST] * 10,
        [1] * 50 + [2] * 50,
        [7] * 1_000,
    ],
)
def test_quantiles_hold_on_what_is_hard_for_bins(waits: list[int]) -> None:
    assert_quantiles(waits)


def test_every_wait_alone_is_given_back_within_one_percent() -> None:
    for wait in [*range(20_000), *range(20_000, 4_000_000, 977)]:
        assert summary([wait]).quantile(0.5) == pytest.approx(wait, rel=RELATIVE_ERROR + 1e-9)


@given(WAITS)
def test_count_mean_and_longest_are_exact(waits: list[int]) -> None:
    made = summary(waits)
    assert (made.count, made.total, made.longest) == (len(waits), sum(waits), max(waits))
    assert made.mean() == sum(waits) / len(waits)


@given(WAITS, WAITS)
def test_a_merge_is_the_summary_of_both(first: list[int], second: list[int]) -> None:
    merged, other = summary(first), summary(second)
    merged.merge(other)
    assert merged == summary(first + second)
    assert other == summary(second)


@given(WAITS, st.lists(st.integers(0, LONGEST), max_size=20), st.randoms(use_true_random=False))
def test_what_is_taken_back_in_any_order_leaves_no_trace_but_the_longest(
    waits: list[int], more: list[int], random: object
) -> None:
    made = summary(waits + more)
    random.shuffle(more)  # type: ignore[attr-defined]
    for wait in more:
        made.add(wait, -1)
    assert made.longest == max(waits + more)
    made.longest = max(waits)
    assert made == summary(waits)


def test_what_was_taken_back_whole_is_unknown_again() -> None:
    made = summary([5])
    made.add(5, -1)
    assert (made.bins, made.count, made.mean(), made.quantile(0.5)) == ({}, 0, None, None)


def test_no_quantile_is_above_the_longest() -> None:
    for wait in range(1, 3_000):
        quantile = summary([wait]).quantile(1.0)
        assert quantile is not None
        assert quantile <= wait


def test_nothing_counted_is_unknown() -> None:
    assert (Waits().mean(), Waits().quantile(0.5)) == (None, None)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.95])
def test_the_ranks_of_the_shares_in_use_are_exact(share: float) -> None:
    """0.9 in binary is a little more than nine tenths: no rank may be one too high for it."""
    made = Waits()
    for count in range(1, 400):
        made.add(count * 100_000)
        rank = ceil(Fraction(str(share)) * count)
        assert made.quantile(share) == pytest.approx(rank * 100_000, rel=RELATIVE_ERROR + 1e-9)
