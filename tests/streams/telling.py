"""What the tests of the domain are told: events, short to write."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.events import CallEvent
from streams.rules import LineRules

RULES = LineRules(site="lozere", line="circulation", max_call=600_000)


def event(kind: str, at: float, call: str = "1", line: str = "circulation", **more: Any) -> CallEvent:
    """Return a call event; `at`, `wait` and `talk` in seconds."""
    return msgspec.convert({"line": line, "call": call, "type": kind, "at": at, **more}, CallEvent)
