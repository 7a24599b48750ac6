"""A line's record stays small, and its figures exact, however many events it receives."""

from __future__ import annotations

import pytest

from streams.desks.line import Line
from streams.desks.line_state import MAX_LIVE_CALLS
from streams.kept import record
from tests.streams.desks.lines import RULES, event, folded, kinds


def test_a_flood_settles_the_oldest_calls_early_and_bends_no_total() -> None:
    line = Line(RULES)
    for number in range(MAX_LIVE_CALLS + 500):
        line.fold(event("offered", number / 100, str(number)))
    for number in range(MAX_LIVE_CALLS + 500):
        line.fold(event("answered", 60 + number / 100, str(number)))
    line.check()
    assert len(line.state.live) <= MAX_LIVE_CALLS
    assert line.state.cut >= 500
    assert kinds(line) == (MAX_LIVE_CALLS + 500, MAX_LIVE_CALLS + 500, 0, 0, 0)
    assert line.figures.windows(line.state.high)["15m"].answered == MAX_LIVE_CALLS + 500


@pytest.mark.slow
def test_a_record_stays_far_below_a_brokers_message_limit() -> None:
    line = Line(RULES)
    for number in range(20_000):
        name = f"{1_543_602_660 + number}.{number * 7919 % 10_000}"
        line.fold(event("offered", number / 10, name, id=f"pbx:{name}:offered"))
        line.fold(event("answered", number / 10 + 20, name, wait=20 + number % 977 / 10, id=f"pbx:{name}:answered"))
        line.fold(event("ended", number / 10 + 90, name, talk=70, id=f"pbx:{name}:ended"))
    assert len(record.encode(line.state)) < 500_000


def test_callers_and_agents_leave_a_record_below_a_brokers_message_limit() -> None:
    line = Line(RULES)
    for number in range(12_000):
        caller = f"hmac:{number * 0x9E3779B97F4A7C15 % 2**64:016x}{number:016x}"
        agent = f"SIP/{number * 7919 % 97}"
        line.fold(event("offered", number * 4, str(number), caller=caller))
        line.fold(event("answered", number * 4 + 20, str(number), wait=20 + number % 977 / 10, agent=agent))
        line.fold(event("ended", number * 4 + 90, str(number), talk=70, agent=agent))
    assert line.figures.callers().unfollowed > 0
    assert len(record.encode(line.state)) < 700_000


@pytest.mark.parametrize("step", [-0.001, 0.0, 0.001])
def test_a_call_of_which_ten_thousand_things_are_told_takes_no_more_room(step: float) -> None:
    line = Line(RULES)
    line.fold(event("offered", 2_000, "another"))
    for number in range(3 * MAX_LIVE_CALLS):
        line.fold(event("answered", 1_950 + number * step, id=str(number)))
    line.check()
    assert kinds(line) == (2, 1, 0, 0, 0)
    assert sum(line.state.results) == 3 * MAX_LIVE_CALLS + 1
    assert len(line.calls.queue) <= 2 * MAX_LIVE_CALLS
    assert len(record.encode(line.state)) < 1_700


def test_shedding_settles_the_older_half_and_bends_no_figure() -> None:
    line = folded([event("lost", at, str(at), wait=1) for at in range(100, 110)])
    before = (kinds(line), line.figures.total(), line.figures.windows(110_000))
    assert line.shed()
    assert [float(key) for key in line.state.live] == [105, 106, 107, 108, 109]
    while line.state.live:
        assert line.shed()
    assert (len(line.state.young), line.state.cut) == (10, 10)
    assert not line.shed()
    assert (kinds(line), line.figures.total(), line.figures.windows(110_000)) == before
