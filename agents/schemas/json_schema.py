"""The records of the topics as JSON Schema, for systems that write to Tocsin or read from it."""

from __future__ import annotations

import base64
import inspect
from typing import Any

import msgspec

from agents.history.incident_schema import PublishedIncident
from agents.kafka.dead_letters import DeadLetter
from agents.schemas.comments import comments, describe
from streams import status
from streams.chain.entry import Note
from streams.events import CallEvent, Reading, RequestEvent, Review, ServiceReading, TicketEvent
from streams.kept.packing import form_of
from streams.ledger import day
from streams.ledger.day import LedgerDay
from streams.status import Status

# msgspec refuses a moment without an offset; most validators accept such a moment as a "date-time".
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})$"

_REFUSED = b'{"line": "circulation", "call": "1362382200.17", "type": "answerd", "at": 1362382215}'

KINDS: dict[str, tuple[Any, dict[str, Any]]] = {  # a struct or a union of structs, and an example
    "call-event": (
        CallEvent,
        {
            "line": "circulation",
            "call": "1362382200.17",
            "type": "answered",
            "at": "2013-03-04T08:30:15+01:00",
            "id": "pbx-1:88213",
            "source": "pbx-1",
            "seq": 88213,
            "site": "lozere",
            "wait": 12.5,
            "agent": "4",
            "caller": "hmac:9f86d081884c7d65",
        },
    ),
    "ticket-event": (
        TicketEvent,
        {
            "service": "cartes-grises",
            "ticket": "2013-03-04/C042",
            "type": "called",
            "at": "2013-03-04T09:12:40+01:00",
            "source": "tickets-hall",
            "site": "lozere",
            "counter": "3",
        },
    ),
    "reading": (
        Reading,
        {
            "line": "circulation",
            "mode": "cumulative",
            "at": "2013-03-04T10:00:00+01:00",
            "offered": 1204,
            "answered": 1180,
            "lost": 24,
            "type": "reading",
            "source": "wallboard",
            "site": "lozere",
        },
    ),
    "service-reading": (
        ServiceReading,
        {
            "service": "cartes-grises",
            "mode": "interval",
            "since": "2013-03-04T08:30:00+01:00",
            "at": "2013-03-04T09:30:00+01:00",
            "issued": 14,
            "served": 11,
            "no_show": 1,
            "waiting": 2,
            "mean_wait": 522.0,
            "type": "reading",
            "source": "tickets-hall",
            "site": "lozere",
        },
    ),
    "request-event": (
        RequestEvent,
        {
            "channel": "email",
            "request": "2013-000417",
            "type": "received",
            "at": "2013-03-04T08:02:00+01:00",
            "source": "mailbox",
            "site": "lozere",
        },
    ),
    "review": (
        Review,
        {
            "decision": "confirm",
            "at": "2013-03-05T09:00:00+01:00",
            "by": "m.durand",
            "incident": "circulation-20130304T073000Z-rise",
            "note": "The queue was restarted by its supplier.",
            "type": "review",
            "site": "lozere",
        },
    ),
    "note": (Note, {"note": "The queue was restarted by its supplier.", "salt": "9f86d081884c7d659a2feaa0c55ad015"}),
    "ledger-day": (
        form_of(LedgerDay).kind,
        {
            "of": "line",
            "id": "lozere/circulation",
            "day": "2013-03-04",
            "offset": 88213,
            "slots": {
                "1513762": {"offered": 9, "answered": 7, "lost": 1, "open": 1, "within": 6},
                "1513763": {"offered": 4, "answered": 4, "within": 4},
            },
            "answered_waits": [{"402": 6, "477": 4, "530": 1}, 11, 111_000, 39_000],
            "lost_waits": [{"542": 1}, 1, 50_000, 50_000],
        },
    ),
    "incident": (
        PublishedIncident,
        {
            "site": "lozere",
            "id": "circulation-20130304T073000Z-rise",
            "line": "circulation",
            "cause": "rise",
            "verdict": "miscount",
            "kind": "answered-as-lost",
            "from": "2013-03-04T08:30:00+01:00",
            "to": "2013-03-04T17:00:00+01:00",
            "detected_at": "2013-03-04T09:12:40+01:00",
            "calls_to_detect": 12,
            "status": "confirmed",
            "evidence": [
                {
                    "check": "lost rate",
                    "observed": 0.1956,
                    "expected": 0.0187,
                    "score": 9.5,
                    "says": "19,56 % d'appels perdus au lieu de 1,87 %",
                    "says_en": "19.56% of calls lost instead of 1.87%",
                }
            ],
            "decisions": [
                {
                    "decision": "confirm",
                    "at": "2013-03-05T09:00:00+01:00",
                    "by": "m.durand",
                    "note": "The queue was restarted by its supplier.",
                    "from": None,
                    "to": None,
                }
            ],
            "judged_until": None,
            "sample": {"lost": 0.9, "of_lost": 10.0, "others": 0.0, "of_others": 4.0},
            "taken": {"by": "m.durand", "at": "2013-03-04T10:05:00+01:00"},
        },
    ),
    "status": (
        Status,
        {
            "of": "line",
            "site": "lozere",
            "line": "circulation",
            "label": "Circulation",
            "at": "2013-03-04T10:42:07+01:00",
            "open": True,
            "offered": 1204,
            "answered": 1180,
            "lost": 22,
            "diverted": 0,
            "unresolved": 0,
            "waiting": 2,
            "longest_wait": 41.5,
            "windows": {
                "5m": {"ended": 0, "lost_rate": None, "service_level": None, "mean_wait": None},
                "15m": {"ended": 4, "lost_rate": 0.25, "service_level": 0.5, "mean_wait": 22.25},
                "1h": {"ended": 13, "lost_rate": 0.0769, "service_level": 0.7692, "mean_wait": 14.8},
                "1d": {"ended": 24, "lost_rate": 0.0417, "service_level": 0.8333, "mean_wait": 12.1},
            },
            "target": 0.1,
            "expected_lost_rate": 0.0187,
            "epoch": 0,
            "offset": 88213,
            "others": 411,
            "incidents": [
                {
                    "id": "circulation-20130304T073000Z-rise",
                    "verdict": "undecided",
                    "kind": "drift",
                    "status": "open",
                    "from": "2013-03-04T08:30:00+01:00",
                }
            ],
        },
    ),
    "dead-letter": (
        DeadLetter,
        {
            "reason": "invalid",
            "detail": "Invalid enum value 'answerd' - at `$.type`; "
            "expected one of answered, diverted, ended, lost, offered, ringing",
            "original": base64.b64encode(_REFUSED).decode(),
            "text": _REFUSED.decode(),
            "at": 1362382216.4,
            "key": "lozere/circulation",
            "topic": "tocsin.call-attempts",
            "partition": 6,
            "offset": 88213,
        },
    ),
}

_UNIONS = {"ledger-day": day, "status": status}  # modules whose docstring describes the structs of a union


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one of `KINDS`, with an example."""
    struct, example = KINDS[kind]
    found = schema_of(kind, struct)
    return {**found, "examples": [example]}


def schema_of(kind: str, struct: Any) -> dict[str, Any]:  # noqa: ANN401 -- a struct, or a union of structs
    """Return the JSON Schema of a struct, titled by its kind."""
    (body,), components = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
    if "$ref" in body:
        body = components.pop(struct.__name__)
    texts = comments(struct)
    for each in (body, *components.values()):
        each["description"] = _description(each.get("description") or str(getattr(_UNIONS.get(kind), "__doc__", "")))
        describe(each, texts.get(each.get("title"), {}))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tocsin:{kind}",
        **_dated(body),
        "title": kind.replace("-", " ").capitalize(),
        **({"$defs": _dated(components)} if components else {}),
    }


def _description(docstring: str) -> str:
    """Return a docstring without its examples."""
    return inspect.cleandoc(docstring).partition("\n\n>>>")[0]


def _dated(node: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    if isinstance(node, dict):
        dated = {key: _dated(value) for key, value in node.items()}
        return dated | {"pattern": _MOMENT} if node.get("format") == "date-time" else dated
    return [_dated(item) for item in node] if isinstance(node, list) else node
