"""The visits of a CEL's callers as events: entering a line, being answered, leaving."""

from __future__ import annotations

from typing import Final

from agents.sources.asterisk.cel_calls import Linked, Party, Visit
from agents.sources.asterisk.cel_exits import AT_ONCE, DOOR
from agents.sources.asterisk.rows import endpoint, seconds
from agents.sources.call_source import CallSource
from agents.sources.entry import short
from agents.sources.pseudonym import Pseudonymizer
from streams.decoding import Invalid
from streams.events import MAX_IDENTIFIER, CallEvent, CallType

FLOWS: Final = frozenset({"key", "transfer", "voicemail", "callback"})


class CelVisits:
    """The visits; `told` has their events so far."""

    def __init__(self, source: str, site: str, pseudonym: Pseudonymizer) -> None:
        self.told: list[CallEvent | Invalid] = []
        self._source = CallSource(source, site)
        self._pseudonym = pseudonym

    def enter(self, party: Party, line: str, since: float) -> Visit:
        """Let a channel enter a line at a moment (epoch s); return the visit."""
        party.placed = True
        number = party.tries[line] = party.tries.get(line, 0) + 1
        call = short(party.id if number == 1 else f"{party.id}#{number}")
        visit = party.visit = Visit(line, call, since, told=party.told)
        if line and party.told:
            self._tell(visit, "offered", since).caller = party.caller
        return visit

    def meet(self, call: Linked, visit: Visit) -> None:
        """Mark a caller as answered once both the phone and the caller are connected.

        The phone's row mostly comes first; the caller's row shows in which queue the caller is by then.
        """
        # A phone that was connected before the caller belongs to the agent who transfers the caller.
        rung = not visit.told or call.rung >= visit.since - AT_ONCE
        entered = visit.since if visit.told else visit.since - DOOR
        if not visit.answered and visit.reason not in FLOWS and rung and call.human >= entered:
            self.answer(visit, call.human, call.agent)
            call.human = 0.0

    def answer(self, visit: Visit, at: float, channel: str) -> None:
        """Mark a visit as answered by the human on a channel."""
        visit.answered, visit.left, visit.reason = at, 0.0, ""
        if visit.line:
            answered = self._tell(visit, "answered", at)
            answered.wait = seconds(at - visit.since) if visit.told else None
            answered.agent = self._pseudonym.within(endpoint(channel))[:MAX_IDENTIFIER] or None

    def close(self, party: Party, at: float, to: str = "", *, early: bool = False) -> None:
        """Add the events of a visit's end; `early`: the caller hung up before entering a queue."""
        visit, party.visit = party.visit, None
        if visit is None or not visit.line:
            return
        at = visit.left or at
        if visit.answered or not visit.reason:
            ended = self._tell(visit, "ended", at)
            ended.talk = seconds(at - visit.answered) if visit.answered else None
            return
        left = self._tell(visit, "diverted" if visit.reason in FLOWS else "lost", at)
        left.reason = visit.reason
        left.wait = seconds(at - visit.since) if visit.told else None
        left.to = (to or None) if visit.reason in FLOWS else None
        left.before_queue = early or None

    def _tell(self, visit: Visit, kind: CallType, at: float) -> CallEvent:
        event = self._source.event(visit.line, visit.call, kind, at)
        self.told.append(event)
        return event
