"""Forged incidents: they decide which calls a corrected figure leaves out."""

from __future__ import annotations

from typing import Final

import msgspec

from agents.history.incident_schema import PublishedIncident
from agents.kafka.client import Topic
from tests.attack.forgery import Forged, Forgery, Json, encoded
from tests.attack.stage import DECLARED, Honest, Row

ENDLESS: Final = "circulation-20231118T060000Z-endless"
PHANTOM: Final = "circulation-20231117T060000Z-phantom"


def _incident(honest: Honest) -> tuple[str, Json]:
    """Return the key and the content of the declared incident, at each later turn of another one."""
    found = [(key, msgspec.json.decode(value)) for key, value in honest.latest(Topic.INCIDENTS).items()]
    return sorted(found, key=lambda each: (each[1]["id"] != DECLARED, each[0]))[honest.turn]


def _put(key: str, incident: Json) -> Forged:
    return Forged([Row(Topic.INCIDENTS, key.encode(), encoded(incident))], incident["id"])


def _deleted(honest: Honest) -> Forged:
    key, incident = _incident(honest)
    return Forged([Row(Topic.INCIDENTS, key.encode(), None)], incident["id"])


def _longer(honest: Honest) -> Forged:
    key, incident = _incident(honest.at(max(honest.turn, 1)))  # the declared one has the bounds of its decision
    return _put(key, incident | {"to": f"{incident['from'][:10]}T23:59:00+01:00"})


def _dismissed(honest: Honest) -> Forged:
    key, incident = _incident(honest)
    decision = {"decision": "dismiss", "by": "Mme la Préfète", "at": "2023-11-30T09:00:00+01:00", "note": "x"}
    decided = incident["decisions"]
    return _put(key, incident | {"status": "dismissed", "decisions": [*decided, decision | {"from": None, "to": None}]})


def _taken(honest: Honest) -> Forged:
    key, incident = _incident(honest)
    return _put(key, incident | {"taken": {"by": "Mme la Préfète", "at": "2023-11-30T09:00:00+01:00"}})


def _other_key(honest: Honest) -> Forged:
    _, incident = _incident(honest)
    return _put("another-key", incident | {"status": "dismissed"})


def _invented(honest: Honest) -> Forged:
    key, incident = _incident(honest)
    moments = {"from": "2023-11-17T07:00:00+01:00", "to": "2023-11-17T19:00:00+01:00"}
    return _put(key.replace(incident["id"], PHANTOM), incident | {"id": PHANTOM} | moments)


def _score(honest: Honest) -> Forged:
    key, incident = _incident(honest)
    evidence = {"check": "x", "observed": 1e308, "expected": -1e308, "score": 1e308, "says": "x", "says_en": "x"}
    return _put(key, incident | {"evidence": [evidence]})


def _year_9999(honest: Honest) -> Forged:
    key, incident = _incident(honest)
    moments = {"from": "0001-01-01T00:00:00+00:00", "to": "9999-12-31T23:59:59+00:00"}
    return _put(key.replace(incident["id"], ENDLESS), incident | {"id": ENDLESS} | moments)


def _row(name: str, forge: object) -> Forgery:
    return Forgery(f"incident: {name}", Topic.INCIDENTS, PublishedIncident, forge)  # type: ignore[arg-type]


INCIDENTS: Final = (
    _row("deleted", _deleted),
    _row("made longer", _longer),
    _row("dismissed without a decision", _dismissed),
    _row("taken without a record of the log", _taken),
    _row("under another key", _other_key),
    _row("invented", _invented),
    _row("a score of 1e308", _score),
    _row("from the year 1 to 9999", _year_9999),
)
