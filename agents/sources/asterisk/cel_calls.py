"""The open calls of a CEL: their participants, and where the callers among them are.

It is plain data, so that `msgspec.json` can store and restore it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from agents.sources.asterisk.rows import MACHINES, base
from agents.sources.exits import at_once
from streams.events import Reason

CAP = 5_000  # open calls; those without a row for longest are dropped first
CAP_OF_GONE = 1_000  # channels remembered after their end
CAP_OF_SYSTEMS = 100
LATER = 2  # seconds: of two channels created this far apart, the later has the higher number


class Visit(Struct):
    """A caller's time on one line, from entering it to leaving it."""

    line: str  # empty: the queue belongs to no line
    call: str
    since: float  # epoch s
    queue: str = ""  # empty: attributed by the number dialled
    place: str = ""  # the dialplan's context and extension at the entry into the queue
    limit: float | None = None  # the longest wait allowed, in seconds
    told: bool = True  # the entry is in the file
    bridged: bool = False  # connected, be it to a machine; after an answer, until the caller leaves the bridge
    answered: float = 0.0  # epoch s
    left: float = 0.0  # epoch s: when the caller left the queue; the next step is not known yet
    reason: Reason | Literal[""] = ""  # why the caller left
    digit: str = ""  # the last key pressed
    pressed: float = 0.0  # epoch s

    def overflows(self, line: str, queue: str, at: float) -> bool:
        """Return whether the visit continues in another queue of its line, which the caller enters at a moment."""
        return bool(line) and line == self.line and self.queue not in {"", queue} and self._just_left(at)

    def goes_on(self, line: str, at: float) -> bool:
        """Return whether a queue gave up a call that enters another line at a moment."""
        given_up = self.reason in {"timeout", "no_agents", "full", "unknown"}
        return given_up and bool(self.queue) and line != self.line and self._just_left(at)

    def _just_left(self, at: float) -> bool:
        return not self.answered and at_once(self.left or at, at)


class Party(Struct):
    """One channel of a call."""

    id: str  # its uniqueid
    channel: str
    last: float  # epoch s: its latest row
    told: bool = False  # its start is in the file
    app: str = ""
    line: str = ""  # by the number dialled
    since: float = 0.0
    caller: str | None = None
    placed: bool = False  # entered a line
    visit: Visit | None = None
    tries: dict[str, int] = field(default_factory=dict)  # visits by line


class Linked(Struct):
    """The channels of one linkedid."""

    parties: dict[str, Party] = field(default_factory=dict)  # by uniqueid
    human: float = 0.0  # epoch s: when a phone was connected, until its caller is found
    agent: str = ""
    rung: float = 0.0  # epoch s: when that phone began to ring
    voicemail: bool = False

    def is_phone(self, channel: str) -> bool:
        """Return whether a channel is a phone's, or the half of a Local channel that represents one."""
        if channel.endswith(";1"):
            mate = next((party for party in self.parties.values() if party.channel == f"{base(channel)};2"), None)
            return mate is None or (mate.visit is None and mate.app not in MACHINES)
        return not channel.endswith(";2")


class CelCalls(Struct):
    """Every call until its last channel has ended."""

    calls: dict[str, Linked] = field(default_factory=dict)  # by linkedid
    homes: dict[str, str] = field(default_factory=dict)  # the linkedid of each uniqueid
    newest: dict[str, tuple[float, int]] = field(default_factory=dict)  # of each system: its channel numbered highest
    gone: dict[str, None] = field(default_factory=dict)  # the latest channels that have ended
    high: float = 0.0  # epoch s: the latest row
    starts: bool = False  # a row has shown a queue's start

    def find(self, uniqueid: str, linkedid: str) -> tuple[Linked, Party] | None:
        """Return a channel and its call; move the channel if its call has been joined to another."""
        home = self.homes.get(uniqueid)
        if home is None:
            return None
        party = self.calls[home].parties[uniqueid]
        if home != linkedid:
            self.leave(uniqueid)
            self.join(linkedid, party)
        return self.calls[linkedid], party

    def join(self, linkedid: str, party: Party) -> Linked:
        call = self.calls.setdefault(linkedid, Linked())
        call.parties[party.id] = party
        self.homes[party.id] = linkedid
        return call

    def leave(self, uniqueid: str) -> None:
        """Remove a channel from its call, and drop a call without channels."""
        linkedid = self.homes.pop(uniqueid)
        call = self.calls[linkedid]
        del call.parties[uniqueid]
        if not call.parties:
            del self.calls[linkedid]

    def end(self, uniqueid: str) -> None:
        """Remove an ended channel from its call; its late rows are ignored."""
        self.leave(uniqueid)
        self._note(uniqueid)

    def drop(self, linkedid: str) -> Linked | None:
        """Drop and return a call."""
        call = self.calls.pop(linkedid, None)
        for uniqueid in call.parties if call else ():
            del self.homes[uniqueid]
            self._note(uniqueid)
        return call

    def _note(self, uniqueid: str) -> None:
        self.gone[uniqueid] = None
        if len(self.gone) > CAP_OF_GONE:
            del self.gone[next(iter(self.gone))]

    def restarted(self, uniqueid: str) -> bool:
        """Return whether a new channel's id shows that the exchange restarted: it numbers its channels from 0."""
        system, _, rest = uniqueid.rpartition("-")
        epoch, _, number = rest.partition(".")
        if not (epoch.isdecimal() and number.isdecimal()):
            return False
        at, highest = self.newest.get(system, (0.0, -1))
        if system not in self.newest and len(self.newest) >= CAP_OF_SYSTEMS:
            return False  # these are no systems but ids made by a dialplan
        if int(number) > highest:
            self.newest[system] = (float(epoch), int(number))
            return False
        if float(epoch) < at + LATER:
            return False
        self.newest[system] = (float(epoch), int(number))
        return True

    def waiting(self, queue: str) -> int:
        """Return the number of callers waiting in a queue."""
        visits = (party.visit for call in self.calls.values() for party in call.parties.values())
        return sum(
            visit is not None and visit.queue == queue and not (visit.answered or visit.left) for visit in visits
        )
