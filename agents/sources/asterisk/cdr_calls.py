"""The calls of a CDR that may have further rows: their legs, joined by their names.

It is plain data, so that `msgspec.json` can store and restore it.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from agents.sources.asterisk.rows import base

GRACE = 10.0  # seconds after the end of a call in which a further leg may begin
LONGEST = 7_200.0  # seconds: the longest time from a call's beginning to its last leg, in a table in reverse order
CAP = 50_000  # calls held; the longest held are released first

# A caller connected to a phone by one of these has reached a human.
HUMANS: Final = frozenset({"queue", "dial", "appqueue", "appdial", "retrydial", "followme", "pickup", "pickupchan"})
RUNG: Final = frozenset({"appqueue", "appdial"})  # in the own row of a phone that was called


class Leg(Struct, frozen=True):
    """One row, without any number of a caller."""

    row: int  # of the line in the file
    start: float  # epoch s
    end: float
    answer: float  # its end if it was not answered
    answered: bool
    caller: str | None
    queue: str  # empty: the leg is no visit to a queue
    line: str  # of the queue, or else of the number dialled; empty if there is none
    limit: float | None  # the queue's longest wait, in seconds
    key: bool  # whether a single key was dialled
    context: str
    channel: str
    peer: str
    app: str  # lower case
    uniqueid: str
    to_line: bool = False  # whether the number dialled belongs to a line

    @property
    def is_human(self) -> bool:
        """Return whether a phone answered."""
        return self.answered and bool(self.peer) and self.app in HUMANS


class HeldCall(Struct):
    """The legs of one call."""

    names: set[str]  # its linkedid or unique ids, its Local channels
    start: float
    end: float
    legs: list[Leg] = field(default_factory=list)


class CdrCalls(Struct):
    """The calls that may have further rows."""

    held: dict[int, HeldCall] = field(default_factory=dict)  # in the order of their first rows
    by_name: dict[str, int] = field(default_factory=dict)
    last: int = 0
    ahead: float | None = None  # seconds by which the written times are ahead of UTC

    def hold(self, leg: Leg, linkedid: str) -> None:
        """Add a leg to the call with the same linkedid, channel or Local channel."""
        names = {f"linkedid {linkedid}" if linkedid else leg.uniqueid}
        names.update(base(channel) for channel in (leg.channel, leg.peer) if channel.startswith("Local/"))
        found = {self.by_name[name] for name in names if name in self.by_name}
        if not found:
            self.last += 1
            self.held[self.last] = HeldCall(names, leg.start, leg.end, [leg])
            self.by_name.update(dict.fromkeys(names, self.last))
            return
        number, *others = sorted(found)
        call = self.held[number]
        call.names |= names
        call.legs.append(leg)
        call.start, call.end = min(call.start, leg.start), max(call.end, leg.end)
        for other in (self.held.pop(each) for each in others):
            call.names |= other.names
            call.legs += other.legs
            call.start, call.end = min(call.start, other.start), max(call.end, other.end)
        self.by_name.update(dict.fromkeys(call.names, number))

    def over(self, leg: Leg | None) -> list[HeldCall]:
        """Release the longest-held calls that a row shows to be over; without a row, release all."""
        released: list[HeldCall] = []
        while self.held:
            number, call = next(iter(self.held.items()))
            over = leg is None or leg.start > call.end + GRACE or leg.start < call.start - LONGEST
            if not over and len(self.held) < CAP:
                break
            released.append(self.held.pop(number))
            for name in call.names:
                del self.by_name[name]
        return released
