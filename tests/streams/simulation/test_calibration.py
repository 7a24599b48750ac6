"""A calibrated world has the requested rates, with as few changed calls as possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from streams.simulation.attempt import Attempt
from streams.simulation.calibration import CalibratedWorld, calibrate, with_told_rate
from streams.simulation.chance import chance
from streams.simulation.simulate import play
from streams.simulation.truth import AttemptTotals
from streams.simulation.world import World
from tests.streams.simulation.offices import LINE, OTHER, days, fault, office

WEEKS = days(42)
TWO = office(LINE, OTHER)


def drawn(calls: int, lost: int) -> list[Attempt]:
    """Return calls, the first `lost` of them lost; each waits a second longer than the one before."""
    return [
        Attempt(
            line=LINE.line,
            call=f"{number}",
            start=number,
            wait=number * 1_000,
            outcome="lost" if number < lost else "answered",
            talk=None if number < lost else 60_000,
        )
        for number in range(calls)
    ]


def calibrated(calls: Sequence[Attempt], rate: float) -> tuple[int, int, Counter[str]]:
    """Return how many calls stay, how many of them are lost, and the outcomes of those left out."""
    left_out = calibrate(calls, rate, chance("settled"))
    stay = [each for each in calls if each.call not in left_out]
    return (
        len(stay),
        sum(each.outcome == "lost" for each in stay),
        Counter(each.outcome for each in calls if each.call in left_out),
    )


def test_where_enough_are_lost_nothing_is_changed() -> None:
    assert calibrated(drawn(10_000, 400), 0.04) == (10_000, 400, Counter())


def test_where_too_few_are_lost_who_waited_longest_gave_up() -> None:
    calls = drawn(10_000, 390)
    assert calibrated(calls, 0.04) == (10_000, 400, Counter())
    assert {each.call for each in calls if each.outcome == "lost"} == {
        *map(str, range(390)),
        *map(str, range(9_990, 10_000)),
    }
    last = calls[-1]
    assert (last.reason, last.talk, last.agent, last.legs) == ("abandoned", None, None, ())
    assert 0 < 9_999_000 - last.wait < 10_000


def test_where_too_many_are_lost_some_did_not_call() -> None:
    calls, lost, left_out = calibrated(drawn(10_000, 420), 0.04)
    assert round(lost / calls, 4) == 0.04
    assert left_out == Counter(lost=10_000 - calls)


def test_where_no_number_of_lost_calls_gives_the_rate_the_fewest_did_not_call() -> None:
    attainable = next(calls for calls in range(700, 0, -1) if round(round(0.0704 * calls) / calls, 4) == 0.0704)
    calls, lost, left_out = calibrated(drawn(700, 40), 0.0704)
    assert (calls, round(lost / calls, 4)) == (attainable, 0.0704)
    assert left_out == Counter(answered=700 - attainable)


@pytest.mark.slow
def test_a_calibrated_world_loses_what_is_expected_and_is_near_the_one_drawn() -> None:
    world, before = CalibratedWorld(TWO, WEEKS, 1), World(TWO, WEEKS, 1)
    for line, profile in world.profiles.items():
        rate = profile.expected_lost_rate
        calls, as_drawn = ({each.call: each for day in WEEKS for each in of.day(day)[line]} for of in (world, before))
        assert round(sum(each.outcome == "lost" for each in calls.values()) / len(calls), 4) == rate
        away = abs(sum(each.outcome == "lost" for each in as_drawn.values()) - rate * len(as_drawn)) / (1 - rate)
        assert sum(calls.get(call) != each for call, each in as_drawn.items()) <= away + 20


def test_a_fault_is_as_severe_as_the_rate_that_it_tells() -> None:
    world = CalibratedWorld(TWO, WEEKS, 1)
    wanted = with_told_rate(world, fault("answered-as-lost", 14, 41, WEEKS), 0.1956)
    events, truth = play(world, [wanted])
    assert list(events)
    both = truth.lines[LINE.line].totals
    assert both.true.lost_rate == pytest.approx(LINE.expected_lost_rate, abs=0.00005)
    assert both.told.lost == round(0.1956 * both.told.offered)
    assert both.true == AttemptTotals(
        offered=both.told.offered,
        answered=both.told.answered + truth.faults[0].effect.affected,
        lost=both.told.lost - truth.faults[0].effect.affected,
        diverted=both.told.diverted,
    )


def test_a_rate_that_a_fault_cannot_tell_is_refused() -> None:
    refusal = r"no severity of answered-as-lost gives a counted lost rate of 90\.00% on circulation"
    with pytest.raises(ValueError, match=refusal):
        with_told_rate(CalibratedWorld(TWO, WEEKS, 1), fault("answered-as-lost", 14, 41, WEEKS), 0.9)
