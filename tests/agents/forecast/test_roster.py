"""Agents by the office's ledger: its own talk times, opening hours and targets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agents.forecast.ledger import pasts_of
from agents.forecast.roster import RosterPlan, staffed
from agents.forecast.written import Forecast, document
from agents.history.ledger import History
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import expect_calls
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LedgerDay, LineDay, ServiceDay, TicketSlot
from streams.watch.incident import Incident
from tests.agents.board.known import SETTINGS, history
from tests.streams.indicators.telling import days, incident, opened

FIRST, UNTIL = date(2013, 3, 4), date(2013, 5, 6)


def waits(seconds: float, count: int) -> Waits:
    found = Waits()
    found.add(round(seconds * 1000), count)
    return found


def ledger(talk: float | None) -> list[LedgerDay]:
    """Return the days of a line with three calls a quarter of an hour, and of a service with a visitor."""
    found: list[LedgerDay] = []
    for day in days(FIRST, UNTIL - timedelta(1)):
        slots = {slot_no: CallSlot(offered=3, answered=3) for slot_no in opened(day)}
        known = None if talk is None else waits(talk, 3 * len(slots))
        found.append(LineDay(id="lozere/circulation", day=day.isoformat(), slots=slots, talks=known))
        visits = {slot_no: TicketSlot(issued=1, served=1) for slot_no in opened(day)}
        times = waits(600, len(visits))
        found.append(ServiceDay(id="lozere/cartes", day=day.isoformat(), slots=visits, times_in_service=times))
    return found


def plan(
    talk: float | None = 200.0, given: float | None = None, patience: float | None = None, *wrong: Incident
) -> RosterPlan:
    known: History = history(*wrong, days=ledger(talk))
    lines, services = (
        {
            name: expect_calls(past, 7, DaysOff())
            for name, past in pasts_of(known, SETTINGS, kind, UNTIL).items()
            if past
        }
        for kind in ("lines", "services")
    )
    forecast = Forecast(UNTIL, lines, services, DaysOff(), inferred=False, zone=None)
    return staffed(forecast, SETTINGS, known, given, patience, configured=True)


@pytest.fixture(scope="module")
def learnt() -> RosterPlan:
    return plan()


def test_talk_is_learnt_and_only_opening_hours_have_agents(learnt: RosterPlan) -> None:
    found = document(learnt.forecast)["lines"]["circulation"]
    assert found["handling"]["talk"] == 200
    staffed_hours = {each["from"][11:16] for each in found["half_hours"] if each["agents"]}
    assert staffed_hours == {f"{hour:02}:{minute:02}" for hour in range(9, 13) for minute in (0, 30)}
    assert [day["agent_hours"] > 0 for day in found["days"]] == [True] * 5 + [False] * 2
    assert all(0 <= each["met"] <= 1 for each in (*found["half_hours"], *found["days"]))


def test_a_counter_is_planned_by_its_own_wait(learnt: RosterPlan) -> None:
    found = document(learnt.forecast)["services"]["cartes"]
    assert found["handling"] == {"talk": 600, "talk_error": 0, "around": 0, "patience": None, "patience_error": None}
    assert max(each["agents"] for each in found["half_hours"]) >= 1


def test_a_line_without_talk_times_is_left_out_unless_they_are_given() -> None:
    silent = plan(talk=None)
    assert [name for name, _ in silent.left_out] == ["circulation"]
    assert "circulation" not in document(silent.forecast)["lines"]
    given = document(plan(talk=None, given=90.0, patience=40.0).forecast)["lines"]["circulation"]["handling"]
    assert (given["talk"], given["patience"], given["patience_error"]) == (90, 40, 0)


def test_nothing_is_learnt_from_days_in_a_miscount_but_from_an_overload() -> None:
    last = UNTIL - timedelta(4)
    assert [name for name, _ in plan(200.0, None, None, incident(FIRST, last)).left_out] == ["circulation"]
    real = plan(200.0, None, None, incident(FIRST, last, verdict="overload"))
    assert document(real.forecast)["lines"]["circulation"]["handling"]["talk"] == 200
