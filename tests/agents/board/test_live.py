"""The live view: what is told beside its targets, what is wrong beyond doubt, and how old it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from agents.board.live import LineView, Live, ServiceView, Today, Views
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.ledger.day import CallSlot, LineDay
from streams.status import CallWindow, Withheld
from tests.agents.board.known import MORNING, SETTINGS, history, known, line, service, suspected
from tests.agents.totals.year import PARIS

LIVE = SETTINGS.model_copy(update={"clock": "wall"})


def live(settings: Settings = SETTINGS, at: datetime = MORNING) -> Live:
    views = Views(settings, plan_of(settings).opened)
    return views.live(known(suspected()), at.timestamp(), MORNING.date())


def test_every_line_and_service_of_the_office_is_shown_in_its_order_told_of_or_not() -> None:
    found = live()
    assert [(each.name, each.status is None) for each in found.lines] == [("circulation", False), ("standard", True)]
    assert [each.name for each in found.services] == ["cartes"]
    assert found.review == 1


def test_today_counts_what_entered_in_opening_hours() -> None:
    slot_no = round(MORNING.timestamp() * 1000) // 900_000
    slot = CallSlot(offered=8, answered=6, lost=2, within=4)
    evening = {slot_no: slot, slot_no + 16: CallSlot(offered=99, lost=99)}
    views = Views(SETTINGS, plan_of(SETTINGS).opened)
    told = known()._replace(history=history(days=[LineDay(id="lozere/circulation", day="2013-12-31", slots=evening)]))
    first, second = views.live(told, 0.0, date(2013, 12, 31)).lines
    assert first.today == Today(offered=8, lost=2, within=4)
    assert (first.today.lost_rate, first.today.service_level) == (0.25, 0.5)
    assert second.today is None
    assert (Today(0, 0, 0).lost_rate, Today(0, 0, 0).service_level) == (None, None)


@pytest.mark.parametrize(("lost", "ended", "wrong"), [(0, 0, False), (2, 9, False), (4, 9, True), (30, 240, False)])
def test_a_line_is_wrong_where_its_hour_missed_the_target_beyond_doubt(lost: int, ended: int, *, wrong: bool) -> None:
    hour = CallWindow(ended, lost / ended if ended else None, None, None)
    told = line(windows={"1h": hour})
    assert LineView("circulation", SETTINGS.lines["circulation"], told, None, None, PARIS).wrong == wrong


def test_a_line_says_why_its_corrected_figure_is_withheld() -> None:
    assert live().lines[0].withheld is None
    assert live().lines[1].withheld is None
    told = line(withheld=Withheld("undecided", 1.0, MORNING))
    found = LineView("circulation", SETTINGS.lines["circulation"], told, None, None, PARIS).withheld
    assert found == ("non publié : indécis depuis le 31 décembre 2013", "withheld: undecided since 2013-12-31")


def test_a_line_is_wrong_while_an_incident_goes_on_and_unknown_is_not_wrong() -> None:
    assert live().lines[0].wrong
    assert not live().lines[1].wrong


@pytest.mark.parametrize(
    ("mean", "longest", "wrong"),
    [(None, None, False), (600.0, 900.0, False), (1900.0, None, True), (None, 1900.0, True)],
)
def test_a_service_is_wrong_where_visitors_wait_too_long(mean: float, longest: float, *, wrong: bool) -> None:
    told = service(mean_wait=mean, longest_wait=longest)
    assert ServiceView("cartes", SETTINGS.services["cartes"], told, None).wrong == wrong


def test_by_the_wall_clock_a_line_that_nobody_tells_of_is_silent() -> None:
    assert live(LIVE, MORNING + timedelta(seconds=70)).lines[0].silent is None
    assert live(LIVE, MORNING + timedelta(minutes=20)).lines[0].silent == 1200.0
    assert live(LIVE, MORNING + timedelta(minutes=20)).services[0].silent == 1200.0
    assert live(SETTINGS, MORNING + timedelta(days=900)).lines[0].silent is None, "a replay stands where it stands"


def test_it_says_whether_the_office_is_open_and_when_it_opens() -> None:
    assert live(LIVE, MORNING).office == (MORNING, True, None)
    friday = datetime(2014, 1, 3, 18, tzinfo=PARIS)
    assert live(LIVE, friday).office == (friday, False, datetime(2014, 1, 6, 9, tzinfo=PARIS))
    assert live(SETTINGS, friday).office == (MORNING, True, None), "a replay is as late as its latest event"
    nothing = Views(SETTINGS, plan_of(SETTINGS).opened).live(
        known()._replace(lines={}, services={}), 0.0, MORNING.date()
    )
    assert nothing.office is None
