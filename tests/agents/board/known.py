"""The topics of a small office without Kafka: a year of its ledger, an incident and live figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from agents.board.follower import Follower, Known
from agents.history.incident_json import incident_json
from agents.history.ledger import History
from config.settings import Holidays, Line, Service, Settings
from config.shared import Kafka
from streams.ledger.day import LedgerDay, day_key, write_day
from streams.status import CallWindow, LineStatus, Ongoing, ServiceStatus, TicketWindow
from streams.watch.incident import Incident
from tests.agents.totals.year import HOSTILE, PARIS, ledger, wrong

SETTINGS = Settings(
    site="lozere",
    clock="event",
    kafka=Kafka(partitions=1),
    opening_hours="Mo-Fr 09:00-13:00",
    holidays=Holidays(country=None),
    lines={"circulation": Line(label="Circulation", target=0.10), "standard": Line(label=HOSTILE, target=0.02)},
    services={"cartes": Service(label="Cartes grises", target_wait=1800.0)},
)
MORNING = datetime(2013, 12, 31, 10, 30, tzinfo=PARIS)  # the ledger's last day, a Tuesday


@dataclass
class Record:
    """A record of a topic, as kafka-python returns it."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int = 0
    offset: int = 0
    timestamp: int = 0


def history(*incidents: Incident, days: list[LedgerDay] | None = None) -> History:
    found = _year().copy() if days is None else _of_days(days)
    for each in incidents:
        told = {"site": "lozere", **incident_json(each, PARIS)}
        found.take(Record(found.topics[1], each.id.encode(), msgspec.json.encode(told)))
    return found


@cache
def _year() -> History:
    return _of_days(ledger())


def _of_days(days: list[LedgerDay]) -> History:
    found = History(SETTINGS)
    for day in days:
        found.take(Record(found.topics[0], day_key(day).encode(), write_day(day)))
    return found


def line(name: str = "circulation", at: datetime = MORNING, **more: Any) -> LineStatus:
    nothing = CallWindow(0, None, None, None)
    given: dict[str, Any] = {
        "site": "lozere",
        "line": name,
        "label": name,
        "at": at,
        "open": True,
        "offered": 20,
        "answered": 17,
        "lost": 1,
        "diverted": 0,
        "unresolved": 0,
        "waiting": 2,
        "longest_wait": 125.0,
        "target": 0.1,
        "expected_lost_rate": 0.019,
        "incidents": [],
        "epoch": 0,
        "offset": 40,
        "others": -2,
        "windows": {"5m": nothing, "15m": nothing, "1h": CallWindow(18, 1 / 18, 0.5, 14.0), "1d": nothing},
    }
    return LineStatus(**{**given, **more})


def service(at: datetime = MORNING, mean_wait: float | None = 600.0, **more: Any) -> ServiceStatus:
    window = TicketWindow(3, mean_wait, 2)
    given: dict[str, Any] = {
        "site": "lozere",
        "service": "cartes",
        "label": "Cartes grises",
        "at": at,
        "open": True,
        "issued": 9,
        "served": 3,
        "no_show": 0,
        "cancelled": 0,
        "transferred": 0,
        "waiting": 6,
        "longest_wait": 900.0,
        "target_wait": 1800.0,
        "epoch": 0,
        "offset": 40,
        "others": 0,
        "windows": dict.fromkeys(("5m", "15m", "1h", "1d"), window),
    }
    return ServiceStatus(**{**given, **more})


def ongoing(incident: Incident) -> Ongoing:
    start = datetime.fromtimestamp(incident.start / 1000, PARIS)
    return Ongoing(incident.id, incident.verdict, incident.kind, incident.status, start, incident.cause)


def known(*incidents: Incident) -> Known:
    told = line(incidents=[ongoing(each) for each in incidents])
    return Known(history(*incidents), {told.id: told}, {"lozere/cartes": service()})


def follower(what: Known, read: float | None, settings: Settings = SETTINGS) -> Follower:
    """Return a follower that has read these topics and reads no further."""
    found = Follower(settings)
    found.known, found.read = what, read
    return found


def suspected(**more: Any) -> Incident:
    """Return the incident to review."""
    return wrong(**{"status": "open", "decisions": [], **more})
