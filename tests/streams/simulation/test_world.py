"""The simulated office has the expected loss rate, varies by day, and waits longer in overloads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from statistics import correlation, mean

import pytest
from msgspec.structs import replace

from streams.simulation.arrivals import icc
from streams.simulation.attempt import Attempt
from streams.simulation.office import LineProfile
from streams.simulation.overload import Cause, Overload
from streams.simulation.queue import VOICEMAIL
from streams.simulation.world import World, usual_openings
from tests.streams.simulation.offices import LINE, OTHER, days, office

YEARS = days(3 * 364)
WEEKS = days(28)


@lru_cache
def played(line: LineProfile, seed: int = 1) -> list[list[Attempt]]:
    world = World(office(line), YEARS, seed, ())
    return [world.day(day)[line.line] for day in YEARS if day.opened]


def lost(attempts: Sequence[Attempt]) -> int:
    return sum(attempt.outcome == "lost" for attempt in attempts)


def rate(attempts: Sequence[Attempt]) -> float:
    return lost(attempts) / len(attempts)


def overloaded(cause: Cause, severity: float) -> tuple[dict[str, list[Attempt]], dict[str, list[Attempt]]]:
    """Return both lines' attempts in the two weeks of an overload of the first: without it, and with it."""
    overload = Overload(line=LINE.line, cause=cause, start=WEEKS[7].start, end=WEEKS[20].end, severity=severity)
    found = []
    for overloads in ((), (overload,)):
        world = World(office(LINE, OTHER), WEEKS, 1, overloads)
        attempts: dict[str, list[Attempt]] = {LINE.line: [], OTHER.line: []}
        for number, day in enumerate(WEEKS):
            for line, of_day in world.day(day).items():
                attempts[line] += of_day if 7 <= number <= 20 else []
        found.append(attempts)
    return found[0], found[1]


@pytest.mark.slow
@pytest.mark.parametrize("expected", [0.0187, 0.0404, 0.0704])
def test_the_lost_rate_is_the_one_expected(expected: float) -> None:
    line = replace(LINE, expected_lost_rate=expected)
    attempts = [attempt for day in played(line) for attempt in day]
    assert rate(attempts) == pytest.approx(expected, rel=0.12)
    assert len(attempts) / len(played(line)) == pytest.approx(line.calls_a_day, rel=0.04)
    at_once = sum(attempt.outcome == "lost" and attempt.wait < 1_000 for attempt in attempts)
    assert at_once / lost(attempts) == pytest.approx(0.25, abs=0.07)
    assert sum(attempt.outcome == "diverted" for attempt in attempts) / len(attempts) == pytest.approx(0.01, rel=0.2)
    assert {attempt.to for attempt in attempts if attempt.outcome == "diverted"} == {VOICEMAIL}


@pytest.mark.slow
@pytest.mark.parametrize("asked", [0.015, 0.03, 0.05])
def test_days_differ_as_much_as_asked(asked: float) -> None:
    of_days = played(replace(LINE, icc=asked))
    found = icc([lost(day) for day in of_days], [len(day) for day in of_days])
    assert found == pytest.approx(asked, rel=0.45)


def test_days_hang_together_where_they_persist() -> None:
    """The lost rates of two consecutive opening days correlate; otherwise the years are unchanged."""
    alone, hanging = ([rate(each) for each in played(replace(LINE, persistence=each))] for each in (0.0, 0.85))
    assert abs(correlation(alone[:-1], alone[1:])) < 0.1
    assert 0.25 < correlation(hanging[:-1], hanging[1:]) < 0.6
    assert mean(hanging) == pytest.approx(mean(alone), rel=0.3)


def test_an_overload_leaves_persisting_days_as_they_were() -> None:
    line = replace(LINE, persistence=0.85)
    overload = Overload(line=LINE.line, cause="rush", start=WEEKS[7].start, end=WEEKS[8].end, severity=2.0)
    usual, rushed = (World(office(line), WEEKS, 1, some) for some in ((), (overload,)))
    same = [usual.day(day) == rushed.day(day) for day in WEEKS]
    assert same == [True] * 7 + [False] * 2 + [True] * 19


@pytest.mark.slow
def test_a_rush_lengthens_waits_and_brings_callers_back() -> None:
    before, after = overloaded("rush", 3.0)
    usual, rushed = before[LINE.line], after[LINE.line]
    assert len(rushed) == pytest.approx(3 * len(usual), rel=0.15)
    assert rate(rushed) > 3 * rate(usual)
    assert mean(attempt.wait for attempt in rushed) > 3 * mean(attempt.wait for attempt in usual)
    assert after[OTHER.line] == before[OTHER.line]


def test_absences_lengthen_waits_though_no_more_people_call() -> None:
    before, after = overloaded("absence", 0.6)
    usual, short = before[LINE.line], after[LINE.line]
    assert rate(short) > 2 * rate(usual)
    assert mean(attempt.wait for attempt in short) > 2 * mean(attempt.wait for attempt in usual)
    assert len(usual) < len(short) < 1.25 * len(usual)  # they call back
    mild, _ = overloaded("absence", 0.0)
    assert mild == before


def test_a_closed_neighbour_s_callers_come_over_as_the_same_calls() -> None:
    before, after = overloaded("overflow", 1.0)
    sent = {attempt.call: attempt for attempt in after[OTHER.line]}
    assert all((each.outcome, each.reason, each.to) == ("diverted", "transfer", LINE.line) for each in sent.values())
    come = {attempt.call: attempt for attempt in after[LINE.line] if attempt.call in sent}
    assert come.keys() == sent.keys()
    for call, attempt in come.items():
        assert (attempt.caller, attempt.start) == (sent[call].caller, sent[call].start + 1_000)
    assert rate(after[LINE.line]) > 2 * rate(before[LINE.line])


def test_an_overload_leaves_other_days_as_they_were() -> None:
    overload = Overload(line=LINE.line, cause="rush", start=WEEKS[7].start, end=WEEKS[7].end, severity=3)
    usual, rushed = (World(office(), WEEKS, 1, each) for each in ((), (overload,)))
    differ = [number for number, day in enumerate(WEEKS) if usual.day(day) != rushed.day(day)]
    assert differ == [7]


def test_an_overflow_needs_a_neighbour_and_an_office_must_open() -> None:
    overload = Overload(line=LINE.line, cause="overflow", start=0, end=1, severity=1)
    with pytest.raises(ValueError, match="needs another line"):
        World(office(), WEEKS, 1, [overload])
    with pytest.raises(ValueError, match="none of the office's"):
        World(office(), WEEKS, 1, [replace(overload, line="x")])
    with pytest.raises(ValueError, match="closed on all of these days"):
        usual_openings([day for day in WEEKS if not day.opened])


@pytest.mark.slow
@pytest.mark.parametrize("calls", [20.0, 1_000.0])
def test_small_and_large_lines_work(calls: float) -> None:
    world = World(office(replace(LINE, calls_a_day=calls)), WEEKS, 1, ())
    attempts = [attempt for day in WEEKS for attempt in world.day(day)[LINE.line]]
    assert len(attempts) / 20 == pytest.approx(1.1 * calls, rel=0.2)  # January is busy
    assert 0 < rate(attempts) < 0.2
