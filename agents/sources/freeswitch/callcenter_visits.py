"""The latest visits of callers to the queues of mod_callcenter: which visit an event belongs to, and its progress.

A member is a caller, a session is a call: a caller who rings again within the queue's time is the same member with
another session. A session may visit a queue again, by the dialplan or by an agent's transfer; the end of its previous
visit may arrive after that, with its former member.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct, field

from agents.sources.exits import Exits
from streams.events import CallEvent

MOST_SESSIONS = 5_000  # remembered; later events of a forgotten session still have the time of its entry
MOST_CORES = 100  # processes of an exchange remembered
MOST_VISITS = 30  # of one session on one line: a dialplan in a loop makes thousands

Progress: TypeAlias = Literal["waiting", "picked", "missed", "talking", "over"]


class QueueVisit(Struct):
    """One visit of a session to a line."""

    number: int  # from 1
    member: str
    since: float  # epoch s: when it entered, or its first event
    seen: bool  # its entry
    phase: Progress = "waiting"  # missed: picked up after the caller had hung up
    answered: float | None = None  # epoch s
    cut: bool = False  # by a restart of the exchange, or while it was disconnected
    overflowed: float = 0.0  # epoch s: when it entered the line's next queue, as another member
    former: str = ""  # the member that it was before


class QueueVisits(Struct):
    """The visits of every `line/session`; those without an event for longest are dropped first.

    It is plain data, so that `msgspec.json` can store and restore it.
    """

    sessions: dict[str, list[QueueVisit]] = field(default_factory=dict)
    picked: dict[str, CallEvent] = field(default_factory=dict)  # by agent: answers until the two are connected
    cores: list[str] = field(default_factory=list)  # the exchange's processes so far, the latest last
    exits: Exits = field(default_factory=Exits)

    def enter(self, line: str, session: str, member: str, at: float, queue: str = "") -> tuple[str, QueueVisit]:
        """Return the name and the visit of a session that enters a queue of a line.

        It is a new visit, unless the event is repeated or the session has just left another queue of the line.
        """
        visits = self._touch(line, session)
        for visit in visits:
            if visit.member == member and at == visit.overflowed:
                return _name(session, visit), visit
            if visit.member == member and (visit.since == at if visit.seen else at <= visit.since):
                visit.since, visit.seen = at, True
                return _name(session, visit), visit
        left = self.exits.held.get(session)
        if visits and left is not None and left.overflows(line, queue, at):
            visit = visits[-1]
            visit.member, visit.former, visit.phase, visit.overflowed = member, visit.member, "waiting", at
            return _name(session, visit), visit
        return _new(visits, session, QueueVisit(0, member, at, seen=True))

    def find(self, line: str, session: str, member: str, at: float) -> tuple[str, QueueVisit]:
        """Return the name and the visit of a later event; create one if none is known."""
        visits = self._touch(line, session)
        own = [visit for visit in visits if member in {visit.member, visit.former}]
        for visit in reversed(own):
            if visit.since <= at:
                return _name(session, visit), visit
        if own:
            return _name(session, own[0]), own[0]
        return _new(visits, session, QueueVisit(0, member, at, seen=False))

    def restarted(self, core: str) -> bool:
        """Return whether this process of the exchange is new and follows another."""
        if not core or core in self.cores:
            return False
        self.cores = [*self.cores, core][-MOST_CORES:]
        return len(self.cores) > 1

    def waiting(self) -> list[tuple[str, str, QueueVisit]]:
        """Return the line, the name and the visit of every caller known to be waiting."""
        return [
            (line, _name(session, visit), visit)
            for key, visits in self.sessions.items()
            for line, _, session in [key.partition("/")]
            for visit in visits
            if visit.phase in {"waiting", "picked", "missed"} and not visit.cut
        ]

    def _touch(self, line: str, session: str) -> list[QueueVisit]:
        key = f"{line}/{session}"
        visits = self.sessions.pop(key, None)
        if visits is None:
            visits = []
            if len(self.sessions) >= MOST_SESSIONS:
                del self.sessions[next(iter(self.sessions))]
        self.sessions[key] = visits
        return visits


def _new(visits: list[QueueVisit], session: str, visit: QueueVisit) -> tuple[str, QueueVisit]:
    visit.number = visits[-1].number + 1 if visits else 1
    visits.append(visit)
    del visits[:-MOST_VISITS]
    return _name(session, visit), visit


def _name(session: str, visit: QueueVisit) -> str:
    return session if visit.number == 1 else f"{session}#{visit.number}"
