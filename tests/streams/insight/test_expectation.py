"""Expected figures beside measured ones, if all inputs are known."""

from __future__ import annotations

import pytest

from streams.calls.hours import Hour
from streams.insight.erlang import Demand, agents_for_lost, expect
from streams.insight.expectation import expectation

BUSY = Hour(answered=54, lost=6, waits=60, queued_lost=6, waited=900_000, talks=54, talked=54 * 180_000)
QUIET = Hour(answered=10, waits=10, talks=10, talked=10 * 90_000)
RATE = 1 / 120_000  # one in 120 s of waiting gives up


def test_two_hours_weigh_as_their_calls() -> None:
    found = expectation({7: BUSY, 8: QUIET, 9: BUSY}, {7: 16, 8: 4}, RATE, 0.02)
    assert found is not None
    busy, quiet = Demand(1 / 60, 180, 120), Demand(10 / 3600, 90, 120)
    queues = expect(busy, 4), expect(quiet, 1)
    assert queues[0] is not None
    assert queues[1] is not None
    assert (found.hours, found.calls, found.lost) == (2, 70, 6 / 70)
    assert found.wait == pytest.approx(900 / 70)
    assert found.expected_lost == pytest.approx((60 * queues[0].lost + 10 * queues[1].lost) / 70)
    assert found.expected_wait == pytest.approx((60 * queues[0].wait + 10 * queues[1].wait) / 70)
    assert found.agents == pytest.approx((60 * 4 + 10) / 70)
    needed = (60 * agents_for_lost(busy, 0.02) + 10 * agents_for_lost(quiet, 0.02)) / 70
    assert found.needed == pytest.approx(needed)


def test_part_of_an_agent_lies_between_whole_ones() -> None:
    three, half, four = (expectation({7: BUSY}, {7: quarters}, RATE, 0.02) for quarters in (12, 14, 16))
    assert three is not None
    assert half is not None
    assert four is not None
    assert half.expected_lost == pytest.approx((three.expected_lost + four.expected_lost) / 2)


@pytest.mark.parametrize("hour", [Hour(answered=3, waits=3, talks=0), Hour(answered=3, talks=3, talked=9), Hour()])
def test_an_hour_of_which_something_is_unknown_is_left_out(hour: Hour) -> None:
    assert expectation({7: hour}, {7: 4}, RATE, 0.1) is None


def test_without_staff_patience_or_target_there_is_none() -> None:
    assert expectation({7: BUSY}, {}, RATE, 0.1) is None
    assert expectation({7: BUSY}, {7: 4}, None, 0.1) is None
    assert expectation({7: BUSY}, {7: 4}, 0.0, 0.1) is None
    found = expectation({7: BUSY}, {7: 4}, RATE, 0.0)
    assert found is not None
    assert found.needed is None
