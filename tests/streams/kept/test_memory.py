"""The memory of settled cases: each is found once, and the oldest pages are forgotten whole and counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import Call
from streams.desks.line_state import LineState
from streams.kept import memory
from streams.kept.memory import MOST, PAGE, keep, recall

STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=120)


def test_the_oldest_page_is_forgotten_whole_and_counted() -> None:
    state = LineState("lozere/standard")
    for name in range(MOST + 2 * PAGE + 3):
        keep(state, name, Call(name))
        assert len(state.old) + len(state.young) < MOST + PAGE
    memory.check(state)
    assert state.forgotten == 2 * PAGE
    assert (recall(state, 2 * PAGE - 1), recall(state, MOST + 2 * PAGE + 3)) == (None, None)
    assert recall(state, 2 * PAGE) == Call(2 * PAGE)
    memory.check(state)


def test_a_page_of_which_most_was_taken_out_is_dissolved() -> None:
    state = LineState("lozere/standard")
    for name in range(PAGE):
        keep(state, name, Call(name))
    for name in range(PAGE // 2):
        assert recall(state, name) == Call(name)
    assert ([len(page.taken) for page in state.pages], len(state.young)) == ([PAGE // 2], 0)
    assert recall(state, PAGE - 1) == Call(PAGE - 1)
    assert (state.pages, state.old, len(state.young)) == ([], {}, PAGE - PAGE // 2 - 1)
    memory.check(state)


def test_what_is_sent_again_and_again_needs_no_more_room() -> None:
    state = LineState("lozere/standard")
    for number in range(20_000):
        name = number % 520
        keep(state, name, recall(state, name) or Call(name))
    memory.check(state)
    assert (len(state.pages), state.forgotten) <= (2, 0)


@given(STEPS, st.integers(1, 4), st.integers(1, 9))
def test_it_finds_what_was_kept_until_that_is_forgotten(steps: list[tuple[bool, int]], page: int, most: int) -> None:
    state, kept = LineState("lozere/standard"), set[int]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "PAGE", page)
        patch.setattr(memory, "MOST", most)
        for keeps, name in steps:
            if keeps and name not in kept:
                keep(state, name, Call(name))
                kept.add(name)
            elif not keeps:
                assert (recall(state, name) is not None) <= (name in kept)
                kept.discard(name)
            memory.check(state)
            assert {*state.young, *state.old} <= kept
            assert len(kept) - state.forgotten <= len(state.young) + len(state.old)
