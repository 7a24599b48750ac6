"""Sound days are learnt two days late; doubtful days are not, and an unusual day only in part."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.desks.line import Line
from tests.streams.watch.telling import RULES, Telling, incidents


def days(number: int, losses: range | tuple[int, ...] = (40,)) -> Telling:
    told = Telling()
    for day in range(number):
        told.day(day, losses=losses)
    return told


def rate(line: Line) -> float | None:
    return line.watch.slot_times.line_rate()


def test_a_day_is_learnt_two_days_later() -> None:
    known = [days(number).folded().state.watch.typical.days for number in range(1, 6)]
    assert known[:3] == [0, 0, 0]
    assert known[3:] == [pytest.approx(1, abs=0.1), pytest.approx(2, abs=0.1)]


def test_a_day_of_strike_is_learnt_in_part() -> None:
    told = days(14)
    told.day(14, every=100, losses=range(288))
    for day in range(15, 20):
        told.day(day)
    usual = rate(days(20).folded())
    struck = rate(told.folded())
    assert usual is not None
    assert struck is not None
    assert usual < struck < 1.6 * usual, "288 losses would have made it nine times as much"


def test_a_day_that_one_witness_calls_real_is_not_learnt() -> None:
    told = days(14)
    told.day(14, losses=range(96))  # no call is answered: the waits of the lost are the only witness
    for day in range(15, 20):
        told.day(day)
    line = told.folded()
    assert "undecided" in [each.verdict for each in incidents(line)]
    usual, struck = rate(days(20).folded()), rate(line)
    assert usual is not None
    assert struck is not None
    assert struck < 1.05 * usual, "96 losses, or a part of them, would have made it 1.3 times as much"


def test_a_line_that_differs_a_little_from_its_prior_is_learnt_all_the_same() -> None:
    line = days(30, losses=(20, 40)).folded(replace(RULES, expected=0.015))  # a third more are lost
    assert line.state.watch.typical.known
    assert [each for each in incidents(line) if each.verdict == "miscount"] == []
