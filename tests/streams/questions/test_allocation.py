"""Strata get calls by their size and their risk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.questions.allocation import allocation
from streams.questions.stratum import STRATA, Stratum

counts = st.dictionaries(st.sampled_from(STRATA), st.integers(0, 50))


@given(counts, st.integers(0, 20))
def test_every_call_that_is_wanted_is_taken_if_there_is_one(sizes: dict[Stratum, int], number: int) -> None:
    taken = allocation(sizes, number)
    assert sum(taken.values()) == min(number, sum(sizes.values()))
    assert all(0 <= taken[each] <= sizes[each] for each in sizes)


def test_losses_after_a_conversation_are_looked_at_first() -> None:
    assert allocation({"lost-talk": 30, "lost-at-once": 40, "lost": 50}, 5)["lost-talk"] == 2
