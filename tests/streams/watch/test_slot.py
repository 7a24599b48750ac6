"""Every field of a slot, by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from streams.calls.call import UNFOLLOWED, Call
from streams.calls.callers import MARK
from streams.kept.times import QUARTER_MS
from streams.watch.slot import Slot, log_wait, slots_of, wait_of
from tests.streams.watch.telling import answered, diverted, lost, pending

A, B = "hmac:aaaaaaaa", "hmac:bbbbbbbb"


LATER = 100 * QUARTER_MS


def slot(*calls: Call, at: int = 0, now: int = LATER) -> Slot:
    return slots_of(calls, [at], now)[at]


def shown(found: Slot) -> dict[str, Any]:
    return {name: value for name, value in asdict(found).items() if value}


def test_the_outcomes_and_the_waits_are_counted() -> None:
    found = slot(
        answered(0, 5, A),
        lost(100, 7, B),
        lost(200, 0.5, "hmac:dd"),
        diverted(300, 9, "hmac:ee"),
        pending(400, "hmac:ff"),
    )
    assert shown(found) == {
        "offered": 5,
        "answered": 1,
        "lost": 2,
        "diverted": 1,
        "pending": 1,
        "at_once": 1,
        "named": 2,
        "timed": 4,
        "waits": 5_000,
        "waited": 1,
        "log_waits": round(log_wait(5_000)),
        "lost_log_waits": round(log_wait(7_000)),
        "lost_waited": 1,
        "talks": 60_000,
        "talked_on": 1,
        "short": 2,
        "agentless": 1,
        "known_answered": 1,
    }


def test_a_wait_has_a_logarithm_and_a_logarithm_its_wait() -> None:
    assert log_wait(0) == 0
    assert log_wait(2_000) == pytest.approx(693.147)
    assert wait_of(log_wait(65_432)) == pytest.approx(65_432)


def test_who_is_answered_at_once_has_no_wait() -> None:
    assert slot(answered(0, 0.999), answered(10, 1.0)).no_wait == 1


def test_an_answered_caller_has_half_an_hour_to_call_again_from_the_end_of_the_talk() -> None:
    # answered after 10 s, and the talk ends a minute later
    assert [slot(answered(0, 10, A), now=at * 1000).known_answered for at in (1869, 1870)] == [0, 1]
    for later, again in ((60, 0), (80, 1), (1870, 1), (1871, 0)):  # a call during the talk is a leg
        found = slot(answered(0, 10, A), pending(later, A))
        assert (found.known_answered, found.called_again) == (1, again), later
    soon = slot(answered(0, 10, A), pending(80, A), now=1_869_000)
    assert (soon.known_answered, soon.called_again) == (0, 0), "sooner, the share would be too high"
    assert slot(answered(0, 10, A), answered(80, 10, A), lost(200, 10, A)).called_again == 2
    assert slot(answered(0, 10, A), answered(80, 10, B)).called_again == 0
    assert slot(answered(0, 10), answered(80, 10)).known_answered == 0


def test_who_was_lost_has_half_an_hour_to_call_again() -> None:
    assert [slot(lost(0, 10, A), now=at * 1000).named for at in (1809, 1810)] == [0, 1]
    both = lost(0, 10, A), lost(60, 10, A)  # the second one begins 50 s after the first was lost
    assert [(slot(*both, now=at * 1000).named, slot(*both, now=at * 1000).back) for at in (100, 1810, 1870)] == [
        (1, 1),
        (1, 1),
        (1, 1),
    ], "a caller who is lost twice is one witness"


def test_who_is_lost_at_once_is_a_ghost_only_without_a_caller() -> None:
    found = slot(lost(0, 0.999), lost(10, 0.999, A), lost(20, 1.0))
    assert (found.at_once, found.ghosts, found.anonymous, found.lost_waited) == (2, 1, 2, 1)


def test_a_lost_call_with_a_conversation_talked() -> None:
    assert slot(lost(0, talk=60), lost(10, talk=0)).talked == 1


def test_a_wait_of_half_an_hour_is_no_callers() -> None:
    found = slot(lost(0, 1799.999), lost(10, 1800), answered(20, 1800))
    assert (found.lost_log_waits, found.lost_waited) == (round(log_wait(1_799_999)), 1)
    assert (found.waits, found.waited) == (0, 0)


def test_a_told_wait_is_odd_that_is_more_than_two_seconds_off() -> None:
    found = slot(answered(0, 5, told=7), answered(10, 5, told=7.001), lost(20, 5, told=2.9), lost(30, 5))
    assert (found.odd_waits, found.timed) == (2, 4)


def test_a_wait_that_nobody_told_is_not_timed() -> None:
    call = answered(0)
    call.answered_wait = -1
    assert (slot(call).timed, slot(call).waits) == (0, 5_000)


@pytest.mark.parametrize(("apart", "copies"), [(0, 1), (2, 1), (2.001, 0)])
def test_a_row_is_copied_within_two_seconds(apart: float, copies: int) -> None:
    found = slot(lost(0, 5, A), lost(apart, 5, A))
    assert (found.copies, found.copies_lost) == (copies, copies)


def test_of_calls_without_a_caller_only_the_same_moment_and_wait_is_a_copy() -> None:
    assert slot(answered(0, 5), answered(0, 5)).copies == 1
    assert slot(answered(0, 5), answered(0, 5)).copies_lost == 0
    assert slot(answered(0, 5), answered(0.001, 5)).copies == 0
    assert slot(answered(0, 5), answered(0, 5.001)).copies == 0


def test_another_outcome_or_none_is_no_copy() -> None:
    assert slot(answered(0, 5, A), lost(0, 5, A)).copies == 0
    assert slot(pending(0, A), pending(0, A)).copies == 0


def test_a_lost_call_during_another_of_its_caller_is_a_leg() -> None:
    assert slot(answered(0, 5, A), lost(64, 3, A)).legs == 1  # the conversation lasts until 65
    assert slot(answered(0, 5, A), lost(65, 3, A)).legs == 0
    assert slot(answered(0, 5, A), lost(64, 3, B)).legs == 0
    assert slot(lost(0, 9, A), lost(5, 9.5, A)).legs == 1, "of two lost ones, the later"


def test_without_callers_only_what_began_in_the_same_instant_is_a_leg() -> None:
    assert slot(answered(0, 5), lost(0.05, 3)).legs == 1
    assert slot(answered(0, 5), lost(0.5, 3)).legs == 0, "of a crowd, some call in the same second by chance"


def test_who_calls_again_within_half_an_hour_is_back() -> None:
    found = slot(lost(0, 5, A), answered(1805, 5, A), lost(10, 5, B), answered(1815.001, 5, B))
    assert (found.named, found.back) == (2, 1)


def test_who_is_lost_again_within_half_a_minute_redials() -> None:
    found = slot(lost(0, 5, A), lost(35, 5, A), lost(100, 5, B), lost(135.001, 5, B))
    assert (found.again, found.back, found.copies, found.legs) == (1, 1, 0, 0)


@pytest.mark.parametrize(("wait", "back"), [(5, 0), (6, 1)])
def test_a_caller_who_rings_again_at_once_and_waits_is_back(wait: float, back: int) -> None:
    assert slot(lost(0, 60, A), lost(75, wait, A)).back == back


def test_a_call_counts_in_the_slot_that_it_entered_in() -> None:
    found = slots_of([lost(899.999, 5, A), lost(900, 7, B), answered(1800, 5, B)], [0, 1], LATER)
    assert (found[0].lost, found[1].lost) == (1, 1)
    assert (found[0].back, found[1].back) == (0, 1), "a call-back counts where the loss was"
    assert set(found) == {0, 1}


def test_a_copy_beyond_the_edge_counts_in_its_own_slot() -> None:
    found = slots_of([lost(899.5, 5, A), lost(900.5, 5, A)], [0, 1], LATER)
    assert (found[0].copies, found[1].copies) == (0, 1)


def test_a_ringing_leg_alone_is_no_call() -> None:
    assert slot(Call(0, types=1)) == Slot()


def test_a_caller_that_nobody_knows_any_more_is_compared_with_nobody() -> None:
    """A call taken back from the memory has no caller; two such calls do not have the same caller."""
    found = slot(lost(0, 5, UNFOLLOWED), lost(0, 5, UNFOLLOWED), lost(3, 5, UNFOLLOWED))
    assert (found.lost, found.anonymous, found.copies, found.legs, found.named) == (3, 0, 0, 0, 0)


def test_slots_add_up() -> None:
    one, two = slot(lost(0, 5, A)), slot(lost(0, 0.5), answered(1, 2, A))
    one.add(two)
    assert (one.offered, one.lost, one.waits, one.ghosts) == (3, 2, 2_000, 1)


def test_around_a_rotation_of_the_key_nobody_is_said_not_to_have_called_again() -> None:
    old, new = (f"hmac:{'0' * 32}{mark * MARK}" for mark in "12")
    assert (slot(lost(0, 7, old), answered(300, 5, old)).named, slot(lost(0, 7, old)).named) == (1, 1)
    crossed = slot(lost(0, 7, old), answered(300, 5, new))
    assert (crossed.lost, crossed.named, crossed.back) == (1, 0, 0)


@pytest.mark.parametrize(
    ("true", "reported", "odd"),
    [(27.6, 30, 0), (7.4, 5, 0), (59, 0, 1), (2.4, 0, 0), (88, 60, 0), (33, 40, 0), (33, 42, 1), (12, 720, 1)],
)
def test_a_rounded_wait_is_not_odd(true: float, reported: float, odd: int) -> None:
    assert slot(answered(0, true, A, told=reported)).odd_waits == odd
