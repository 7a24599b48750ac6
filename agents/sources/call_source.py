"""The fields that call events of all exchanges share: their source, and an id.

A repeated event has the same id, so it counts once, whatever file or connection it comes from.
"""

from __future__ import annotations

from typing import NamedTuple

from agents.sources.entry import short
from streams.events import CallEvent, CallType


class CallSource(NamedTuple):
    """The system that reports calls, and its site."""

    name: str
    site: str

    def event(self, line: str, call: str, kind: CallType, at: float, agent: str | None = None) -> CallEvent:
        """Return an event at a moment (epoch s).

        >>> CallSource("pbx", "mende").event("accueil", "1.1", "lost", 1362382200.0).id
        'pbx:accueil:1.1:lost:1362382200.0'
        """
        identity = f"{self.name}:{line}:{call}:{kind}:{at}"
        if kind == "ringing":  # several telephones at once
            identity = f"{identity}:{agent}"
        return CallEvent(
            line=line,
            call=call,
            type=kind,
            at=at,
            id=short(identity),
            source=self.name,
            site=self.site,
            agent=agent,
        )
