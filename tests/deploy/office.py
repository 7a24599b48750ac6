"""The office of Lozère in a month with everything that the boards can show, up to a moment of a morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from heapq import merge
from typing import Any, Final

import msgspec
import yaml
from msgspec import structs

from agents.simulation.office import faults_of, office_days, office_of, overloads_of
from agents.sources.entry import Accepted
from config.settings import DEFAULT, Settings
from streams.events import CallEvent, Event, TicketEvent, milliseconds
from streams.simulation.requests import ChannelProfile, request_events
from streams.simulation.simulate import simulate
from streams.simulation.visits import ServiceProfile, ticket_events

FIRST, LAST = date(2013, 12, 2), date(2013, 12, 20)
ELEVEN: Final = 11 * 3600  # s after midnight of the last day: here it ends
SEED: Final = 1

DESKS: Final = (
    ServiceProfile(service="cartes-grises", visitors_a_day=45.0, counters=2, time_in_service=8.70 * 60),
    ServiceProfile(service="permis", visitors_a_day=45.0, counters=1, time_in_service=8.70 * 60),
)
CHANNELS: Final = (
    ChannelProfile(channel="email", received=60, mean=1.91, days="working", deadline=5, in_time=0.9, pending=4),
    ChannelProfile(channel="im341", received=60, mean=2.91, ends="delivered"),
)
MISCOUNT: Final = "circulation:phantoms:2013-12-18:2013-12-20"
SPENT: Final = "cni-passeport:absence:2013-12-12:2013-12-18:0.9"  # enough losses to use up the year's budget
SECOND: Final = "cel"
OVERLOAD: Final = "etrangers:absence:2013-12-19:2013-12-20:0.85"


def configuration() -> dict[str, Any]:
    """Return the configuration of the office, with a counter at which people wait too long."""
    found: dict[str, Any] = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    found["services"]["permis"] = {"label": "Permis de conduire", "target_wait": "10m"}
    found["lines"]["standard"]["witness"] = SECOND
    found["place"] = {"region": "Occitanie", "department": "Lozère"}
    return found


def told_twice(events: Sequence[Event]) -> list[Event]:
    """Return a second record's events of a line's calls."""
    return [
        structs.replace(event, source=SECOND)
        for event in events
        if isinstance(event, CallEvent) and event.line == "standard"
    ]


def told(settings: Settings) -> list[Event]:
    """Return the office's events in order; at the end somebody waits on a line, and somebody at a counter."""
    days = office_days(settings, FIRST, LAST)
    office = office_of(settings, {}, "cumulative", 0.03, source_per_line=False)
    faults = faults_of(MISCOUNT, settings)
    overloads = [*overloads_of(SPENT, settings), *overloads_of(OVERLOAD, settings)]
    end = days[-1].start + ELEVEN
    calls = simulate(office, days, SEED, faults, overloads)[0]
    at = {"at": end - 60, "site": settings.site, "source": "switch"}
    waiting: list[Event] = [
        msgspec.convert({"type": "offered", "line": "standard", "call": "last", **at}, CallEvent),
        msgspec.convert(
            {"type": "diverted", "line": "standard", "call": "away", "reason": "voicemail", **at}, CallEvent
        ),
        msgspec.convert({"type": "issued", "service": DESKS[0].service, "ticket": "last", **at}, TicketEvent),
    ]
    others: list[Sequence[Event]] = [
        *(ticket_events(each, days, settings.site, SEED) for each in DESKS),
        *(request_events(each, days, settings.site, SEED) for each in CHANNELS),
    ]
    everything = merge(calls, *others, key=lambda event: milliseconds(event.at))
    return [*(event for event in everything if milliseconds(event.at) < (end - 60) * 1000), *waiting]


def rows(events: Sequence[Event]) -> list[Accepted]:
    encode = msgspec.json.Encoder().encode
    return [Accepted(row, event, encode(event)) for row, event in enumerate(events, 1)]
