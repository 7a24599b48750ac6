"""A call has one outcome, whatever its events, their order and their repetition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import ABANDONED, ANSWERED, DIVERTED, LOST, OFFERED, OPEN, REASON_MASK, SEEN_BIT, Call
from streams.kept.times import NO_MOMENT, NOT_TOLD

Saying = tuple[str, tuple[int, ...]]

# Few values, so that moments, waits and reasons often tie.
AT, WAIT, REASON = st.sampled_from([0, 1, 1001, 2002]), st.integers(-1, 2), st.integers(0, 2)
SAYINGS: st.SearchStrategy[list[Saying]] = st.lists(
    st.tuples(st.just("answer"), st.tuples(AT, WAIT))
    | st.tuples(st.just("end"), st.tuples(AT, WAIT))
    | st.tuples(st.sampled_from(["lose", "divert"]), st.tuples(AT, WAIT, REASON)),
    max_size=9,
)


def told(sayings: list[Saying], start: int = 0, types: int = OFFERED) -> Call:
    call = Call(start, types)
    for what, values in sayings:
        merge: Callable[..., None] = getattr(call, what)
        merge(*values)
    return call


def plain(call: Call) -> Any:
    return msgspec.to_builtins(call)


@given(SAYINGS, st.randoms(use_true_random=False))
def test_any_order_leaves_the_same_call(sayings: list[Saying], random: Any) -> None:
    shuffled = list(sayings)
    random.shuffle(shuffled)
    assert plain(told(shuffled)) == plain(told(sayings))


@given(SAYINGS, st.data())
def test_repetition_changes_nothing(sayings: list[Saying], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(sayings), max_size=9)) if sayings else []
    assert plain(told(sayings + again)) == plain(told(sayings))


@given(SAYINGS)
def test_an_answer_wins_then_a_caller_who_hangs_up_then_a_flow_out_then_any_loss(sayings: list[Saying]) -> None:
    answers = [at for what, (at, *_) in sayings if what == "answer"]
    losses = sorted((at, -more[0], more[1] or REASON_MASK) for what, (at, *more) in sayings if what == "lose")
    flows = [at for what, (at, *_) in sayings if what == "divert"]
    hung_up = (
        bool(losses) and losses[0][-1] == REASON_MASK and all(abs(min(flows) - losses[0][0]) > 1000 for _ in flows)
    )
    if answers:
        expected = ANSWERED, min(answers)
    elif hung_up or (losses and not flows):
        expected = LOST, losses[0][0]
    elif flows:
        expected = DIVERTED, min(flows)
    else:
        expected = OPEN, NO_MOMENT
    call = told(sayings)
    assert (call.outcome & ~REASON_MASK, call.moment) == expected


@given(SAYINGS)
def test_a_wait_is_never_negative_once_the_offer_is_known(sayings: list[Saying]) -> None:
    call = told(sayings, start=2)
    assert call.wait >= 0 or call.outcome == OPEN
    assert call.talked >= 0 or NO_MOMENT in {call.answered, call.ended}


@pytest.mark.parametrize(
    ("sayings", "outcome"),
    [
        ([("lose", (5, 5, 1))], LOST | 1),
        ([("lose", (5, 5, 1)), ("lose", (4, 4, 2))], LOST | 2),
        ([("divert", (3, 3, 7)), ("lose", (5, 5, 1))], DIVERTED | 7),
        ([("lose", (5, 5, 1)), ("divert", (9, 9, 7))], DIVERTED | 7),
        ([("divert", (3, 3, 7)), ("lose", (1005, 5, ABANDONED))], LOST | ABANDONED),
        ([("lose", (9, 9, 1)), ("lose", (9, 9, ABANDONED))], LOST | 1),
        ([("divert", (2003, 3, 7)), ("lose", (1005, 5, ABANDONED))], DIVERTED | 7),
        ([("divert", (3, 3, 7)), ("divert", (3, 3, 5))], DIVERTED | 5),
        ([("lose", (3, 3, 0)), ("answer", (9, 9))], ANSWERED),
        ([("end", (9, 9))], OPEN),
    ],
)
def test_the_outcome_carries_the_reason_of_the_earliest(sayings: list[Saying], outcome: int) -> None:
    assert told(sayings).outcome == outcome


@pytest.mark.parametrize(
    ("sayings", "types", "wait"),
    [
        ([("answer", (30, 8))], OFFERED, 8),
        ([("answer", (30, NOT_TOLD))], OFFERED, 20),
        ([("answer", (30, NOT_TOLD))], SEEN_BIT["answered"], NOT_TOLD),
        ([("lose", (30, NOT_TOLD, 0))], OFFERED, 20),
        ([("divert", (30, 4, 0)), ("lose", (2040, 5, 0))], OFFERED, 5),
        ([("divert", (30, 4, 0)), ("lose", (40, 5, 1))], OFFERED, 4),
        ([("divert", (30, 4, 0))], OFFERED, 4),
        ([("answer", (7, NOT_TOLD))], OFFERED, 0),  # before its offer, by another clock
        ([], OFFERED, NOT_TOLD),
    ],
)
def test_the_wait_is_as_told_else_since_the_offer(sayings: list[Saying], types: int, wait: int) -> None:
    assert told(sayings, start=10, types=types).wait == wait


@pytest.mark.parametrize(
    ("sayings", "talked"),
    [
        ([("answer", (30, 8)), ("end", (90, 55))], 55),
        ([("answer", (30, 8)), ("end", (90, NOT_TOLD))], 60),
        ([("end", (90, NOT_TOLD))], NOT_TOLD),
        ([("answer", (30, 8))], NOT_TOLD),
        ([("answer", (30, 8)), ("end", (20, NOT_TOLD))], 0),
    ],
)
def test_the_talk_is_as_told_else_until_the_end(sayings: list[Saying], talked: int) -> None:
    assert told(sayings).talked == talked


def test_an_agents_ringing_alone_is_no_attempt() -> None:
    assert not Call(0, SEEN_BIT["ringing"]).attempted
    assert all(Call(0, bit).attempted for kind, bit in SEEN_BIT.items() if kind != "ringing")
