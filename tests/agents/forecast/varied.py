"""A year of a line and a counter whose days vary, as days of the ledger."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from agents.totals.plan import plan_of
from config.settings import Settings
from streams.indicators.period import Period
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LedgerDay, LineDay, ServiceDay, TicketSlot
from tests.agents.board.known import SETTINGS

OFFICE: Settings = SETTINGS.model_copy(update={"opening_hours": "Mo-Fr 10:00-12:00"})
FIRST, UNTIL = date(2013, 1, 7), date(2013, 12, 17)
RATES = (8.0, 6.0, 5.5, 5.0, 4.0)  # calls a slot, by weekday


def varied(seed: int = 3, talk: int | None = None) -> list[LedgerDay]:
    """Return the days; `talk` (ms) is how long each call takes, if that is known."""
    random, opened = np.random.default_rng(seed), plan_of(OFFICE).opened
    found: list[LedgerDay] = []
    for day in Period(FIRST, UNTIL - timedelta(1)).days():
        slots = opened(day)
        if not slots:
            continue
        rate = RATES[day.weekday()] * random.gamma(50, 1 / 50)
        calls = {slot_no: int(random.poisson(rate)) for slot_no in slots}
        found.append(
            LineDay(
                id="lozere/circulation",
                day=day.isoformat(),
                slots={slot_no: CallSlot(offered=many, answered=many) for slot_no, many in calls.items()},
                talks=None if talk is None else _waits(talk, sum(calls.values())),
            )
        )
        found.append(
            ServiceDay(
                id="lozere/cartes",
                day=day.isoformat(),
                slots={slot_no: TicketSlot(issued=many // 2, served=many // 2) for slot_no, many in calls.items()},
            )
        )
    return found


def _waits(length: int, count: int) -> Waits:
    found = Waits()
    found.add(length, count)
    return found
