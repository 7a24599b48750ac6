"""A call is added to the sums, and taking it back removes all of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import OFFERED, REASONS, Call
from streams.calls.rules import LineRules
from streams.calls.tally import Tally

RULES = LineRules(site="lozere", line="standard", short_call=5_000, within=20_000)


def answered(wait: int = -1, talk: int = -1) -> Call:
    call = Call(0, OFFERED if wait < 0 else 0)
    call.answer(100_000, wait)
    if talk >= 0:
        call.end(100_000 + talk, talk)
    return call


def lost(wait: int = -1) -> Call:
    call = Call(0)
    call.lose(100_000, wait, 0)
    return call


def diverted(wait: int = -1) -> Call:
    call = Call(0)
    call.divert(100_000, wait, 6)
    return call


CALLS = st.builds(answered, st.integers(-1, 60_000), st.integers(-1, 60_000)) | st.builds(
    lambda kind, wait: kind(wait), st.sampled_from([lost, diverted]), st.integers(-1, 60_000)
)


def tally(calls: list[Call]) -> Tally:
    made = Tally()
    for call in calls:
        made.add(call, RULES.definition)
    return made


def without_longest(made: Tally) -> Tally:
    for waits in (made.answered_waits, made.lost_waits, made.talks, made.abandoned_waits, made.other_waits):
        waits.longest = 0
    return made


def test_a_call_counts_by_its_outcome() -> None:
    made = tally([answered(), answered(), lost(), diverted(), diverted(), diverted()])
    assert (made.answered, made.lost, made.diverted, made.ended) == (2, 1, 3, 6)
    assert (made.lost_rate, made.service_level) == (1 / 6, 0.0)


@pytest.mark.parametrize(
    ("call", "within", "lost_short", "answered_queued", "lost_queued"),
    [
        (answered(0), 1, 0, 0, 0),
        (answered(1), 1, 0, 1, 0),
        (answered(20_000), 1, 0, 1, 0),
        (answered(20_001), 0, 0, 1, 0),
        (lost(0), 0, 1, 0, 0),
        (lost(4_999), 0, 1, 0, 1),
        (lost(5_000), 0, 0, 0, 1),
        (lost(), 0, 0, 0, 0),
        (diverted(3_000), 0, 0, 0, 0),
    ],
)
def test_thresholds_are_where_the_definitions_say(
    call: Call, within: int, lost_short: int, answered_queued: int, lost_queued: int
) -> None:
    made = tally([call])
    assert (made.within, made.lost_short) == (within, lost_short)
    assert (made.answered_queued, made.lost_queued) == (answered_queued, lost_queued)


def test_waits_of_answered_and_lost_stand_apart_and_diverted_ones_nowhere() -> None:
    made = tally([answered(1_000, talk=60_000), lost(3_000), diverted(9_000)])
    assert (made.answered_waits.total, made.lost_waits.total, made.talks.total) == (1_000, 3_000, 60_000)
    assert (made.waits().total, made.waits().count) == (4_000, 2)


def test_a_lost_call_that_talked_adds_no_talk() -> None:
    call = lost(3_000)
    call.end(200_000, 50_000)
    assert tally([call]).talks.count == 0


def test_a_wait_that_is_not_told_is_since_the_offer() -> None:
    assert tally([answered()]).answered_waits.total == 100_000


def test_nothing_counted_is_unknown() -> None:
    assert (Tally().lost_rate, Tally().service_level, Tally().waits().mean()) == (None, None, None)


@given(st.lists(CALLS, max_size=20), st.lists(CALLS, max_size=20))
def test_what_is_taken_back_leaves_no_trace(kept: list[Call], gone: list[Call]) -> None:
    made = tally(kept + gone)
    for call in gone:
        made.add(call, RULES.definition, -1)
    assert without_longest(made) == without_longest(tally(kept))


@given(st.lists(CALLS, max_size=20), st.lists(CALLS, max_size=20))
def test_a_merge_is_the_tally_of_both(first: list[Call], second: list[Call]) -> None:
    merged = tally(first)
    merged.merge(tally(second))
    assert merged == tally(first + second)


@given(st.lists(CALLS, min_size=1))
def test_rates_are_shares(calls: list[Call]) -> None:
    made = tally(calls)
    assert made.lost_rate is not None
    assert made.service_level is not None
    assert 0 <= made.lost_rate <= 1
    assert made.service_level >= 0
    assert made.service_level + made.lost_rate <= 1 + 1e-9


def test_there_are_no_more_reasons_than_an_outcome_has_room_for() -> None:
    assert len(REASONS) <= 16
