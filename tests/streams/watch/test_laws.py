"""Three violations in a row are reported; a single one never is, and the usual rate of a line is learnt."""

from __future__ import annotations

import pytest

from streams.watch.laws import CLOSED, LAWS, LawState
from streams.watch.slot import Slot
from streams.watch.thresholds import LAW

TALK = LAWS["no talk in a lost call"]
GHOSTS = LAWS["nobody at no time"]


@pytest.mark.parametrize("name", ["no talk in a lost call"])
def test_three_breaks_in_a_row_alarm(name: str) -> None:
    state = LawState()
    assert [state.add(LAWS[name], 1, 1, slot_no) for slot_no in range(3)] == [False, False, True]
    assert (state.since, state.last, state.breaks, state.counted) == (0, 2, 3, 3)


def test_three_calls_lost_in_closed_hours_alarm() -> None:
    state = LawState()
    assert [state.add(CLOSED, 1, 1, slot_no) for slot_no in range(3)] == [False, False, True]


@pytest.mark.parametrize("name", sorted(LAWS))
def test_a_week_of_breaks_alarms_and_as_usual_never(name: str) -> None:
    law, faulty, honest = LAWS[name], LawState(), LawState()
    every = round(1 / law.usual)
    assert any(faulty.add(law, 4, 10, slot_no) for slot_no in range(100))
    assert not any(honest.add(law, slot_no % every == 0, 1, slot_no) for slot_no in range(20 * every))


def test_evidence_is_counted_since_it_left_zero() -> None:
    state = LawState()
    state.add(GHOSTS, 0, 50, 1)
    state.add(GHOSTS, 1, 5, 7)
    state.add(GHOSTS, 0, 5, 8)
    assert (state.since, state.last, state.breaks, state.counted) == (7, 7, 1, 10)
    assert state.total == pytest.approx(2.7081 - 9 * 0.05787, abs=1e-3)  # log(.06/.004) and log(.996/.94)


def test_evidence_fades_with_whole_calls_and_is_bounded() -> None:
    state = LawState()
    for slot_no in range(50):
        state.add(GHOSTS, 5, 5, slot_no)
    assert state.total == LAW.most
    calls = 0
    while state.add(GHOSTS, 0, 1, 50 + calls):
        calls += 1
    assert calls == 155  # 9 nats, of .0579 each
    for _ in range(300):
        state.add(GHOSTS, 0, 1, 300)
    assert state.total == 0


def test_what_is_usual_on_a_line_is_learnt() -> None:
    state = LawState()
    for _ in range(10):
        state.learn(5, 100, 1.0)
    assert not any(state.add(GHOSTS, 1, 20, slot_no) for slot_no in range(1000))
    assert any(state.add(GHOSTS, 12, 20, slot_no) for slot_no in range(1000, 1010)), "but much more is told"


def test_a_law_that_is_always_broken_says_little() -> None:
    state = LawState()
    state.learn(100, 100, 1.0)
    state.add(GHOSTS, 10, 10, 0)
    assert 0 < state.total < LAW.alarm  # at most 0.7 each: the share is taken for 0.4


def test_earlier_days_fade() -> None:
    state = LawState()
    state.learn(8, 100, 0.5)
    state.learn(0, 100, 0.5)
    assert (state.broken, state.calls) == (4, 150)


def test_a_call_answered_at_night_says_that_somebody_works() -> None:
    assert (CLOSED.breaks(Slot(offered=3, lost=3)), CLOSED.breaks(Slot(offered=3, lost=2, answered=1))) == (3, 0)
    assert CLOSED.breaks(Slot(offered=2, diverted=2)) == 0
