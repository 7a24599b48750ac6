"""A desk's figures over periods match the year's report, and a current period is cut like the others."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from agents.desk_view.reading import DeskReader, shown_desks
from agents.totals.history import figures
from config.settings import Channel, Service
from config.sums import DeskSum
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, ChannelDay, LedgerDay, LineDay, RequestSlot, ServiceDay, TicketSlot
from streams.periods.named import period_of
from tests.agents.board.known import MORNING, SETTINGS, history, suspected
from tests.agents.totals.year import PARIS
from tests.streams.indicators.test_sums import BOTH, divided_by_60

YEAR = Period.of_year(2013)
LATER = datetime(2014, 11, 4, 12, 0, tzinfo=PARIS)
OFFICE = SETTINGS.model_copy(update={"requests": {"im341": Channel(label="CNI (IM 341)", days="calendar")}})


def totals(found: Any) -> LineTotals:
    assert isinstance(found.totals, LineTotals)
    return found.totals


@pytest.mark.slow
def test_the_figures_of_a_year_are_those_of_its_report() -> None:
    told = history(suspected())
    annual = figures(OFFICE, told, YEAR, LATER.date())
    reader = DeskReader(OFFICE)
    for name in OFFICE.lines:
        line, own = annual.lines[name], totals(reader.view(told, "lines", name, YEAR, LATER).found)
        assert (own.raw, own.corrected, own.low, own.high) == (line.raw, line.corrected, line.low, line.high)
        assert (own.method, own.coverage, own.guard) == (line.method, line.coverage, line.guard)
        assert (own.all_raw, own.answered_wait, own.lost_wait) == (line.all_raw, line.answered_wait, line.lost_wait)
    assert reader.view(told, "services", "cartes", YEAR, LATER).found.totals == annual.services["cartes"]
    assert reader.view(told, "channels", "im341", YEAR, LATER).found.totals == annual.channels["im341"]


def test_a_day_under_way_stands_beside_others_up_to_the_same_time() -> None:
    view = DeskReader(SETTINGS).view(history(), "lines", "circulation", period_of("2013-12-31"), MORNING)
    assert view.until == MORNING
    slots = {each.shift.what: len(each.found.slots) for each in view.beside}
    assert set(slots.values()) == {len(view.found.slots)} == {7}, "from 9:00 to the slot of 10:30"
    over = DeskReader(SETTINGS).view(history(), "lines", "circulation", period_of("2013-12-31"), LATER)
    assert over.until is None
    assert len(over.found.slots) == 16


def test_a_period_under_way_stands_beside_no_more_days_than_it_has() -> None:
    days: list[LedgerDay] = []
    for day in (Period(date(2013, 10, 1), date(2013, 11, 5))).days():
        evening = round(datetime.combine(day, time(20), PARIS).timestamp()) // 900
        days.append(ServiceDay(id="lozere/cartes", day=day.isoformat(), slots={evening: TicketSlot(issued=1, open=1)}))
        days.append(
            ChannelDay(id="lozere/im341", day=day.isoformat(), slots={evening: RequestSlot(received=1, open=1)})
        )
    now, reader, told = datetime(2013, 11, 5, 12, tzinfo=PARIS), DeskReader(OFFICE), history(days=days)
    counter = reader.view(told, "services", "cartes", period_of("2013-11"), now)
    october = next(each.found for each in counter.beside if each.shift.what == "before")
    assert sum(each.counted[0] for each in october.slots) == 4, "the evening of the fifth is yet to come"
    channel = reader.view(told, "channels", "im341", period_of("2013-11"), now)
    assert [getattr(each.found.totals, "received", None) for each in channel.beside] == [5, 0]


def test_a_sum_has_the_figures_of_its_report_and_the_incidents_of_its_parts() -> None:
    office = OFFICE.model_copy(
        update={
            "services": {"cartes": Service(), "permis": Service()},
            "sums": {"ensemble": DeskSum(services=("cartes", "permis"))},
        }
    )
    told = history(divided_by_60(date(2013, 5, 6), date(2013, 5, 8)), days=[*BOTH])
    period, reader = Period.of_months(2013, 5, 1), DeskReader(office)
    view = reader.view(told, "services", "ensemble", period, LATER)
    assert view.found.totals == figures(office, told, period, LATER.date()).services["ensemble"]
    assert sum(each.counted[0] for each in view.found.slots) == 12 * 23, "of both, on the 23 weekdays of May"
    assert view.found.waits is not None
    assert view.found.waits[0].count == 12 * 23
    assert len(reader.incidents(told, "services", "ensemble", period)) == 1
    assert shown_desks(office)["services"]["ensemble"] == office.sums["ensemble"]


def test_the_day_before_is_the_last_one_that_was_open() -> None:
    view = DeskReader(SETTINGS).view(history(), "lines", "circulation", period_of("2013-12-09"), LATER)
    assert [each.shift.period.first for each in view.beside if each.shift.what == "before"] == [date(2013, 12, 6)]


def test_an_answer_is_kept_until_a_record_of_it_changes() -> None:
    reader, told, period = DeskReader(SETTINGS), history(), period_of("2013-03")
    first = reader.view(told, "lines", "circulation", period, LATER)
    again = reader.view(told.copy(), "lines", "circulation", period, LATER)
    assert again.found is first.found
    day = LineDay(id="lozere/circulation", day="2013-03-04", offset=9, slots={1_515_000: CallSlot(offered=7, lost=7)})
    changed = reader.view(history(days=[day]), "lines", "circulation", period, LATER)
    assert totals(changed.found).all_raw.offered == 7
    decided = reader.view(history(suspected()), "lines", "circulation", period_of("2013-09"), LATER)
    assert decided.incidents == [suspected()]


def test_what_is_usual_on_a_weekday_is_that_of_the_weeks_before() -> None:
    view = DeskReader(SETTINGS).view(history(), "lines", "circulation", period_of("2013-03-05"), LATER)
    assert view.short
    assert view.figures.usual is not None
    assert view.figures.usual[0] > 0
    first = DeskReader(SETTINGS).view(history(), "lines", "circulation", period_of("2012-01-02"), LATER)
    assert first.figures.usual is None, "nothing was counted before"
