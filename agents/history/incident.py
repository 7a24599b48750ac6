"""An incident as `tocsin.incidents` has it, checked when it is read: who may write there may write anything."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from streams.events import Decision
from streams.status import Moment
from streams.watch import incident
from streams.watch.incident import Standing, Verdict
from streams.watch.laws import Kind


class Evidence(incident.Evidence, array_like=False):
    """Hold what one check saw beside what it expected, its score in nats (for a miscount where positive), in words."""


class Decided(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """Hold what a person decided, when, who and why; `from` and `to` replace the incident's, where they are given."""

    decision: Decision
    at: Moment
    by: str
    note: str
    start: Moment | None
    end: Moment | None


class Incident(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """Hold the latest state of an incident: what it is, by which check, within which bounds, and what was decided."""

    site: str
    id: str
    line: str
    cause: str
    verdict: Verdict
    kind: Kind
    start: Moment
    end: Moment
    detected_at: Moment
    calls_to_detect: int
    status: Standing
    evidence: list[Evidence]
    decisions: list[Decided]


_check: Final = msgspec.json.Decoder(Incident).decode


def read(value: bytes) -> dict[str, Any]:
    """Return an incident as it was published; raise `msgspec.MsgspecError` or `RecursionError` where it is none."""
    _check(value)
    found: dict[str, Any] = msgspec.json.decode(value)
    return found
