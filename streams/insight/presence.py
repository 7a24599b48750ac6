"""The slots in which an office served people: somebody entered who was later served, and somebody was served.

Either sign alone is misleading. Callers wait before opening, and early ones are served after closing. A slot with both
signs was within opening hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import assert_never

from streams.events import CallEvent, Event, TicketEvent, milliseconds
from streams.kept.times import QUARTER_MS


class Presence:
    """An office's served slots, from its events in any order.

    >>> presence = Presence()
    >>> for kind, at in (("offered", 600), ("answered", 1200), ("offered", 1300), ("answered", 1310)):
    ...     presence.hear(CallEvent(line="standard", call=str(at >= 1300), type=kind, at=at))
    >>> presence.slots()
    {1: 1}
    """

    def __init__(self) -> None:
        self._came = Counter[int]()  # by slot number: how many of the later served entered
        self._served: set[int] = set()  # slot numbers
        self._open: dict[Hashable, int] = {}  # people waiting, and since when (ms)

    def hear(self, event: Event) -> None:
        """Process an event; only calls and tickets count."""
        at = milliseconds(event.at)
        if isinstance(event, CallEvent):
            key: Hashable = (event.line, event.call)
            match event.type:
                case "offered":
                    self._open[key] = at
                case "answered":
                    served = at - round((event.talk or 0) * 1000)
                    self._serve(key, served - round((event.wait or 0) * 1000), served)
                case "lost" | "diverted" | "ended":
                    self._open.pop(key, None)
                case "ringing":
                    pass
                case never:
                    assert_never(never)
        elif isinstance(event, TicketEvent):
            key = (event.service, event.ticket, "")
            if event.type == "issued":
                self._open[key] = at
            elif event.type in {"called", "served"}:
                self._serve(key, at, at)

    def slots(self) -> dict[int, int]:
        """Return the numbers of the served slots, and how many people entered in each."""
        return {slot_no: count for slot_no, count in self._came.items() if slot_no in self._served}

    def _serve(self, key: Hashable, came: int, served: int) -> None:
        self._came[self._open.pop(key, came) // QUARTER_MS] += 1
        self._served.add(served // QUARTER_MS)
