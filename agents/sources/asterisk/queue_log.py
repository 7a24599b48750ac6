"""Turns the rows of an Asterisk queue_log into call events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from agents.sources.aside import NO_CALL, OTHER, WITHIN
from agents.sources.asterisk.queue_log_calls import Attempt, Calls
from agents.sources.asterisk.queue_log_rows import KNOWN_EVENTS, LogRow, MalformedLine
from agents.sources.call_source import CallSource
from agents.sources.exits import Exit
from agents.sources.trace import Seen
from streams.events import MAX_IDENTIFIER, MAX_SECONDS, CallEvent, CallType, Reason
from streams.said import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from agents.sources.context import Context

MAX_LOG_NAMES = 1_000  # agents' names in the cache

_NAMELESS = frozenset({"", "NONE", "REALTIME", "MANAGER", "CLI"})
_DOOR = frozenset({"FULL", "JOINEMPTY", "CLOSED", "DIVERT_CA_RATIO", "DIVERT_HOLDTIME"})
_ENDS = frozenset({"COMPLETEAGENT", "COMPLETECALLER", "TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"})


class _Exit(NamedTuple):
    type: CallType
    reason: Reason
    wait: int | None  # its index in the row's data


_EXITS: Final = {
    "ABANDON": _Exit("lost", "abandoned", 2),
    "EXITWITHTIMEOUT": _Exit("lost", "timeout", 2),
    "EXITEMPTY": _Exit("lost", "no_agents", 2),
    "LEAVEEMPTY": _Exit("lost", "no_agents", 2),
    "JOINEMPTY": _Exit("lost", "no_agents", None),
    "FULL": _Exit("lost", "full", None),
    "CLOSED": _Exit("lost", "closed", None),
    "EXITWITHKEY": _Exit("diverted", "key", 3),
    "WITHDRAW": _Exit("diverted", "transfer", 2),
    "DIVERT_CA_RATIO": _Exit("diverted", "transfer", None),
    "DIVERT_HOLDTIME": _Exit("diverted", "transfer", None),
}


class RefusedRow(NamedTuple):
    """A readable row that cannot be used: a short `reason` to count by, and a `detail` with the expected form."""

    row: LogRow
    reason: str
    detail: str


class QueueLog:
    """Turns rows, in the order of the log, into call events.

    The context's `aside` counts corrected and odd rows, and rows that concern no call. `calls` is the state, from which
    a new `QueueLog` resumes. `exits` has the exits of earlier rows that are certain since the latest row.
    """

    def __init__(self, context: Context, calls: Calls | None = None) -> None:
        self.calls = calls or Calls()
        self.aside = context.aside
        self.exits: list[Exit] = []
        self._line_of = context.line_of
        self._source = CallSource(context.source, context.site)
        self._pseudonym = context.pseudonym
        self._agents: dict[str, str | None] = {"": None, "NONE": None}
        self._readers: dict[str, Callable[[LogRow, str], list[CallEvent]]] = {
            "ENTERQUEUE": self._enter,
            "CONNECT": self._connect,
            "RINGNOANSWER": self._ring,
            "RINGCANCELED": self._ring,
            **dict.fromkeys(_EXITS, self._leave),
            **dict.fromkeys(_ENDS, self._end),
        }

    def take(self, row: LogRow) -> list[CallEvent] | RefusedRow:
        """Return the events of a row, none if it concerns no call, or why it is refused."""
        self.exits = self.calls.exits.over(row.at) if self.calls.exits.held else []
        if row.anomalies:
            self.aside.update(row.anomalies)
        if row.event == "QUEUESTART" and (cut := self._restart(row)):
            return cut
        read = self._readers.get(row.event)
        if read is None or row.queue == "NONE":
            self.aside[NO_CALL + row.event if row.event in KNOWN_EVENTS else OTHER] += 1
            return []
        line = self._line_of(row.queue)
        if line is None:
            return RefusedRow(
                row,
                "unknown-line",
                said("queue {queue} belongs to no line; add it to a line's `queues`", queue=repr(row.queue)),
            )
        if row.callid in _NAMELESS:
            return RefusedRow(row, "no-call", f"{row.event} without the id of a call")
        callid = self._pseudonym.id(row.callid)
        if callid != row.callid:  # some exchanges make a call's id from the caller's number
            row = replace(row, callid=callid)
        return read(row, line)

    def close(self) -> list[Exit]:
        """Return the exits that are held, as no further row comes."""
        return self.calls.exits.over()

    def _ring(self, row: LogRow, line: str) -> list[CallEvent]:
        call = self.calls.name(line, row.callid, row.at)
        return [self._event(row, line, call, "ringing", row.at)]

    def _restart(self, row: LogRow) -> list[CallEvent]:
        """End the calls that the exchange cut as it stopped: none of them gets an outcome."""
        return [self._event(row, line, call, "ended", row.at) for line, call in self.calls.cut(lambda *_: True)]

    def _enter(self, row: LogRow, line: str) -> list[CallEvent]:
        call, attempt = self.calls.enter(line, row.callid, row.at, row.queue)
        offered = self._event(row, line, call, "offered", row.at)
        stayed = self._follow(row, offered)
        if attempt.overflowed == row.at:
            if stayed is None or stayed.event.wait is not None:
                self.aside[WITHIN] += 1
                return []
            # The first queue did not let the caller in.
            offered = self._event(row, line, call, "offered", attempt.since)
        elif attempt.phase == "waiting" and attempt.since != row.at:
            self.aside["entered-while-waiting"] += 1
        offered.caller = self._pseudonym.of(row.data[1]) if len(row.data) > 1 else None
        return [offered]

    def _follow(self, row: LogRow, here: CallEvent) -> Exit | None:
        """Let a caller reach a further queue; return the exit that this makes part of the same attempt."""
        stayed, counts = self.calls.exits.follow(row.callid, row.queue, here, self._source)
        self.aside.update(["overflow"] if stayed else [])
        self.exits += counts
        return stayed

    def _connect(self, row: LogRow, line: str) -> list[CallEvent]:
        call, attempt = self.calls.find(line, row.callid, row.at)
        answered = self._event(row, line, call, "answered", row.at)
        answered.wait = self._wait(row, 0, attempt, row.at)
        attempt.phase = "answered"
        return [answered]

    def _leave(self, row: LogRow, line: str) -> list[CallEvent]:
        leaving = _EXITS[row.event]
        if row.event in _DOOR:
            call, attempt = self.calls.refuse(line, row.callid, row.at, row.queue)
        else:
            call, attempt = self.calls.find(line, row.callid, row.at)
        left = self._event(row, line, call, leaving.type, row.at)
        if row.event in _DOOR:
            self._follow(row, left)
        left.reason = leaving.reason
        if leaving.wait is not None:
            left.wait = self._wait(row, leaving.wait, attempt, row.at)
        elif attempt.phase == "waiting" or attempt.since < row.at:
            left.wait = _since(attempt, row.at)
        if attempt.phase in {"answered", "ended"}:
            self.aside["exit-after-answer"] += 1
        attempt.leave(row.at, row.queue)
        if left.reason == "abandoned":
            return [left]
        freed = self.calls.exits.hold(row.callid, Exit(left, row.at, row.queue, row.number))
        if freed is None:
            self.aside["repeated-row"] += 1
        self.exits += freed or []
        return []

    def _end(self, row: LogRow, line: str) -> list[CallEvent]:
        hold_at, talk_at = _hold_and_talk(row)
        hold, talk = _seconds(row.data, hold_at), _seconds(row.data, talk_at)
        if row.event == "ATTENDEDTRANSFER" and hold is not None and talk is not None:
            swapped = self.calls.join(line, row.callid, row.at - hold - talk)
            self.aside.update(["swapped-ids"] if swapped else [])
        call, attempt = self.calls.find(line, row.callid, row.at)
        events = []
        if talk is None:
            self.aside["talk-unreadable"] += 1
        if attempt.phase == "waiting":  # its CONNECT was never written, or is older than the log's first line
            moment = row.at - (talk or 0)
            answered = self._event(row, line, call, "answered", moment)
            answered.wait = self._wait(row, hold_at, attempt, moment)
            events.append(answered)
        ended = self._event(row, line, call, "ended", row.at)
        ended.wait, ended.talk = hold, talk
        events.append(ended)
        if attempt.phase in {"waiting", "answered"}:
            attempt.phase = "ended"
        return events

    def _wait(self, row: LogRow, index: int, attempt: Attempt, at: float) -> float | None:
        """Return the wait that a row states, or else, if the call still waits, the time since its entry.

        After an overflow a row states only the wait in the last queue.
        """
        wait = _since(attempt, at) if attempt.overflowed else _seconds(row.data, index)
        if wait is None and attempt.phase == "waiting":
            wait = _since(attempt, at)
            self.aside["wait-unknown" if wait is None else "wait-from-clock"] += 1
        return wait

    def _event(self, row: LogRow, line: str, call: str, kind: CallType, at: float) -> CallEvent:
        return self._source.event(line, call, kind, at, self._agent(row.agent))

    def _agent(self, name: str) -> str | None:
        """Return an agent's name without the telephone numbers in a channel's name."""
        try:
            return self._agents[name]
        except KeyError:
            if len(self._agents) >= MAX_LOG_NAMES:
                self._agents.clear()
                self._agents.update({"": None, "NONE": None})
            agent = self._agents[name] = self._pseudonym.within(name)[:MAX_IDENTIFIER]
            return agent


def seen(row: LogRow | MalformedLine) -> Seen | None:
    """Return a row's content without the caller."""
    if isinstance(row, MalformedLine):
        return None
    data = row.data[2:] if row.event == "ENTERQUEUE" else row.data
    agent = "" if row.agent == "NONE" else row.agent
    return Seen(row.number, row.at, (row.event, row.queue, agent, "|".join(data)), (row.callid,))


def _hold_and_talk(row: LogRow) -> tuple[int, int]:
    """Return the indexes of hold and talk; for a transfer count from the end, as its target may contain a `|`."""
    if row.event.startswith("COMPLETE"):
        return 0, 1
    with_position = len(row.data) > 4  # noqa: PLR2004 -- the old TRANSFER has four: target, context, hold, talk
    return len(row.data) - 2 - with_position, len(row.data) - 1 - with_position


def _seconds(data: tuple[str, ...], index: int) -> float | None:
    try:
        value = float(data[index]) if index >= 0 else -1.0
    except (IndexError, ValueError):
        return None
    return value if 0 <= value <= MAX_SECONDS else None


def _since(attempt: Attempt, at: float) -> float | None:
    return at - attempt.since if attempt.seen and 0 <= at - attempt.since <= MAX_SECONDS else None
