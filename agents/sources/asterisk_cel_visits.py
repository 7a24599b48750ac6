"""The visits of a CEL's callers as events: who enters a line, who is answered there, and how a visit ends."""

from __future__ import annotations

from typing import Final

from agents.sources.asterisk_cel_calls import Linked, Party, Visit
from agents.sources.asterisk_cel_exits import AT_ONCE, DOOR
from agents.sources.asterisk_rows import endpoint, seconds
from agents.sources.call_source import CallSource
from agents.sources.entry import short
from agents.sources.pseudonym import Pseudonymizer
from streams.decoding import Invalid
from streams.events import MAX_IDENTIFIER, CallEvent, CallType

FLOWS: Final = frozenset({"key", "transfer", "voicemail", "callback"})


class CelVisits:
    """Enter, answer and close visits, and gather what is `told` of them."""

    def __init__(self, source: str, site: str, pseudonym: Pseudonymizer) -> None:
        self.told: list[CallEvent | Invalid] = []
        self._source = CallSource(source, site)
        self._pseudonym = pseudonym

    def enter(self, party: Party, line: str, since: float) -> Visit:
        """Let a channel enter a line at a moment (epoch s), and return the visit."""
        party.placed = True
        number = party.tries[line] = party.tries.get(line, 0) + 1
        call = short(party.id if number == 1 else f"{party.id}#{number}")
        visit = party.visit = Visit(line, call, since, told=party.told)
        if line and party.told:
            self._tell(visit, "offered", since).caller = party.caller
        return visit

    def meet(self, call: Linked, visit: Visit) -> None:
        """Count a caller as answered once both are connected, a phone and the caller.

        The phone's row mostly comes first, and the caller's is the one that shows where the caller is by now.
        """
        # A phone that was there before the caller is the agent's who leads the caller on.
        rung = not visit.told or call.rung >= visit.since - AT_ONCE
        entered = visit.since if visit.told else visit.since - DOOR
        if not visit.answered and visit.reason not in FLOWS and rung and call.human >= entered:
            self.answer(visit, call.human, call.agent)
            call.human = 0.0

    def answer(self, visit: Visit, at: float, channel: str) -> None:
        """Note that the human on a channel answers a visit."""
        visit.answered, visit.left, visit.reason = at, 0.0, ""
        if visit.line:
            answered = self._tell(visit, "answered", at)
            answered.wait = seconds(at - visit.since) if visit.told else None
            answered.agent = self._pseudonym.within(endpoint(channel))[:MAX_IDENTIFIER] or None

    def close(self, party: Party, at: float, to: str = "") -> None:
        """Tell how a visit ended."""
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

    def _tell(self, visit: Visit, kind: CallType, at: float) -> CallEvent:
        event = self._source.event(visit.line, visit.call, kind, at)
        self.told.append(event)
        return event
