"""Turns the events of FreeSWITCH's mod_callcenter into call events.

A call attempt is a session's visit to a queue. It is answered if `bridge-agent-start` is followed by a connection of
both sides: the answer is yielded once the agent is in the call, and dropped if the caller had hung up by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from agents.sources.call_source import CallSource
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry
from agents.sources.exits import Exit
from agents.sources.freeswitch.callcenter_visits import QueueVisit, QueueVisits
from streams.decoding import Invalid
from streams.events import MAX_EPOCH, MAX_IDENTIFIER, MAX_SECONDS, MIN_EPOCH, CallEvent, CallType, Reason
from streams.said import said

SHOWN: Final = ("CC-Action", "CC-Queue", "CC-Cause", "CC-Cancel-Reason")  # in dead letters, as they identify no caller
CONNECTED_AFTER: Final = 5.0  # seconds: FreeSWITCH gives up connecting an agent with a caller after 3
MOST_NAMES: Final = 1_000  # of agents in the cache

_CANCELLED: Final[dict[str, tuple[CallType, Reason]]] = {
    "BREAK_OUT": ("lost", "abandoned"),
    "NONE": ("lost", "abandoned"),
    "TIMEOUT": ("lost", "timeout"),
    "NO_AGENT_TIMEOUT": ("lost", "no_agents"),
    "EXIT_WITH_KEY": ("diverted", "key"),
}

_encode = msgspec.json.Encoder().encode


class CallCenter:
    """Turns events, in the order of the socket, into call events.

    The context's `aside` counts corrected and odd events. `visits` is the state, from which a new `CallCenter` resumes.
    """

    def __init__(self, context: Context, visits: QueueVisits | None = None) -> None:
        self.visits = visits or QueueVisits()
        self.aside = context.aside
        self._line_of = context.line_of
        self._source = CallSource(context.source, context.site)
        self._pseudonym = context.pseudonym
        self._agents: dict[str, str] = {}
        self._latest = 0.0
        self._readers: dict[str, Callable[[dict[str, str], float], list[CallEvent]]] = {
            "member-queue-start": self._enter,
            "member-queue-resume": self._enter,
            "agent-offering": self._offer,
            "bridge-agent-start": self._pick_up,
            "bridge-agent-end": self._hang_up,
            "member-queue-end": self._leave,
            "agent-state-change": self._agent_state,
        }

    def take(self, fields: dict[str, str]) -> Iterator[CallEvent]:
        """Yield the events that follow from one of the exchange's; raise `Invalid` if that is not usable.

        Before it raises, it yields the events that follow from the moment alone.
        """
        at = moment(fields, "Event-Date-Timestamp", 1e-6)
        if at is None:
            raise Invalid(
                "no-time", said("no Event-Date-Timestamp from 1990 to 2100; expected microseconds since 1970")
            )
        if at < self._latest - CONNECTED_AFTER:
            self.aside["out-of-order"] += 1
        self._latest = max(at, self._latest)
        yield from self._restart(fields.get("Core-UUID", ""), at)
        yield from self._connected(at - CONNECTED_AFTER)
        yield from (left.event for left in self.visits.exits.over(at))
        read = self._readers.get(fields.get("CC-Action", ""))
        if read is not None:
            yield from read(fields, at)

    def close(self) -> list[CallEvent]:
        """Return the answers and exits that were not certain yet: nothing contradicts them."""
        return [*self._connected(float("inf")), *(left.event for left in self.visits.exits.over())]

    def gone(self, line: str, call: str, visit: QueueVisit, at: float) -> Iterator[Entry]:
        """Yield the end of a call that is over without a known outcome."""
        if visit.phase not in {"talking", "over"}:
            visit.cut = True
            self.aside["ended-unheard"] += 1
            event = self._event(line, call, "ended", at)
            yield Accepted(1, event, _encode(event))

    def shown(self, fields: dict[str, str]) -> bytes:
        """Return the fields of an event for the dead letters."""
        return self._pseudonym.within(
            _encode({name: fields[name] for name in SHOWN if name in fields}).decode()
        ).encode()

    def _restart(self, core: str, at: float) -> list[CallEvent]:
        """End the calls of a process of the exchange that is gone: none of them gets an outcome."""
        if not self.visits.restarted(core):
            return []
        events = self.close()
        for line, call, visit in self.visits.waiting():
            visit.cut = True
            self.aside["cut-by-restart"] += 1
            events.append(self._event(line, call, "ended", at))
        return events

    def _enter(self, fields: dict[str, str], at: float) -> list[CallEvent]:
        line, session, member = self._about(fields)
        queue = fields.get("CC-Queue", "")
        call, visit = self.visits.enter(line, session, member, at, queue)
        offered = self._event(line, call, "offered", at)
        _, before = self.visits.exits.follow(session, queue, offered, self._source)
        if visit.overflowed == at:
            return []
        offered.caller = self._pseudonym.of(fields.get("CC-Member-CID-Number", ""))
        return [*(left.event for left in before), offered]

    def _offer(self, fields: dict[str, str], at: float) -> list[CallEvent]:
        line, session, member = self._about(fields)
        call, _ = self.visits.find(line, session, member, at)
        return [self._event(line, call, "ringing", at, fields)]

    def _pick_up(self, fields: dict[str, str], at: float) -> list[CallEvent]:
        line, session, member = self._about(fields)
        call, visit = self.visits.find(line, session, member, at)
        answered = self._answered(line, call, visit, fields, at)
        if visit.phase in {"waiting", "missed"}:
            visit.phase, visit.answered = "picked", at
            before = self._confirm(fields)
            self.visits.picked[fields.get("CC-Agent", "")] = answered
            return before
        if visit.answered is None:
            self.aside["picked-up-too-late"] += 1
        return [answered] if visit.answered == at and visit.phase != "picked" else []  # repeated

    def _agent_state(self, fields: dict[str, str], _at: float) -> list[CallEvent]:
        return self._confirm(fields) if fields.get("CC-Agent-State") == "In a queue call" else []

    def _hang_up(self, fields: dict[str, str], at: float) -> list[CallEvent]:
        line, session, member = self._about(fields)
        call, visit = self.visits.find(line, session, member, at)
        if fields.get("CC-Agent-Bridged") == "false":
            self.visits.picked.pop(fields.get("CC-Agent", ""), None)
            if visit.phase == "picked":
                visit.phase, visit.answered = "missed", None
            self.aside["picked-up-too-late"] += 1
            return []
        return self._end(line, call, visit, fields, at)

    def _leave(self, fields: dict[str, str], at: float) -> list[CallEvent]:
        line, session, member = self._about(fields)
        call, visit = self.visits.find(line, session, member, at)
        if fields.get("CC-Cause") == "Terminated" and visit.phase != "missed":
            return self._end(line, call, visit, fields, at)
        if visit.phase == "talking" or (visit.phase == "over" and visit.answered is not None):
            self.aside["exit-after-answer"] += 1
            return []
        if member == visit.former:
            return []  # the same event of a second connection
        self._forget(line, call)
        visit.phase, visit.answered = "over", None
        kind, reason = self._exit(fields)
        left = self._event(line, call, kind, at)
        left.reason = reason
        left.wait = _seconds(at - visit.since) if visit.seen else None
        if left.wait is None:
            left.wait = _between(fields, "CC-Member-Joined-Time", "CC-Member-Leaving-Time")
        if reason == "abandoned":
            return [left]
        freed = self.visits.exits.hold(session, Exit(left, at, fields.get("CC-Queue", "")))
        return [each.event for each in freed or ()]

    def _exit(self, fields: dict[str, str]) -> tuple[CallType, Reason]:
        """Return how an unanswered caller left; one whose channel is still up did not hang up."""
        why = fields.get("CC-Cancel-Reason", "NONE")
        if why == "BREAK_OUT" and fields.get("Answer-State") == "answered":
            return ("diverted", "key") if fields.get("variable_cc_exit_key") else ("diverted", "transfer")
        return _CANCELLED.get(why, ("lost", "unknown"))

    def _end(self, line: str, call: str, visit: QueueVisit, fields: dict[str, str], at: float) -> list[CallEvent]:
        """End a conversation, preceded by its answer if that was not yielded yet."""
        if visit.phase == "over":
            return []
        events = self._confirm(fields)
        answer = _answer(fields)
        if visit.answered is None and answer is not None:
            visit.answered = answer
            events.append(self._answered(line, call, visit, fields, answer))
        visit.phase = "over"
        ended = self._event(line, call, "ended", at, fields)
        ended.talk = _seconds(None if visit.answered is None else at - visit.answered)
        return [*events, ended]

    def _answered(self, line: str, call: str, visit: QueueVisit, fields: dict[str, str], at: float) -> CallEvent:
        event = self._event(line, call, "answered", at, fields)
        event.wait = _seconds(at - visit.since) if visit.seen else None
        if event.wait is None:
            event.wait = _between(fields, "CC-Member-Joined-Time", "CC-Agent-Answered-Time")
        return event

    def _confirm(self, fields: dict[str, str]) -> list[CallEvent]:
        """Return the answer of an agent who is connected now."""
        event = self.visits.picked.pop(fields.get("CC-Agent", ""), None)
        if event is None:
            return []
        session, _, number = event.call.partition("#")
        for visit in self.visits.sessions.get(f"{event.line}/{session}", []):
            if visit.phase == "picked" and visit.number == int(number or 1):
                visit.phase = "talking"
        return [event]

    def _connected(self, before: float) -> list[CallEvent]:
        """Return the unconfirmed answers from before a moment: an older exchange does not confirm answers."""
        due = [agent for agent, event in self.visits.picked.items() if event.at < before]  # type: ignore[operator]
        return [event for agent in due for event in self._confirm({"CC-Agent": agent})]

    def _forget(self, line: str, call: str) -> None:
        for agent, event in list(self.visits.picked.items()):
            if (event.line, event.call) == (line, call):
                del self.visits.picked[agent]

    def _about(self, fields: dict[str, str]) -> tuple[str, str, str]:
        """Return an event's line, session and member; raise `Invalid` if one is missing."""
        queue = fields.get("CC-Queue", "")
        name, _, domain = queue.partition("@")
        names = (name, queue) if domain == "default" else (queue, name)
        line = next((line for line in map(self._line_of, names) if line is not None), None) if queue else None
        if line is None:
            shown = self._pseudonym.within(queue)
            raise Invalid(
                "unknown-line", said("queue {queue} belongs to no line; add it to a line's `queues`", queue=repr(shown))
            )
        member = fields.get("CC-Member-UUID", "")
        session = fields.get("CC-Member-Session-UUID") or member
        if not session:
            raise Invalid("no-call", said("{found} without the id of a session", found=fields.get("CC-Action")))
        return line, session, member

    def _event(
        self, line: str, call: str, kind: CallType, at: float, fields: dict[str, str] | None = None
    ) -> CallEvent:
        return self._source.event(line, call, kind, at, self._agent(fields.get("CC-Agent", "")) if fields else None)

    def _agent(self, name: str) -> str | None:
        """Return an agent's name without telephone numbers."""
        if name not in self._agents:
            if len(self._agents) >= MOST_NAMES:
                self._agents.clear()
            self._agents[name] = self._pseudonym.within(name)[:MAX_IDENTIFIER]
        return self._agents[name] or None


def moment(fields: dict[str, str], name: str, unit: float = 1.0) -> float | None:
    """Return a moment (epoch s) from a field in `unit` seconds; None if the field has none from 1990 to 2100."""
    text = fields.get(name, "")
    at = int(text) * unit if text.isdecimal() and len(text) < 20 else 0.0  # noqa: PLR2004 -- no moment is longer
    return round(at, 6) if MIN_EPOCH <= at <= MAX_EPOCH else None


def _answer(fields: dict[str, str]) -> float | None:
    return moment(fields, "CC-Agent-Answered-Time")


def _between(fields: dict[str, str], first: str, last: str) -> float | None:
    begin, end = moment(fields, first), moment(fields, last)
    return None if begin is None or end is None else _seconds(end - begin)


def _seconds(length: float | None) -> float | None:
    return round(length, 6) if length is not None and 0 <= length <= MAX_SECONDS else None
