"""Pasts from the ledger: believed slots alone, in half-hours of the office's clock."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from agents.forecast.ledger import DeskPast, last_day, pasts_of
from streams.forecast.past import Past
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LedgerDay, LineDay
from streams.watch.incident import Decided, Incident
from tests.agents.board.known import SETTINGS, history
from tests.streams.indicators.telling import days, incident, opened, slot_at

FIRST, UNTIL = date(2013, 3, 4), date(2013, 5, 6)
WRONG = (date(2013, 4, 15), date(2013, 4, 19))


def ledger() -> list[LedgerDay]:
    return [
        LineDay(
            id="lozere/circulation",
            day=day.isoformat(),
            slots={slot_no: CallSlot(offered=3, answered=3) for slot_no in opened(day)},
        )
        for day in days(FIRST, UNTIL - timedelta(1))
    ]


def circulation(*incidents: object) -> Past:
    past = pasts_of(history(*incidents, days=ledger()), SETTINGS, "lines", UNTIL)["circulation"]  # type: ignore[arg-type]
    assert past is not None
    return past


def test_quarters_add_up_to_half_hours_and_closed_days_are_known() -> None:
    past = circulation()
    monday = past.counts[0]
    assert set(np.unique(monday)) <= {0, 3, 6}
    assert monday.sum() == 3 * len(opened(FIRST))
    assert past.closed == {5, 6}


def test_what_a_fault_counted_is_unknown() -> None:
    unknown = np.flatnonzero(np.isnan(circulation(incident(*WRONG)).totals))
    assert [FIRST + timedelta(int(place)) for place in unknown] == list(Period(*WRONG).days())


def as_known(*incidents: Incident, on: date) -> list[date]:
    """Return the days that were unknown on a day."""
    (past,) = DeskPast(history(*incidents, days=ledger()), SETTINGS, "lines", "circulation").as_known([on])
    assert past.day(len(past)) == on
    return [FIRST + timedelta(int(place)) for place in np.flatnonzero(np.isnan(past.totals))]


def test_a_fault_is_unknown_until_it_is_detected() -> None:
    told = incident(*WRONG)  # detected on its first day, at noon
    assert as_known(told, on=date(2013, 4, 15)) == []
    assert as_known(told, on=date(2013, 4, 16)) == [date(2013, 4, 15)]
    late = incident(*WRONG, detected=slot_at(date(2013, 4, 25), 9) * QUARTER_MS)
    assert as_known(late, on=date(2013, 4, 25)) == []
    assert as_known(late, on=date(2013, 4, 26)) == list(Period(*WRONG).days())


def test_a_decision_does_not_count_before_it_is_made() -> None:
    told = incident(*WRONG)
    told.decide(Decided(told.id, slot_at(date(2013, 4, 29), 9) * QUARTER_MS, 1, "dismiss", "", "", None, None))
    assert as_known(told, on=date(2013, 4, 29)) == list(Period(*WRONG).days())
    assert as_known(told, on=date(2013, 4, 30)) == []


def test_a_line_without_days_has_no_past() -> None:
    assert pasts_of(history(days=ledger()), SETTINGS, "lines", FIRST + timedelta(5))["circulation"] is None


def test_the_last_day_counted_is_found() -> None:
    assert last_day(history(days=ledger()), "lozere", date(2014, 1, 1)) == date(2013, 5, 3)
