"""Rows of a queue_log, and the events that a reader makes of them."""

from __future__ import annotations

from typing import Final

import msgspec

from agents.sources.asterisk.queue_log import QueueLog, RefusedRow
from agents.sources.asterisk.queue_log_calls import Calls
from agents.sources.asterisk.queue_log_rows import LogRow, read
from streams.events import CallEvent
from tests.agents.sources.contexts import context

QUEUES: Final = {"circulation": "circulation", "600": "circulation", "cni": "cni-passeport"}
T: Final = 1795530000


def connector(calls: Calls | None = None) -> QueueLog:
    return QueueLog(context(line_of=QUEUES.get), calls)


def line(seconds: float, rest: str) -> bytes:
    return f"{T + seconds}|{rest}".encode()


def outcomes(log: QueueLog, *lines: bytes, ends: bool = True) -> list[CallEvent | RefusedRow]:
    found: list[CallEvent | RefusedRow] = []
    for row in read(lines, "Europe/Paris"):
        assert isinstance(row, LogRow)
        outcome = log.take(row)
        found.extend(left.event for left in log.exits)
        found.extend([outcome] if isinstance(outcome, RefusedRow) else outcome)
    if ends:
        found.extend(left.event for left in log.close())
    return found


def events(*lines: bytes, log: QueueLog | None = None, ends: bool = True) -> list[CallEvent]:
    found = [event for event in outcomes(log or connector(), *lines, ends=ends) if isinstance(event, CallEvent)]
    for event in found:  # emitted events are valid for the topic
        msgspec.json.decode(msgspec.json.encode(event), type=CallEvent)
    return found


def told(*lines: bytes, log: QueueLog | None = None) -> list[tuple[str, str, float | None, str | None]]:
    return [(event.call, event.type, event.wait, event.reason) for event in events(*lines, log=log)]


ENTER = line(0, "7.1|circulation|NONE|ENTERQUEUE||0612345678|1")
CONNECT = line(5, "7.1|circulation|Agent 1|CONNECT|4|7.2|2")
COMPLETE = line(65, "7.1|circulation|Agent 1|COMPLETEAGENT|4|60|1")
