"""An office at 11:19: one line is overloaded, one is miscounted, the others are calm, and one has no data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from agents.board.follower import Known
from config.settings import Holidays, Line, Service, Settings
from streams.ledger.day import CallSlot, LedgerDay, LineDay, ServiceDay, TicketSlot
from streams.status import CallWindow, LineStatus, TicketWindow, UsualHour
from streams.watch.facts import KeptSentences
from streams.watch.incident import Evidence, Incident
from tests.agents.board.known import history, line, ongoing, service
from tests.agents.totals.year import PARIS

AT = datetime(2013, 11, 12, 11, 19, tzinfo=PARIS)  # a Tuesday
OPENS = datetime(2013, 11, 12, 9, tzinfo=PARIS)
SETTINGS = Settings(
    site="lozere",
    clock="event",
    opening_hours="Mo-Fr 09:00-12:00,14:00-16:00",
    holidays=Holidays(country=None),
    lines={
        "standard": Line(label="Standard", target=0.1),
        "etrangers": Line(label="Étrangers", target=0.1),
        "circulation": Line(label="Circulation", target=0.1),
        "cni": Line(label="CNI, passeports", target=0.1),
        "aides": Line(label="Aides", target=0.1),
    },
    services={"cartes": Service(label="Cartes grises", target_wait=1800.0)},
)
USUAL = {9: UsualHour(8.0, 0.03), 10: UsualHour(7.0, 0.04), 11: UsualHour(5.5, 0.03), 14: UsualHour(7.0, 0.04)}
USUAL |= {15: UsualHour(4.0, 0.03)}


def slot_no(number: int) -> int:
    """Return the number of a slot of the morning, counted from 9:00."""
    return round(OPENS.timestamp()) // 900 + number


def drowning(number: int) -> CallSlot:
    lost = max(0, number - 2)
    return CallSlot(offered=8 + 2 * number, answered=8 + 2 * number - lost, lost=lost, within=6)


def miscounted(number: int) -> CallSlot:
    return CallSlot(offered=8, answered=6 - number % 2, lost=2 + number % 2, within=4, talked=2)


def calm(number: int) -> CallSlot:
    return CallSlot(offered=4 + number % 3, answered=4 + number % 3 - number % 5 // 4, lost=number % 5 // 4, within=3)


def incident(line: str, verdict: Any, kind: Any, hours: int) -> Incident:
    start, end = round(OPENS.timestamp() - 3600 * hours) * 1000, round(AT.timestamp()) * 1000
    evidence = [Evidence("lost rate", 0.2, 0.02, 12.0, KeptSentences("perdus", "lost"))]
    name = f"{line}-{hours}-{kind}"
    return Incident(name, line, "rise", verdict, kind, start, end, start + 900_000, 12, evidence=evidence)


DROWNS = incident("etrangers", "overload", "overload", 0)
WRONG = incident("circulation", "miscount", "answered-as-lost", 24)


def statuses() -> list[LineStatus]:
    """Return the current statuses of the lines."""
    windows = {
        "standard": CallWindow(47, 0.0, 0.91, 9.0),
        "etrangers": CallWindow(79, 15 / 79, 0.23, 95.0),
        "circulation": CallWindow(36, 6 / 36, 0.83, 12.0),
        "cni": CallWindow(46, 2 / 46, 0.85, 11.0),
    }
    more: dict[str, dict[str, Any]] = {
        "etrangers": {"waiting": 6, "longest_wait": 118.0, "agents": 2, "to_call_back": 7, "incidents": [DROWNS]},
        "circulation": {"waiting": 0, "longest_wait": None, "agents": 3, "to_call_back": 1, "incidents": [WRONG]},
        "standard": {"waiting": 0, "longest_wait": None, "agents": 2, "to_call_back": 0},
        "cni": {"waiting": 1, "longest_wait": 12.0, "agents": 2, "to_call_back": 1},
    }
    found = []
    for name, hour in windows.items():
        given = {**more[name], "incidents": [ongoing(each) for each in more[name].get("incidents", [])]}
        given["windows"] = dict.fromkeys(("5m", "15m", "1h", "1d"), hour)
        found.append(line(name, AT, usual=USUAL, **given))
    return found


def days() -> list[LedgerDay]:
    """Return the days of the morning in the ledger."""
    folds = {"standard": calm, "etrangers": drowning, "circulation": miscounted, "cni": calm}
    found: list[LedgerDay] = [
        LineDay(id=f"lozere/{name}", day="2013-11-12", slots={slot_no(number): fold(number) for number in range(10)})
        for name, fold in folds.items()
    ]
    issued = {slot_no(number): TicketSlot(issued=3 + number % 4, served=2) for number in range(10)}
    found.append(ServiceDay(id="lozere/cartes", day="2013-11-12", slots=issued))
    return found


def morning() -> Known:
    """Return the contents of the topics on that morning."""
    counter = service(AT, windows=dict.fromkeys(("5m", "15m", "1h", "1d"), TicketWindow(11, 720.0, 3)), waiting=4)
    lines = {each.id: each for each in statuses()}
    return Known(history(DROWNS, WRONG, days=days()), lines, {counter.id: counter})


def in_every_state() -> Known:
    """Return a morning with one card for each state of an open office."""
    known, gap = morning(), incident("cni", "miscount", "missing", 1)
    hour = dict.fromkeys(("5m", "15m", "1h", "1d"), CallWindow(40, 0.5, 0.2, 80.0))
    changed = (line("standard", AT, windows=hour, agents=3), line("cni", AT, incidents=[ongoing(gap)]))
    return known._replace(lines={**known.lines, **{each.id: each for each in changed}})


def evening() -> Known:
    """Return the statuses after the office has closed."""
    known, at = morning(), AT.replace(hour=19)
    return known._replace(lines={name: replace(each, at=at, incidents=[]) for name, each in known.lines.items()})


def later(known: Known, seconds: int = 20) -> Known:
    """Return the statuses a little later: the overloaded line has lost one more call."""
    name = "lozere/etrangers"
    hour = CallWindow(80, 16 / 80, 0.22, 96.0)
    windows = dict.fromkeys(("5m", "15m", "1h", "1d"), hour)
    told = line("etrangers", AT + timedelta(seconds=seconds), usual=USUAL, windows=windows, waiting=9)
    return known._replace(lines={**known.lines, name: told})
