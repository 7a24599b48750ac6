"""Answered callers who call again are summed by month, and withheld if most callers are unknown."""

from __future__ import annotations

from datetime import date

import pytest

from streams.indicators.annual import annual
from streams.indicators.period import Period
from streams.indicators.repeats import Repeats, together
from streams.ledger.day import CallSlot
from tests.streams.indicators.telling import LINE, held, incident, line_days, plan

SLOT = CallSlot(offered=10, answered=9, lost=1, known_answered=8, called_again=1)
PERIOD = Period(date(2013, 9, 1), date(2013, 10, 31))


def found(slot: CallSlot = SLOT) -> list[Repeats]:
    days = line_days(date(2013, 9, 1), date(2013, 10, 31), lambda _: slot)
    miscount = incident(date(2013, 9, 1), date(2013, 9, 27))
    wanted = plan(lines={"circulation": LINE})
    return annual(held(days, [miscount]), wanted, PERIOD, date(2014, 1, 1)).lines["circulation"].repeats


def test_months_leave_out_the_days_of_a_miscount() -> None:
    september, october = found()
    assert (september.name, october.name) == ("2013-09", "2013-10")
    assert 0 < september.answered < october.answered / 5
    assert october.known * 9 == october.answered * 8
    whole = together("", [september, october])
    assert whole.share == pytest.approx(1 / 8)
    assert whole.bounds is not None
    assert whole.bounds[0] < 1 / 8 < whole.bounds[1]


def test_a_line_without_known_callers_has_no_months() -> None:
    assert found(CallSlot(offered=10, answered=9, lost=1)) == []


def test_a_share_needs_the_callers_of_half_of_the_answers() -> None:
    assert Repeats("", 10, 4, 1).bounds is None
    assert Repeats("", 10, 5, 1).share == 0.2
    assert Repeats("", 0, 0, 0).share is None
