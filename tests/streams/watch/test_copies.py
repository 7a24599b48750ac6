"""Late copies: calls that are reported again under other ids, seconds or minutes later, and sound lines without any."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

import pytest

from streams.calls.call import ANSWERED, LOST, OFFERED, SEEN_BIT, Call
from streams.desks.line import Line
from streams.kept.times import QUARTER_MS
from streams.watch.belief import Belief
from streams.watch.slot import repeated, slots_of, sum_of
from tests.streams.watch.telling import FIRST, Telling, brief, closed, incidents, opening, usual

DAYS: Final = 3  # sound days
SLOTS: Final = range(4 * 8)
LATER: Final = 10**12


class Drawn(NamedTuple):
    """A call of a line, in seconds."""

    at: float
    wait: float
    talk: float  # 0 for a lost call
    caller: str


def drawn(random: Random, calls: int, callers: int, *, digits: int = 3) -> list[Drawn]:
    """Return the calls of eight hours; figures are rounded to these digits."""
    found = []
    for at in sorted(random.uniform(0, 8 * 3_600) for _ in range(calls)):
        wait, talk = round(random.expovariate(1 / 20), digits), round(1 + random.expovariate(1 / 150), digits)
        lost = random.random() < 0.1
        found.append(Drawn(at, wait, 0.0 if lost else talk, f"hmac:{random.randrange(callers):08x}" if callers else ""))
    return found


def as_call(told: Drawn) -> Call:
    start, wait, talk = (round(1000 * each) for each in told[:3])
    if not talk:
        return Call(start, OFFERED | SEEN_BIT["lost"], LOST, lost=start + wait, lost_wait=wait, caller=told.caller)
    over = start + wait + talk
    types = OFFERED | SEEN_BIT["answered"]
    return Call(start, types, ANSWERED, start + wait, wait, ended=over, talk=talk, caller=told.caller)


def again(told: Drawn, after: float) -> Drawn:
    return told._replace(at=told.at + after)


@pytest.mark.parametrize("digits", [0, 1, 3])
@pytest.mark.parametrize("callers", [0, 1, 40, 1_000])
def test_calls_of_a_sound_line_hardly_ever_look_like_late_copies(digits: int, callers: int) -> None:
    random = Random(digits + callers)
    late = 0
    for _ in range(30):
        calls = [as_call(each) for each in drawn(random, 80, callers, digits=digits)]
        copies = sum_of(slots_of(calls, SLOTS, LATER).values()).copies
        late += copies - sum_of(slots_of(moved_apart(calls), SLOTS, LATER).values()).copies
    assert late <= 3, "of 2,400 calls"


def moved_apart(calls: list[Call]) -> list[Call]:
    """Return the calls with talks that never agree: only row for row do they still repeat each other."""
    for number, call in enumerate(calls):
        call.talk += 7_001 * number * (call.outcome == ANSWERED)
    return calls


@pytest.mark.parametrize("after", [3.0, 90.0, 1_800.0])
def test_late_copies_are_counted_and_the_lost_among_them_are_named(after: float) -> None:
    calls = drawn(Random(1), 40, 1_000)
    all_calls = [as_call(each) for told in calls for each in (told, again(told, after))]
    slot = sum_of(slots_of(all_calls, range(4 * 10), LATER).values())
    lost = sum(not each.talk for each in calls)
    assert (slot.copies, slot.copies_lost) == (40, lost)
    assert len(repeated(all_calls)) == lost
    excess = Belief("duplicate").wrong(slot)
    assert excess is not None
    assert (excess.offered, excess.answered, excess.lost) == (40, 40 - lost, lost)


def test_late_copies_without_a_caller_are_counted_if_answered() -> None:
    calls = drawn(Random(2), 40, 0)
    slot = sum_of(slots_of([as_call(x) for told in calls for x in (told, again(told, 90))], SLOTS, LATER).values())
    answered = sum(bool(each.talk) for each in calls)
    assert 0.9 * answered <= slot.copies <= answered
    assert slot.copies_lost == 0


def test_a_machine_that_makes_one_call_again_and_again_makes_no_copies() -> None:
    probes = [as_call(Drawn(600.0 * number, 0.35, 10.02, "hmac:probe")) for number in range(40)]
    assert sum_of(slots_of(probes, SLOTS, LATER).values()).copies == 0


def test_lost_calls_alone_are_no_late_copies() -> None:
    redials = [
        as_call(Drawn(300.0 * number + 20 * again, 19.97, 0.0, f"hmac:{number}"))
        for number in range(9)
        for again in range(3)
    ]
    assert sum_of(slots_of(redials, SLOTS, LATER).values()).copies == 0


def copied(after: Callable[[int], float], every: int = 1) -> Line:
    """Return a line whose calls are reported twice from a day on; figures are milliseconds."""
    told, random = usual(DAYS), Random(3)
    for day in (DAYS, DAYS + 1):
        for number, each in enumerate(drawn(random, 90, 1_000)):
            for times in range(2 if number % every == 0 else 1):
                at = opening(day) + each.at + times * after(number)
                tell(told, each, at)
    return closed(told.folded())


def tell(told: Telling, each: Drawn, at: float) -> None:
    told.call("answered" if each.talk else "lost", at, each.wait, talk=each.talk, caller=each.caller)
    for event in told.events[-3 if each.talk else -2 :]:
        if event.type in {"answered", "lost"}:
            event.wait = each.wait


@pytest.mark.parametrize(
    ("after", "every"), [(lambda _: 3.0, 1), (lambda _: 90.0, 3), (lambda number: 5.0 + number * 37 % 1_000, 2)]
)
def test_copies_under_other_ids_are_told_whatever_the_shift(after: Callable[[int], float], every: int) -> None:
    line = copied(after, every)
    assert ("copied rows", "duplicate", "miscount") in brief(line)
    (found,) = (each for each in incidents(line) if each.cause == "copied rows")
    assert FIRST * 1000 < found.start <= (opening(DAYS) + 3_600) * 1000
    assert found.detected <= (opening(DAYS) + 4 * 3_600) * 1000


def test_no_copy_is_counted_twice() -> None:
    told = Drawn(10.0, 4.32, 61.23, "")
    calls = [as_call(told), as_call(again(told, 0.05)), as_call(again(told, 30))]
    assert slots_of(calls, [0], 5 * QUARTER_MS)[0].copies == 2
