"""A counter and a register over a period show the believed mean, and strike out the one that was counted."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from agents.board.periods.download import as_json
from agents.desk_view.figures import DeskFigures
from agents.desk_view.reading import DeskKind, DeskReader, DeskView
from agents.desk_view.waits import shown_waits
from agents.language import Language
from agents.translation import Words
from config.settings import Channel
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, LedgerDay, RequestSlot, ServiceDay, TicketSlot
from streams.periods.named import period_of
from streams.watch.incident import Incident
from tests.agents.board.known import SETTINGS, history
from tests.agents.totals.year import PARIS
from tests.streams.indicators.telling import incident

OFFICE = SETTINGS.model_copy(update={"requests": {"email": Channel(label="E-mails", days="calendar", target_days=5)}})
LATER = datetime(2014, 11, 4, 12, 0, tzinfo=PARIS)
TEXT = Words(Language.EN)
WRONG = date(2013, 9, 23)  # the first wrong day: a week of the month, 20 open days before it


def days(wait: int = 600, wrong: int = 10, *, recounted: bool = False) -> list[LedgerDay]:
    """Return three months of a counter and a register; from `WRONG` waits are 10 s, and delays 0 days."""
    found: list[LedgerDay] = []
    for number in range(92):
        day = date(2013, 7, 1) + timedelta(number)
        if day.weekday() < 5:
            at = round(datetime(day.year, day.month, day.day, 10, tzinfo=PARIS).timestamp()) // 900
            waits, sound = Waits(), Waits()
            for _ in range(40):
                waits.add((wrong if day >= WRONG else wait) * 1000)
                sound.add(wait * 1000)
            true = sound if recounted and day >= WRONG else None
            slot = TicketSlot(issued=40, served=40)
            found.append(
                ServiceDay(id="lozere/cartes", day=day.isoformat(), slots={at: slot}, waits=waits, recounted=true)
            )
            delay = 0 if day >= WRONG else 160
            asked = RequestSlot(received=40, answered=40, within=40 if day >= WRONG else 30, days=delay)
            found.append(ChannelDay(id="lozere/email", day=day.isoformat(), slots={at: asked}))
    return found


def fault(name: str, desk: Any, cause: str) -> Incident:
    found = incident(WRONG, date(2013, 9, 30), cause=cause, kind="unit")
    found.id, found.line, found.desk = f"{name}-20130922T220000Z-unit", name, desk
    return found


def view(kind: DeskKind, name: str, period: str, *, sound: bool = False, recounted: bool = False) -> DeskView:
    faults = [fault("cartes", "service", "waits divided by 60"), fault("email", "channel", "same moments")]
    told = history(*([] if sound else faults), days=days(recounted=recounted))
    return DeskReader(OFFICE).view(told, kind, name, period_of(period), LATER)


def shown(kind: DeskKind, name: str, period: str, **more: bool) -> DeskFigures:
    return DeskFigures(OFFICE, TEXT, view(kind, name, period, **more))


def test_a_counters_headline_has_its_visits_without_a_ticket() -> None:
    slot = TicketSlot(issued=9, served=9, unticketed=7)
    at = round(datetime(2013, 9, 24, 10, tzinfo=PARIS).timestamp()) // 900
    told = history(days=[ServiceDay(id="lozere/cartes", day="2013-09-24", slots={at: slot})])
    view = DeskReader(OFFICE).view(told, "services", "cartes", period_of("2013-09-24"), LATER)
    assert "7 served without a ticket" in DeskFigures(OFFICE, TEXT, view).headline().says


@pytest.mark.parametrize("recounted", [False, True])
def test_a_wait_that_was_divided_is_struck_out(recounted: bool) -> None:  # noqa: FBT001
    found = shown("services", "cartes", "2013-Q3", recounted=recounted)
    head = found.headline()
    assert (head.figure, head.counted, head.withheld) == ("10\u202fmin", "9\u202fmin\u202f06\u202fs", None)
    assert head.says[0] == f"mean wait of {2640 if recounted else 2400:,} visitors called"
    assert "the days" in head.says[-1]
    row = dict(zip(found.compared().columns, found.compared().rows[0].cells, strict=True))
    assert (row["mean wait"], row["as counted"]) == ("10\u202fmin", "9\u202fmin\u202f06\u202fs")


def test_a_period_that_is_wrong_throughout_shows_no_mean() -> None:
    head = shown("services", "cartes", "2013-09-24").headline()
    assert (head.figure, head.counted) == ("—", "10\u202fs")
    assert head.withheld == "coverage of 0% is below 75%"


def test_a_register_is_marked_as_a_counter_is() -> None:
    head = shown("channels", "email", "2013-Q3").headline()
    assert (head.figure, head.counted) == ("75.0%", "77.3%")
    assert head.says[0] == "1,800 of 2,400 replied to within 5 days"
    (row,) = (each for each in shown("channels", "email", "2013-Q3").compared().rows[:1])
    assert row.cells[:4] == ["75.0%", "77.3%", "4.0", "3.6"]


def test_a_sound_period_shows_one_figure() -> None:
    head = shown("services", "cartes", "2013-08").headline()
    assert (head.figure, head.counted, head.withheld) == ("10\u202fmin", None, None)
    assert shown("channels", "email", "2013-08").headline().counted is None


def test_waits_of_a_wrong_period_are_named_as_counted() -> None:
    assert [each.title for each in shown_waits(view("services", "cartes", "2013-Q3"), TEXT)] == [
        "Wait until called, as counted"
    ]
    assert [each.title for each in shown_waits(view("services", "cartes", "2013-08"), TEXT)] == ["Wait until called"]


def test_programs_read_both_means() -> None:
    told = json.loads(as_json(view("services", "cartes", "2013-Q3"), "lozere", PARIS))
    assert told["suspect"]
    assert (round(told["means"]["raw"]["mean_wait"]), told["means"]["corrected"]["mean_wait"]) == (546, 600)
    assert told["means"]["corrected"]["method"] == "exclude"
    told = json.loads(as_json(view("channels", "email", "2013-08"), "lozere", PARIS))
    assert (told["suspect"], told["means"]["corrected"]["mean_days"]) == (False, 4)
