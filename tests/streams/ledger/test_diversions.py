"""Diverted calls by reason: sums add up, and corrected counts have no reasons of their own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.calls.counts import Counts
from streams.ledger.diversions import Diversions, diversions, kept

AGENTLESS = ("closed", "key", "transfer")
REASONS = (*AGENTLESS, "voicemail", "callback", "not_kept")
BY_REASON = st.dictionaries(st.sampled_from(REASONS), st.integers(1, 9))


def test_counts_from_which_diverted_calls_were_taken_say_nothing_of_the_others() -> None:
    raw, told = Counts(10, 5, 1, 4), Diversions(agentless=4)
    assert kept(raw, told, Counts(9, 5, 0, 4)) == kept(raw, told, None) == told
    assert kept(raw, told, Counts(8, 5, 0, 3)) == Diversions(unexplained=3)


@given(BY_REASON, BY_REASON)
def test_what_is_counted_apart_adds_up(one: dict[str, int], two: dict[str, int]) -> None:
    both = {reason: one.get(reason, 0) + two.get(reason, 0) for reason in {**one, **two}}
    assert diversions(one, AGENTLESS) + diversions(two, AGENTLESS) == diversions(both, AGENTLESS)
