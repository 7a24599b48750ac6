"""The analysis of a morning of tickets matches the figures counted by hand."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.analysis.table import show
from agents.catalogue import services
from config.settings import Service, Settings
from config.sums import DeskSum
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM

PARIS = ZoneInfo("Europe/Paris")
OFFICE = Settings(site="lozere", services={"cartes-grises": Service(target_wait=600.0), "permis": Service()})

# 23 November 2026, a Monday. A1 waits 6 min and takes 10. A2 is never called. A3 waits 20 min and does not appear.
# A4 moves to the driving licences and waits there from 9:30 to 9:45. A5 gives up.
MORNING = """
9:00 A1 issued
9:01 A2 issued
9:02 A3 issued
9:06 A1 called
9:08 A1 recalled
9:10 A4 issued
9:12 A5 issued
9:14 A1 served
9:24 A1 completed
9:22 A3 called
9:25 A3 no_show
9:26 A4 called
9:27 A4 served
9:28 A5 cancelled
9:30 A4 transferred
"""


def moment(clock: str, day: int = 23) -> str:
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=PARIS).isoformat()


def ticket(clock: str, name: str, kind: str, service: str = "cartes-grises", day: int = 23) -> dict[str, Any]:
    to = {"to": "permis"} if kind == "transferred" else {}
    return {"service": service, "ticket": name, "type": kind, "at": moment(clock, day), "counter": "1"} | to


def analysed(*more: dict[str, Any], office: Settings = OFFICE) -> Analysis:
    morning = [ticket(clock, name, kind) for clock, name, kind in map(str.split, MORNING.strip().splitlines())]
    analysis = Analysis(office)
    analysis.take(events((json.dumps(each).encode() for each in (*morning, *more)), PSEUDONYM))
    return analysis


def told(*more: dict[str, Any]) -> dict[str, Any]:
    return document(analysed(*more))


def test_a_morning_counted_by_hand() -> None:
    found = told(ticket("9:45", "A4", "called", "permis"), ticket("9:50", "A4", "completed", "permis"))
    cards, licences = found["services"]["cartes-grises"], found["services"]["permis"]
    assert {kind: cards[kind] for kind in ("issued", "served", "no_show", "not_called", "cancelled")} == {
        "issued": 5,
        "served": 2,
        "no_show": 1,
        "not_called": 1,
        "cancelled": 1,
    }
    # Called: A1 after 6 min, A3 after 20, A4 after 16.
    assert cards["wait"]["count"] == 3
    assert cards["wait"]["mean"] == pytest.approx(14 * 60)
    assert cards["wait"]["max"] == 20 * 60
    assert cards["within_target"] == pytest.approx(1 / 3)
    assert (licences["issued"], licences["served"]) == (1, 1)
    assert licences["wait"]["mean"] == 15 * 60
    assert licences["time_in_service"]["mean"] == 5 * 60


def test_a_number_that_comes_back_the_next_day_is_another_ticket() -> None:
    found = told(ticket("9:00", "A1", "issued", day=24), ticket("9:02", "A1", "called", day=24))
    cards = found["services"]["cartes-grises"]
    assert cards["issued"] == 6
    assert cards["wait"]["count"] == 4


def test_a_sum_has_its_services_figures_by_visitor_and_no_ticket_counts_twice() -> None:
    summed = OFFICE.model_copy(update={"sums": {"guichets": DeskSum(services=("cartes-grises", "permis"))}})
    analysis = analysed(ticket("9:45", "A4", "called", "permis"), office=summed)
    found = document(analysis)["services"]
    both = found["guichets"]
    assert both["parts"] == ("cartes-grises", "permis")
    assert "parts" not in found["permis"]
    assert (both["issued"], both["wait"]["count"]) == (6, 4)
    assert both["wait"]["mean"] == (6 + 20 + 16 + 15) * 60 / 4
    assert both["within_target"] is None, "its services have other targets"
    assert both["corrected"]["guard"] == "no baseline"
    printed = StringIO()
    show(analysis, Console(file=printed, width=200), full=False)
    assert "6 tickets" in printed.getvalue()
    assert "guichets" in printed.getvalue()


def test_visits_without_a_ticket_are_counted_and_have_no_wait() -> None:
    before, analysis = document(analysed())["services"]["permis"], analysed(ticket("9:40", "v1", "served", "permis"))
    after = document(analysis)["services"]["permis"]
    assert (after["unticketed"], after["served"] - before["served"], after["issued"] - before["issued"]) == (1, 1, 1)
    assert (after["wait"], after["anomalies"]) == (before["wait"], before["anomalies"])
    printed = StringIO()
    show(analysis, Console(file=printed, width=200), full=False)
    assert "permis: 1 served without a ticket" in printed.getvalue()


def test_visitors_with_an_appointment_are_counted_apart_whatever_event_says_so() -> None:
    more = [
        ticket("9:40", "B1", "issued") | {"appointment": True},
        ticket("9:42", "B1", "called"),
        ticket("9:43", "B1", "completed"),
        ticket("9:40", "B2", "issued"),
        ticket("9:44", "B2", "called") | {"appointment": True},
        ticket("9:50", "B2", "no_show"),
        ticket("9:41", "B3", "issued") | {"appointment": False},
    ]
    analysis = analysed(*more)
    found = document(analysis)["services"]
    assert found["cartes-grises"]["booked"] == {
        "issued": 2,
        "served": 1,
        "no_show": 1,
        "wait": (2 + 4) * 60 / 2,
        "walk_in_wait": 14 * 60.0,
        "called": 2,
        "walk_ins": 3,
    }
    assert "booked" not in found["permis"]
    printed = StringIO()
    show(analysis, Console(file=printed, width=200), full=False)
    assert "With an appointment, as counted: tickets 2, served 1, no-shows 1; mean wait 3" in printed.getvalue()
    one, other = (Analysis(OFFICE), Analysis(OFFICE))
    one.take(events((json.dumps(each).encode() for each in more), PSEUDONYM))
    other.take(events((json.dumps(each).encode() for each in (*reversed(more), *more)), PSEUDONYM))
    assert one.services["cartes-grises"].days() == other.services["cartes-grises"].days()


def test_a_ticket_of_no_known_service_is_told() -> None:
    found = told(ticket("9:00", "B1", "issued", "passeports"))
    assert found["refused"] == {"unknown-service": 1}


def test_an_office_closes_with_its_last_opening_hour_or_at_midnight_when_it_never_opens() -> None:
    closing = services(OFFICE)["permis"].closing
    calendar = OFFICE.calendar()
    monday = datetime(2026, 11, 23, 10, tzinfo=PARIS).timestamp() * 1000
    sunday = monday - 86_400_000
    assert closing(round(monday)) == datetime(2026, 11, 23, 17, tzinfo=PARIS).timestamp() * 1000
    assert closing(round(sunday)) == calendar.day_bounds(date(2026, 11, 22))[1] * 1000
