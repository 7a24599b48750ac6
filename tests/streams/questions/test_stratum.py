"""Each call has one stratum, by its outcome and its oddities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import ANSWERED, DIVERTED, LOST, OPEN, Call
from streams.questions.stratum import STRATA, Stratum, allocation, stratum

counts = st.dictionaries(st.sampled_from(STRATA), st.integers(0, 50))


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (Call(0, outcome=LOST, lost=9_000, lost_wait=9_000), "lost"),
        (Call(0, outcome=LOST, lost=900, lost_wait=900), "lost-at-once"),
        (Call(0, outcome=LOST, lost=900), "lost"),
        (Call(0, outcome=LOST, lost=9_000, lost_wait=9_000, talk=60_000), "lost-talk"),
        (Call(0, outcome=ANSWERED, answered=9_000, talk=60_000), "answered-no-agent"),
        (Call(0, outcome=ANSWERED, answered=9_000, talk=10_000, agent=3), "answered-short"),
        (Call(0, outcome=ANSWERED, answered=9_000, talk=60_000, agent=3), "answered"),
        (Call(0, outcome=ANSWERED, answered=9_000, agent=3), "answered"),
        (Call(0, outcome=DIVERTED, diverted=9_000), "diverted"),
        (Call(0, outcome=OPEN), None),
    ],
)
def test_a_call_has_the_stratum_of_its_outcome(call: Call, found: Stratum | None) -> None:
    assert stratum(call) == found


@given(counts, st.integers(0, 20))
def test_every_call_that_is_wanted_is_taken_if_there_is_one(sizes: dict[Stratum, int], number: int) -> None:
    taken = allocation(sizes, number)
    assert sum(taken.values()) == min(number, sum(sizes.values()))
    assert all(0 <= taken[each] <= sizes[each] for each in sizes)


def test_losses_after_a_conversation_are_looked_at_first() -> None:
    assert allocation({"lost-talk": 30, "lost-at-once": 40, "lost": 50}, 5)["lost-talk"] == 2
