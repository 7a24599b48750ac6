"""An office at 11:19 with any number of lines and services, the first lines troubled; it opens at half past eight."""

from __future__ import annotations

import time
from typing import Any

from agents.board.follower import Follower, Known
from config.settings import Line, Service, Settings
from streams.ledger.day import LedgerDay, LineDay, ServiceDay, TicketSlot
from streams.status import CallWindow, LineStatus, ServiceStatus, TicketWindow
from streams.watch.incident import Incident
from tests.agents.board import morning
from tests.agents.board.known import follower, history, line, ongoing, service

LABELS = ("Étrangers", "Circulation", "CNI, passeports", "Standard")
TROUBLES: tuple[tuple[Any, Any, int], ...] = (
    ("overload", "overload", 0),
    ("miscount", "answered-as-lost", 24),
    ("undecided", "drift", 1),
    ("miscount", "missing", 1),
)
FOLDS = (morning.drowning, morning.miscounted, morning.calm, morning.calm)
NOW: tuple[dict[str, Any], ...] = (
    {"waiting": 16, "longest_wait": 718.0, "agents": 2, "to_call_back": 27},
    {"waiting": 0, "longest_wait": None, "agents": 3, "to_call_back": 1},
    {"waiting": 1, "longest_wait": 12.0, "agents": 2, "to_call_back": 1},
    {"waiting": 0, "longest_wait": None, "agents": 2, "to_call_back": 0},
)
HOURS = (
    CallWindow(79, 5 / 79, 0.9, 95.0),
    CallWindow(36, 1 / 36, 0.83, 12.0),
    CallWindow(9, 2 / 9, 0.85, 11.0),  # above the target, but too few to judge
    CallWindow(47, 0.0, 0.91, 9.0),
)


def office(lines: int, services: int = 0, troubled: int = 0) -> tuple[Settings, Follower]:
    """Return the settings of such an office, and a follower that has read its topics."""
    names, counters = [f"l{number}" for number in range(lines)], [f"s{number}" for number in range(services)]
    own = morning.SETTINGS.office.model_copy(update={"name": "Préfecture de la Lozère"})
    settings = morning.SETTINGS.model_copy(
        update={
            "lines": {name: Line(label=f"{LABELS[n % 4]} {n + 1}", target=0.1) for n, name in enumerate(names)},
            "services": {name: Service(label=f"Cartes grises {name}", target_wait=1800.0) for name in counters},
            "opening_hours": "Mo-Fr 08:30-12:00,13:30-17:00",
            "office": own,
        }
    )
    incidents = [morning.incident(name, *TROUBLES[n % 4]) for n, name in enumerate(names[:troubled])]
    live = [_line(n, name, incidents[n : n + 1]) for n, name in enumerate(names)]
    tickets = [_service(name) for name in counters]
    what = Known(
        history(*incidents, days=_days(names, counters)),
        {each.id: each for each in live},
        {each.id: each for each in tickets},
    )
    return settings, follower(what, time.time() + 600, settings)


def _line(number: int, name: str, incidents: list[Incident]) -> LineStatus:
    windows = dict.fromkeys(("5m", "15m", "1h", "1d"), HOURS[number % 4])
    more = {**NOW[number % 4], "incidents": [ongoing(each) for each in incidents]}
    return line(name, morning.AT, usual=morning.USUAL, windows=windows, expected_lost_rate=0.047, **more)


def _service(name: str) -> ServiceStatus:
    windows = dict.fromkeys(("5m", "15m", "1h", "1d"), TicketWindow(11, 720.0, 3))
    return service(morning.AT, service=name, windows=windows, waiting=4)


def _days(lines: list[str], services: list[str]) -> list[LedgerDay]:
    slots = [(morning.slot_no(number), number) for number in range(-2, 10)]
    issued = {at: TicketSlot(issued=3 + number % 4, served=2) for at, number in slots}
    return [
        *(
            LineDay(id=f"lozere/{name}", day="2013-11-12", slots={at: FOLDS[n % 4](number) for at, number in slots})
            for n, name in enumerate(lines)
        ),
        *(ServiceDay(id=f"lozere/{name}", day="2013-11-12", slots=issued) for name in services),
    ]
