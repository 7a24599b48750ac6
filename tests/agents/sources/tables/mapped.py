"""Tables of calls and visits, and the events that a mapping makes of their rows."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.kind import FileKind
from agents.sources.registry import CONNECTORS
from config.mapping import Table, available
from streams.events import CallEvent, TicketEvent
from tests.agents.sources.contexts import context

PARIS = ZoneInfo("Europe/Paris")
LINES = {"standard": "standard", "600": "circulation", "bank": "bank"}
T = 1_700_000_000

CALLS: dict[str, Any] = {
    "of": "calls",
    "id": "call",
    "queue": "queue",
    "moments": {"offered": "entered", "answered": "answered", "ended": "ended"},
    "caller": {"column": "caller", "unknown": "0"},
    "agent": "agent",
}
OPTIONAL = ("answered", "ended", "caller", "agent")
TICKETS = "ticket,service,issued,called,served,completed,outcome,counter\n"


def mapping(**changes: Any) -> Table:
    said = {**CALLS, **changes}
    named = Table.model_validate_json(json.dumps(said)).used()
    return Table.model_validate_json(json.dumps({**said, "optional": [name for name in OPTIONAL if name in named]}))


def of_table(by: Table, **changes: Any) -> Context:
    return context(**{"source": "test", "table": by, "line_of": LINES.get, **changes})


def read(text: str | bytes, by: Table | str) -> list[Entry]:
    by = available({})[by] if isinstance(by, str) else by
    raw = text.encode() if isinstance(text, str) else text
    told = CONNECTORS[FileKind(by.of)].read(raw.splitlines(keepends=True), of_table(by))
    return sorted(told, key=lambda each: each.row)  # these tests check the order of the rows


def calls(text: str | bytes, by: Table | str) -> list[CallEvent]:
    return [each.event for each in read(text, by) if isinstance(each, Accepted) and isinstance(each.event, CallEvent)]


def told(text: str | bytes, by: Table | str) -> list[tuple[Any, ...]]:
    return [
        (each.event.call, each.event.type, each.event.at, each.event.wait, each.event.talk, each.event.reason)
        if isinstance(each, Accepted) and isinstance(each.event, CallEvent)
        else (each.row, each.why.reason if isinstance(each, Refused) else None)
        for each in read(text, by)
    ]


def steps(text: str, by: Table | str) -> list[tuple[str, float]]:
    events = [each.event for each in read(text, by) if isinstance(each, Accepted)]
    return [(event.type, float(event.at)) for event in events if isinstance(event, TicketEvent)]  # type: ignore[arg-type]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()
