"""The answer rate: a diverted call needed an agent or not by its reason, and without reasons there is no rate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.counts import Counts
from streams.indicators.answer_rate import answer_rate, global_answer_rate, required
from streams.ledger.day import CallSlot
from streams.ledger.diversions import NONE_DIVERTED, Diversions, diversions, diversions_of

AGENTLESS = ("closed", "key", "transfer")
REASONS = (*AGENTLESS, "voicemail", "callback", "not_kept")
BY_REASON = st.dictionaries(st.sampled_from(REASONS), st.integers(1, 9))


def test_who_wanted_an_agent_and_got_a_voicemail_counts_against_the_rate() -> None:
    slot = CallSlot(offered=20, answered=12, lost=2, diverted=6, diverted_for={"key": 3, "voicemail": 2, "transfer": 1})
    found = diversions_of(slot, AGENTLESS)
    assert found == Diversions(agentless=4, by_menu=3)
    counts = Counts.of(slot)
    assert (required(counts, found), answer_rate(counts, found)) == (16, 12 / 16)
    assert global_answer_rate(counts, found) == 15 / 19


def test_a_menu_that_an_office_holds_to_answer_nobody_answers_nobody() -> None:
    counts, found = Counts(10, 6, 1, 3), diversions({"key": 3}, ("transfer",))
    assert answer_rate(counts, found) == global_answer_rate(counts, found) == 0.6


def test_a_slot_of_an_earlier_version_says_no_reason_so_nobody_knows_the_rate() -> None:
    slot = CallSlot(offered=20, answered=12, lost=2, diverted=6)
    found = diversions_of(slot, AGENTLESS)
    assert found == Diversions(unexplained=6)
    assert required(Counts.of(slot), found) is answer_rate(Counts.of(slot), found) is None
    assert global_answer_rate(Counts.of(slot), found) is None
    assert diversions_of(CallSlot(offered=20, answered=18, lost=2), AGENTLESS) is NONE_DIVERTED


@pytest.mark.parametrize("counts", [Counts(), Counts(3, diverted=3)])
def test_no_call_that_required_an_agent_is_no_rate(counts: Counts) -> None:
    assert answer_rate(counts, Diversions(agentless=counts.diverted)) is None


@given(BY_REASON, st.integers(0, 50), st.integers(0, 50))
def test_a_rate_is_a_share_and_the_menu_never_lowers_it(diverted: dict[str, int], answered: int, lost: int) -> None:
    found, calls = diversions(diverted, AGENTLESS), sum(diverted.values())
    counts = Counts(answered + lost + calls, answered, lost, calls)
    rate, whole = answer_rate(counts, found), global_answer_rate(counts, found)
    if rate is not None:
        assert whole is not None
        assert 0 <= rate <= whole <= 1
