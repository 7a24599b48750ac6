"""Callers during a day, with calls made by hand: who was never answered, who called back, and how soon."""

from __future__ import annotations

import msgspec
import pytest

from streams.calls.callers import MARK, MAX_FOLLOWED, CallBacks
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.insight.rates import rates
from streams.ledger.diversions import NONE_DIVERTED
from tests.streams.telling import event

DAY = 86_400
RULES = LineRules(site="lozere", line="circulation", max_call=600_000)
ANNE, BRUNO, CLAIRE, DENIS = (f"hmac:{digit * 32}" for digit in "abcd")

MORNING = (  # caller, entered (minutes), outcome, wait (s)
    (ANNE, 0, "lost", 60),
    (ANNE, 16, "lost", 60),  # 15 min after the first was lost: a call-back just in time
    (ANNE, 47.5, "answered", 0),  # 30.5 min after the second
    (BRUNO, 5, "lost", 10),
    (BRUNO, 600, "lost", 10),
    (CLAIRE, 7, "answered", 10),
    (CLAIRE, 67, "answered", 0),  # 59 min 50 s after the answer
    (DENIS, 9, "diverted", 0),
    (None, 10, "lost", 1),
)


def line_of(calls: tuple[tuple[str | None, float, str, float], ...] = MORNING, day: int = 0) -> Line:
    line = Line(RULES)
    tell(line, calls, day)
    return line


def tell(line: Line, calls: tuple[tuple[str | None, float, str, float], ...], day: int = 0) -> None:
    for caller, minute, kind, wait in sorted(calls, key=lambda call: call[1]):
        entered = day * DAY + minute * 60
        line.fold(event("offered", entered, f"{day} {minute}", caller=caller))
        line.fold(event(kind, entered + wait, f"{day} {minute}", wait=wait))
        line.check()


@pytest.mark.parametrize("settled", [None, 40_000, 10**6], ids=["live and settled", "settled", "day over"])
def test_a_day_by_hand(settled: int | None) -> None:
    line = line_of()
    if settled:
        line.advance(settled * 1000)
    found = line.figures.callers()
    assert (found.callers, found.attempts, found.repeats) == (4, 8, 4)
    assert (found.unreached, found.net_lost, found.net_lost_attempts) == (2, 1, 2)
    assert found.after_lost == CallBacks(4, [1, 1, 2])
    assert found.after_answered == CallBacks(3, [0, 0, 1])
    assert (found.unreached_share, found.attempts_per_net_lost) == (0.5, 2.0)
    assert rates(line, NONE_DIVERTED).net_callers == 0.5
    assert found.unfollowed == 0


def test_each_day_counts_its_callers_anew() -> None:
    line = line_of()
    tell(line, MORNING, day=1)
    assert (line.figures.callers().callers, line.figures.callers().after_lost) == (8, CallBacks(8, [2, 2, 4]))
    assert line.state.depth.following.past.callers == 4


def test_the_day_is_a_local_one() -> None:
    """Two calls around local midnight (23:00 UTC) are on two days; two around midnight UTC are on one."""
    rules = LineRules(site="lozere", line="circulation", day=lambda at: (at + 3_600_000) // 86_400_000)
    for minute, callers in ((22 * 60 + 50, 2), (23 * 60 + 50, 1)):
        line = Line(rules)
        for number in (0, 1):
            line.fold(event("lost", (minute + number * 20) * 60, str(number), caller=ANNE))
        assert line.figures.callers().callers == callers


def test_where_no_caller_was_told_nothing_is_known() -> None:
    found = line_of(((None, 1, "lost", 5),)).figures.callers()
    assert (found.callers, found.unreached_share, found.attempts_per_net_lost) == (0, None, None)
    assert found.after_lost.share(0) is None


def test_a_correction_after_settling_is_taken_into_the_day() -> None:
    line = line_of(((ANNE, 0, "lost", 10),))
    line.advance(2_000_000)
    assert line.figures.callers().unreached == 1
    line.fold(event("answered", 20, "0 0"))
    line.check()
    assert (line.figures.callers().unreached, line.figures.callers().attempts) == (0, 1)
    line.advance(2_000_000)
    assert (line.figures.callers().unreached, line.figures.callers().attempts) == (0, 1)


@pytest.mark.parametrize("caller", [None, ANNE])
def test_a_correction_after_the_day_was_closed_changes_nothing(caller: str | None) -> None:
    line = line_of(((ANNE, 0, "lost", 10),))
    line.advance(2 * DAY * 1000)
    before = line.figures.callers()
    for _ in "12":
        line.fold(event("answered", 20, "0 0", caller=caller))
        line.advance(2 * DAY * 1000)
        line.check()
        assert line.figures.callers() == before
    assert line.figures.count(16) == 1


def test_a_call_told_after_its_day_was_closed_is_not_followed_and_counted_as_such_once() -> None:
    line = line_of(MORNING, day=3)
    before = line.figures.callers()
    for _ in "12":
        line.fold(event("lost", 50, "late", caller=BRUNO))
        line.advance(4 * DAY * 1000)
        line.check()
    assert line.figures.callers().callers == before.callers
    assert line.figures.callers().unfollowed == 1


def test_beyond_the_cap_a_call_is_not_followed_and_leaves_no_pseudonym() -> None:
    line = Line(RULES)
    for number in range(MAX_FOLLOWED + 7):
        line.fold(event("lost", number * 2, str(number), caller=f"hmac:{number:016x}"))
    line.advance(20_000_000)
    line.check()
    assert (line.figures.callers().callers, line.figures.callers().unfollowed) == (MAX_FOLLOWED, 7)
    kept = [line.state.young, *(page.settled for page in line.state.pages)]
    assert {call.caller for calls in kept for call in calls.values()} == {"~", "-"}
    line.fold(event("answered", MAX_FOLLOWED * 2 + 12, str(MAX_FOLLOWED + 6)))
    line.advance(20_000_000)
    line.check()
    assert line.figures.callers().unfollowed == 7


def of_key(caller: str | None, mark: str) -> str | None:
    return caller and f"{caller}{mark * MARK}"


ROTATED = tuple((of_key(who, "1" if minute < 15 else "2"), minute, kind, wait) for who, minute, kind, wait in MORNING)


@pytest.mark.parametrize("settled", [None, 40_000, 10**6], ids=["live and settled", "settled", "day over"])
def test_on_the_day_of_a_rotation_callers_are_unknown_and_no_strangers(settled: int | None) -> None:
    line = line_of(ROTATED)
    if settled:
        line.advance(settled * 1000)
    found = line.figures.callers()
    assert (found.callers, found.attempts, found.unreached, found.unfollowed) == (0, 0, 0, 8)
    assert rates(line, NONE_DIVERTED).net_callers is None


def test_the_day_after_a_rotation_counts_its_callers_again() -> None:
    line = line_of(ROTATED)
    tell(line, tuple((of_key(who, "2"), minute, kind, wait) for who, minute, kind, wait in MORNING), day=1)
    after = line.figures.callers()
    assert (after.callers, after.attempts, after.unreached, after.unfollowed) == (4, 8, 2, 8)


def test_a_key_that_changes_between_two_days_costs_nothing() -> None:
    one, two = (tuple((of_key(who, mark), *more) for who, *more in MORNING) for mark in "12")
    line = line_of(one)  # type: ignore[arg-type]  # unpacked
    tell(line, two, day=1)  # type: ignore[arg-type]  # as above
    assert (line.figures.callers().callers, line.figures.callers().unfollowed) == (8, 0)


def test_once_a_day_is_over_its_callers_stand_nowhere_in_the_state() -> None:
    callers = [f"hmac:{number:032x}" for number in range(0xABCD0000, 0xABCD0040)]
    line = Line(RULES)
    for number, caller in enumerate(callers):
        line.fold(event("offered", 60 * number, f"{number}", caller=caller))
        if number % 3:
            line.fold(event("lost" if number % 2 else "answered", 60 * number + 5, f"{number}", wait=5))
    kept = msgspec.json.encode(line.state)
    assert all(caller[5:21].encode() in kept for caller in callers)
    line.advance(round((DAY + 2 * RULES.max_call / 1000 + RULES.lateness / 1000) * 1000))
    kept = msgspec.json.encode(line.state)
    assert b"hmac:" not in kept
    assert not any(caller[5:21].encode() in kept for caller in callers)
