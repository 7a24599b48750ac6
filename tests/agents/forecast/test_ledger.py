"""Pasts from the ledger: believed slots alone, in half-hours of the office's clock."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from agents.forecast.ledger import last_day, pasts_of
from streams.forecast.past import Past
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LedgerDay, LineDay
from tests.agents.board.known import SETTINGS, history
from tests.streams.indicators.telling import days, incident, opened

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


def test_a_line_without_days_has_no_past() -> None:
    assert pasts_of(history(days=ledger()), SETTINGS, "lines", FIRST + timedelta(5))["circulation"] is None


def test_the_last_day_counted_is_found() -> None:
    assert last_day(history(days=ledger()), "lozere", date(2014, 1, 1)) == date(2013, 5, 3)
