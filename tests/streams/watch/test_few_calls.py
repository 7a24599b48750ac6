"""Too few calls: hours and days on which few callers come through, and quiet days that are none."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from streams.desks.line import Line
from streams.watch.few_calls import FEW_CALLS
from streams.watch.incident import Incident
from tests.streams.watch.telling import DAY, Telling, closed, incidents, opening

LEARNT, DAYS = 14, 22
HOUR = 3600.0
Share = Callable[[int, float], float]  # of the calls that come through, by day since the fault and time (s)


def told(share: Share, *, calls: int = 90, busy: Callable[[int], float] = lambda _: 1.0) -> Line:
    random, line = Random(5), Telling()
    for day in range(DAYS):
        number = round(busy(day) * calls * random.lognormvariate(0, 0.2))
        for at in sorted(random.uniform(0, 8 * HOUR) for _ in range(number)):
            if random.random() < (share(day - LEARNT, at) if day >= LEARNT else 1.0):
                line.call("answered", opening(day) + at, random.expovariate(1 / 20))
    return closed(line.folded())


def found(line: Line) -> list[Incident]:
    return [each for each in incidents(line) if each.cause == FEW_CALLS]


@pytest.mark.parametrize(
    ("first", "end", "verdict"), [(2.0, 6.5, "miscount"), (0.0, 6.0, "undecided"), (3.0, 8.0, "undecided")]
)
def test_hours_in_which_hardly_a_caller_comes_through_are_missing(first: float, end: float, verdict: str) -> None:
    line = told(lambda day, at: 0.06 if day == 1 and first * HOUR <= at < end * HOUR else 1.0)
    (few,) = found(line)
    assert (few.kind, few.verdict, few.status) == ("missing", verdict, "closed")
    assert abs(few.start / 1000 - (opening(LEARNT + 1) + first * HOUR)) <= HOUR
    assert abs(few.end / 1000 - (opening(LEARNT + 1) + end * HOUR)) <= HOUR
    assert few.detected < (opening(LEARNT + 1) + DAY) * 1000


def test_days_with_a_third_of_the_calls_are_undecided_and_end_with_the_next_usual_day() -> None:
    (few,) = found(told(lambda day, _: 0.25 if day < 4 else 1.0))
    assert (few.kind, few.verdict, few.status) == ("missing", "undecided", "closed")
    assert few.start == opening(LEARNT) * 1000
    assert few.end == (opening(LEARNT + 3) + 8 * HOUR) * 1000


@pytest.mark.parametrize("quiet", [0.55, 0.7])
def test_quiet_days_are_none(quiet: float) -> None:
    assert found(told(lambda *_: 1.0, busy=lambda day: quiet if day >= LEARNT else 1.0)) == []


def test_fewer_calls_for_good_are_usual_in_the_end() -> None:
    line = told(lambda *_: 0.3)
    assert {each.verdict for each in found(line)} <= {"undecided"}


@pytest.mark.parametrize("calls", [6, 90, 250])
def test_a_sound_line_never_has_too_few(calls: int) -> None:
    assert found(told(lambda *_: 1.0, calls=calls)) == []
