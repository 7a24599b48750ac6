"""A nation of nine offices in January 2013: one worse, one doubtful, one silent, one retired; hostile labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from agents.history.incident_json import incident_json
from agents.history.ledger import History
from agents.kafka.client import Topic, topic
from agents.nation.figures import NationFigures, nation_figures
from agents.nation.scope import Scope, scope_of
from agents.totals.plan import plan_of
from config.nation import Nation
from config.offices import Offices
from config.part import validated
from config.settings import Settings
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LedgerDay, LineDay, ServiceDay, TicketSlot, day_key, write_day
from tests.streams.indicators.telling import incident

MONTH: Final = Period.of_months(2013, 1, 1)
TODAY: Final = date(2013, 3, 1)
PARIS: Final = ZoneInfo("Europe/Paris")
HOSTILE: Final = "=HYPERLINK(\"http://x\") <script>alert('é')</script>"
LOST: Final = {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "bad": 8, "doubt": 30}  # of 40 in a slot
REGIONS: Final = {"a": "North", "b": "North", "c": "North", "bad": "North"}  # the others lie in the South


@dataclass
class MadeRecord:
    """A record of a topic, as kafka-python returns it."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int = 0
    offset: int = 0
    timestamp: int = 0


def document(site: str) -> dict[str, object]:
    return {
        "site": site,
        "holidays": {"country": None},
        "opening_hours": "Mo-Fr 09:00-11:00",
        "office": {"name": HOSTILE if site == "bad" else f"Prefecture {site}"},
        "place": {
            "region": REGIONS.get(site, "South"),
            "department": f"Department {site}",
            **({"until": "2012-12-31"} if site == "closed" else {}),
        },
        "lines": {
            "circulation": {"label": "Circulation", "target": 0.10, "expected_lost_rate": 0.02},
            "standard": {"label": "Standard", "target": 0.02, "expected_lost_rate": 0.002},
        },
        "services": {"cartes": {"label": "Cartes grises", "target_wait": "30m"}},
    }


def offices(shared: dict[str, object] | None = None) -> Offices:
    """Return the nation; `shared` has further settings for all offices."""
    sites = (*LOST, "mute", "closed")
    nation = validated(Nation, {"sites": ["offices"], "office": {"name": "Nation"}, **(shared or {})}, "nation.yaml")
    settings = [validated(Settings, document(site), f"{site}.yaml") for site in sites]
    return Offices(nation, {each.site: each for each in sorted(settings, key=lambda each: each.site)})


def days(settings: Settings) -> Iterator[LedgerDay]:
    opened = plan_of(settings).opened
    for passed in range(31):
        day = MONTH.first + timedelta(passed)
        for name, lost in (("circulation", LOST[settings.site]), ("standard", 0)):
            found = LineDay(id=f"{settings.site}/{name}", day=day.isoformat(), offset=passed, closed=True)
            for slot_no in opened(day):
                found.slots[slot_no] = CallSlot(
                    offered=40, answered=40 - lost, lost=lost, lost_for={"abandoned": lost} if lost else {}
                )
            yield found
        service = ServiceDay(id=f"{settings.site}/cartes", day=day.isoformat(), offset=passed, closed=True)
        service.slots[1] = TicketSlot(issued=2, served=2)
        service.waits.add(600_000)
        yield service


def records(of: Offices) -> Iterator[tuple[Topic, bytes, bytes]]:
    """Yield the records of the topics for the month."""
    for site in LOST:
        for day in days(of.sites[site]):
            yield Topic.LEDGER, day_key(day).encode(), write_day(day)
    doubt = incident(MONTH.first, MONTH.last, verdict="undecided")
    told = msgspec.json.encode({"site": "doubt", **incident_json(doubt, PARIS)})
    yield Topic.INCIDENTS, f"doubt/{doubt.id}".encode(), told


def history(of: Offices) -> History:
    found = History(of.shared)
    for name, key, value in records(of):
        found.take(MadeRecord(topic(of.shared, name), key, value))
    return found


def figures(today: date = TODAY, period: Period = MONTH) -> NationFigures:
    of = offices()
    return nation_figures(of, history(of), period, today)


def nation(today: date = TODAY) -> Scope:
    return scope_of(figures(today))
