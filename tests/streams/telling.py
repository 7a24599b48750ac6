"""Events and records for the tests, short to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from streams.calls.rules import LineRules
from streams.events import CallEvent

RULES = LineRules(site="lozere", line="circulation", max_call=600_000)


@dataclass
class Message:
    """A record of a topic."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 4_200_000_000_000  # ms: after every event, unless a test says otherwise


def event(kind: str, at: float, call: str = "1", line: str = "circulation", **more: Any) -> CallEvent:
    """Return a call event; `at`, `wait` and `talk` in seconds."""
    return msgspec.convert({"line": line, "call": call, "type": kind, "at": at, **more}, CallEvent)


def value(kind: str = "answered", at: float = 100.0, call: str = "1", line: str = "standard", **more: Any) -> bytes:
    return msgspec.json.encode(event(kind, at, call, line, **more))
