"""The sample for manual checks comes from believed counts: in opening hours and outside miscounts."""

from __future__ import annotations

from datetime import date

from agents.totals.checked import sound_slots
from agents.totals.plan import plan_of
from streams.indicators.period import Period
from streams.ledger.day import CallSlot
from tests.agents.board.known import SETTINGS, history
from tests.streams.indicators.telling import days, incident, line_days

MARCH = Period.of_months(2013, 3, 1)


def test_the_slots_of_a_miscount_are_not_sound() -> None:
    told = line_days(date(2013, 2, 1), date(2013, 4, 30), lambda _: CallSlot(offered=5, answered=5))
    wrong = incident(date(2013, 3, 11), date(2013, 3, 15))
    march, week = days(MARCH.first, MARCH.last), days(date(2013, 3, 11), date(2013, 3, 15))
    sound = {slot_no for day in march if day not in week for slot_no in plan_of(SETTINGS).opened(day)}
    assert sound_slots(SETTINGS, history(wrong, days=[*told]), MARCH, "circulation") == sound
    assert sound_slots(SETTINGS, history(days=[*told]), MARCH, "circulation") > sound
    assert sound_slots(SETTINGS, history(days=[]), MARCH, "circulation") == set()
