"""A change of the lost rate is found in days; honest days, which resemble each other, hardly ever alarm."""

from __future__ import annotations

import random
from math import exp, log, sqrt

import msgspec
import pytest

from streams.checks.day_rate import DayRateCheck, DayRateState, DayTotals, RateChange, UsualDay, begun_anew

FIRST = 735_000
CHECK = DayRateCheck()


def days(seed: str, count: int, calls: int, rate: float, rho: float = 0.0, likeness: float = 0.43) -> list[DayTotals]:
    """Return working days with autocorrelated log-normal rates, so that calls correlate by `rho`."""
    chance = random.Random(seed)
    spread = sqrt(log(1 + rho * (1 - rate) / rate))
    off = chance.gauss(0, spread)
    weekdays = [chance.gauss(0, 0.2) for _ in range(7)]
    told = []
    for day in range(FIRST, FIRST + count):
        off = likeness * off + sqrt(1 - likeness**2) * chance.gauss(0, spread)
        weekday = (day - 1) % 7
        if weekday >= 5:
            continue
        share = min(0.9, rate * exp(weekdays[weekday] + off - spread**2 / 2))
        offered = max(1, round(chance.gauss(calls * (1 + 0.2 * weekdays[weekday]), 0.2 * calls)))
        told.append(DayTotals(day, offered, sum(chance.random() < share for _ in range(offered))))
    return told


def miscounted(told: list[DayTotals], seed: str, share: float) -> list[DayTotals]:
    """Report a share of the answered calls as lost."""
    chance = random.Random(seed)
    return [
        each._replace(lost=each.lost + sum(chance.random() < share for _ in range(each.offered - each.lost)))
        for each in told
    ]


def begun(told: list[DayTotals], state: DayRateState | None = None, prior: float | None = None) -> list[int]:
    """Return the number of days at which each change was found."""
    state, found, going_on = state or DayRateState(), [], None
    for number, day in enumerate(told, 1):
        CHECK.add(state, day, prior)
        if state.change is not None and state.change is not going_on:
            found.append(number)
        going_on = state.change
    return found


def test_the_shift_of_2013_is_told_within_five_days_of_nineteen_lines_in_twenty() -> None:
    late, lines = 0, 100
    for number in range(lines):
        told = days(f"shift {number}", 240, 48, 0.0187, rho=0.02)
        sound = [each for each in told if each.day < FIRST + 200]
        found = begun(sound + miscounted(told[len(sound) :], f"of {number}", 0.1802))
        since = [each - len(sound) for each in found if each > len(sound)]
        late += not since or since[0] > 5
    assert late <= lines / 20


@pytest.mark.slow
def test_honest_lines_whose_days_resemble_each_other_alarm_at_most_once_in_five_years() -> None:
    lines = [
        days(f"honest {number}", 5 * 365, *kind)
        for number in range(8)
        for kind in ((48, 0.0187, 0.036), (60, 0.05, 0.02))
    ]
    assert sum(len(begun(told)) for told in lines) <= len(lines)


def test_a_weekday_that_always_loses_more_is_usual() -> None:
    told = [DayTotals(FIRST + day, 100, 18 if (FIRST + day - 1) % 7 == 0 else 2) for day in range(400)]
    assert begun(told) == []


@pytest.mark.parametrize("lost", [0, 40, 100])
def test_one_odd_day_is_no_change(lost: int) -> None:
    told = days("odd", 200, 100, 0.04)
    told[100] = told[100]._replace(offered=100, lost=lost)
    assert begun(told) == []


def test_a_counter_that_stops_telling_losses_is_told_and_so_is_the_end_of_it() -> None:
    told = [DayTotals(FIRST + day, 100, 0 if 60 <= day < 100 else 3 + day % 3) for day in range(140)]
    state, changes = DayRateState(), []
    for day in told:
        change = CHECK.add(state, day)
        changes.append(None if change is None else (change.direction, change.since - FIRST))
    assert ("fall", 60) in changes
    assert state.change is None
    assert changes[-20:] == [None] * 20


def test_a_line_that_was_wrong_from_its_first_day_is_told_where_its_rate_is_configured() -> None:
    told = miscounted(days("first", 30, 48, 0.0187), "day", 0.1802)
    assert begun(told, prior=0.0187)[0] <= 5
    assert begun(told) == []  # no usual rate is known


def test_what_somebody_calls_usual_is_from_then_on() -> None:
    told = days("busier", 90, 100, 0.02)
    state = DayRateState()
    begun(told, state)
    begun(miscounted(told, "busier", 0.2), state)
    assert state.change is not None
    anew = begun_anew(state.change)
    assert begun(miscounted(told, "again", 0.2), anew, prior=0.02) == []


def test_a_state_that_was_kept_goes_on_as_if_it_had_not_been() -> None:
    told = miscounted(days("kept", 90, 100, 0.02), "kept", 0.0) + [DayTotals(FIRST + 90 + n, 100, 20) for n in range(9)]
    whole, kept = DayRateState(), DayRateState()
    for day in told:
        CHECK.add(whole, day)
        CHECK.add(kept, day)
        kept = msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=DayRateState)
    assert kept == whole
    assert whole.change is not None


def test_the_losses_of_a_change_were_added_or_were_answered_calls() -> None:
    usual = UsualDay(0.1, 100.0)
    more, instead, fewer, unknown, first = (RateChange("rise", FIRST) for _ in range(5))
    more.count(DayTotals(FIRST, 200, 110), usual)
    instead.count(DayTotals(FIRST, 100, 60), usual)
    fewer.count(DayTotals(FIRST, 100, 5), usual)
    unknown.count(DayTotals(FIRST, 100, 60), UsualDay(0.1, None))
    first.count(DayTotals(FIRST, 100, 60), UsualDay(0.1, 0.0))
    assert more.added == pytest.approx(100 / 90), "all losses beyond the usual, and ten answered calls"
    assert instead.added == 0.0
    assert [each.added for each in (fewer, unknown, first)] == [None, None, None]
    assert [each.arrivals for each in (unknown, first)] == [None, None]


def test_a_day_without_a_call_is_no_evidence() -> None:
    usual = UsualDay(0.1, 100.0)
    for direction in ("rise", "fall"):
        assert CHECK.score(DayRateState(), DayTotals(FIRST, 0, 0), usual, direction) == 0.0
        assert CHECK.score(DayRateState(), DayTotals(FIRST, 100, 10), usual, direction) != 0.0
