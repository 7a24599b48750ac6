"""Calls of a fault up to the end of the data, not judged yet, are in no corrected figure of any view."""

from __future__ import annotations

from datetime import UTC, datetime
from operator import attrgetter

import pytest

from agents.board.cards import LineCard
from agents.board.follower import Known
from agents.board.wall import Walls
from agents.desk_view.reading import DeskReader
from agents.history.ledger import History
from agents.totals.history import figures
from agents.totals.plan import plan_of
from config.settings import Line, Settings
from streams.calls.counts import Counts
from streams.desks.line import Line as FoldedLine
from streams.events import milliseconds
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from tests.agents.board.known import SETTINGS, history, line, ongoing
from tests.streams.watch.telling import FIRST, Telling, flip, folded, incidents, opening, slot_no, usual

OFFICE = SETTINGS.model_copy(
    update={
        "timezone": "UTC",
        "opening_hours": Settings(site="lozere", opening_hours="Mo-Su 08:00-16:00").opening_hours,
        "lines": {"circulation": Line(label="Circulation", expected_lost_rate=0.02)},
        "services": {},
    }
)
FAULTY = 14  # the day of the fault, after two sound weeks
DAY = datetime.fromtimestamp(FIRST + FAULTY * 86_400, UTC).date()
END = opening(FAULTY) + 4 * 3600  # the data ends at noon, during the fault


def faulty(*, fault: bool) -> FoldedLine:
    """Return a line to the end of its data; on the last day, calls with a conversation are reported as lost."""
    told = Telling()
    for day in range(FAULTY):
        told.day(day)
    told.day(FAULTY, losses=())
    if fault:
        for number, each in enumerate(told.events[-3 * 96 :]):
            if number % 9 == 1:
                each.type = "lost"
    return up_to(END, told)


def up_to(end: int, told: Telling) -> FoldedLine:
    """Return a line with all its events before a moment (s)."""
    return folded(each for each in sorted(told.events, key=attrgetter("at")) if milliseconds(each.at) < end * 1000)


def published(desk: FoldedLine) -> History:
    return history(*incidents(desk), days=[*desk.ledger.book.done, *desk.days()])


def totals(told: History, period: Period) -> LineTotals:
    return figures(OFFICE, told, period, DAY).lines["circulation"]


def page(told: History, period: Period) -> LineTotals:
    """Return the text of a period on the line's page and in the mail."""
    now = datetime.fromtimestamp(END, UTC)
    found = DeskReader(OFFICE).view(told, "lines", "circulation", period, now).found.totals
    assert isinstance(found, LineTotals)
    return found


def card(told: History, desk: FoldedLine) -> LineCard:
    now = datetime.fromtimestamp(END, UTC)
    status = line(at=now, incidents=[ongoing(each) for each in incidents(desk) if not each.over])
    known = Known(told, lines={status.id: status}, services={})
    (found,) = Walls(OFFICE, plan_of(OFFICE).opened).at(known, float(END), DAY).cards
    assert isinstance(found, LineCard)
    return found


def test_the_slots_that_no_law_has_looked_at_are_left_out_of_every_corrected_figure() -> None:
    desk = faulty(fault=True)
    (fault,) = incidents(desk)
    assert (fault.kind, fault.over) == ("answered-as-lost", False)
    judged_until = desk.state.watch.due
    assert fault.judged_until == judged_until * QUARTER_MS
    assert slot_no(END) - judged_until == 2, "half an hour"
    told, day = published(desk), Period(DAY, DAY)
    of_day = totals(told, day)
    assert of_day.raw.lost == 16, "every third call"
    assert of_day.corrected is not None
    known = 12 * (judged_until - slot_no(opening(FAULTY))) // 4
    assert of_day.corrected == Counts(known, known), "every call was answered"
    assert of_day.method == "exclude"
    assert of_day.coverage == pytest.approx(1 - 2 / 32), "two quarters of eight hours"
    assert page(told, day).corrected == card(told, desk).today == of_day.corrected
    assert card(told, desk).so_far.raw == of_day.raw
    month = totals(told, Period.of_months(2024, 10, 1))
    assert month.corrected == Counts(96 * FAULTY + known, 95 * FAULTY + known, FAULTY)
    assert page(told, Period.of_months(2024, 10, 1)).corrected == month.corrected


def test_the_day_under_way_is_left_out_while_a_rate_that_no_law_explains_goes_on() -> None:
    told = usual(FAULTY)
    for day in range(FAULTY, FAULTY + 4):
        flip(told, day)
    desk = up_to(opening(FAULTY + 3) + 4 * 3600, told)
    (fault,) = incidents(desk)
    assert (fault.verdict, fault.kind, fault.over) == ("miscount", "drift", False)
    assert fault.end <= opening(FAULTY + 3) * 1000, "the day before is the last one that was judged"
    assert fault.judged_until == opening(FAULTY + 3) * 1000
    found = totals(published(desk), Period.of_months(2024, 10, 1))
    assert found.corrected is not None
    assert found.corrected.offered == 96 * FAULTY
    assert found.raw.offered == 96 * (FAULTY + 3) + 48


def test_what_follows_an_undecided_incident_and_was_not_judged_yet_is_in_doubt_too() -> None:
    desk = faulty(fault=True)
    (fault,) = incidents(desk)
    fault.verdict, fault.end = "undecided", opening(FAULTY) * 1000
    fault.start, fault.judged_until = fault.end - QUARTER_MS, fault.end
    found = totals(published(desk), Period(DAY, DAY))
    assert (found.corrected, found.undecided, found.incidents) == (None, True, [fault.id])
    assert found.guard is not None
    assert found.guard.reason == "undecided"


def test_without_an_incident_the_last_slots_count_as_they_are() -> None:
    desk = faulty(fault=False)
    assert incidents(desk) == []
    found = totals(published(desk), Period(DAY, DAY))
    assert (found.corrected, found.method, found.coverage) == (found.raw, "none", 1.0)


def test_once_the_file_is_over_all_of_it_is_judged() -> None:
    desk = faulty(fault=True)
    desk.close(desk.state.high)
    assert [each.judged_until for each in incidents(desk)] == [None]
    found = totals(published(desk), Period(DAY, DAY))
    assert found.corrected == Counts(48, 48)
    assert (found.method, found.coverage) == ("recount", 1.0)


def test_an_incident_of_an_earlier_version_ends_where_it_says() -> None:
    desk = faulty(fault=True)
    for each in incidents(desk):
        each.judged_until = None
    assert totals(published(desk), Period(DAY, DAY)).coverage == 1.0
