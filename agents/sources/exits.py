"""Unanswered exits from queues, held until the caller has entered another queue or can no longer do so.

A dialplan sends a caller whose time is over to another queue. Within a line that is one attempt, so the exit counts for
nothing; into another line it is a transfer. Reference: docs/what-counts.md.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec import Struct, field

from agents.sources.call_source import CallSource
from streams.events import CallEvent

OVERFLOW: Final = 2  # seconds from the exit from one queue until the entry into the next one
CAP: Final = 2_000  # exits held


def at_once(left: float, at: float) -> bool:
    """Return whether a caller who left a queue enters another one so soon that it overflowed (moments in epoch s)."""
    return 0 <= at - left <= OVERFLOW


class Exit(Struct):
    """The event of an exit, the queue that the caller left, and the row that reported it."""

    event: CallEvent
    at: float  # epoch s
    queue: str
    row: int = 1

    def overflows(self, line: str, queue: str, at: float) -> bool:
        """Return whether the call, entering a queue at a moment (epoch s), stays on its line: an overflow."""
        return self.event.line == line and self.queue != queue and at_once(self.at, at)

    def into(self, line: str, source: CallSource) -> Exit:
        """Return the exit of a caller who enters another line: a loss becomes a transfer to it.

        >>> source = CallSource("pbx", "mende")
        >>> timeout = source.event("accueil", "1.1", "lost", 1362382200.0)
        >>> Exit(timeout, 1362382200.0, "600").into("standard", source).event.id
        'pbx:accueil:1.1:diverted:1362382200.0'
        """
        event = self.event
        if event.type == "lost":
            moved = source.event(event.line, event.call, "diverted", self.at, event.agent)
            moved.wait, moved.reason, moved.caller = event.wait, "transfer", event.caller
            event = moved
        event.to = line
        return Exit(event, self.at, self.queue, self.row)


class Followed(NamedTuple):
    """What becomes of the exit of a call that reaches a further queue."""

    stayed: Exit | None  # it is part of the same attempt
    counts: list[Exit]  # it ends its attempt


class Exits(Struct):
    """The held exits by call id, as plain data that `msgspec.json` can store and restore."""

    held: dict[str, Exit] = field(default_factory=dict)

    def hold(self, call: str, left: Exit) -> list[Exit] | None:
        """Delay a call's exit. Return the exits released to make room, or None if it is already held."""
        before = self.held.get(call)
        if before is not None and before.event.id == left.event.id:
            return None
        freed = [self.held.pop(call)] if before is not None else []
        if len(self.held) >= CAP:
            freed.append(self.held.pop(next(iter(self.held))))
        self.held[call] = left
        return freed

    def take(self, call: str) -> Exit | None:
        """Return a call's exit and hold it no longer; None if there is none."""
        return self.held.pop(call, None)

    def follow(self, call: str, queue: str, here: CallEvent, source: CallSource) -> Followed:
        """Let a call reach a further queue, as the event `here` reports, and hold its exit no longer."""
        left = self.held.get(call)
        if left is None or (left.queue, left.at) == (queue, here.at):  # a repeated row reports the exit itself
            return Followed(None, [])
        del self.held[call]
        if (left.event.line, left.event.call) == (here.line, here.call):
            return Followed(left, [])
        return Followed(None, [left if left.event.line == here.line else left.into(here.line, source)])

    def over(self, at: float = float("inf")) -> list[Exit]:
        """Return the exits after which no other queue can follow at a moment (epoch s), and hold them no longer."""
        gone = []
        for call, left in self.held.items():
            if left.at >= at - OVERFLOW:
                break
            gone.append(call)
        return [self.held.pop(call) for call in gone]
