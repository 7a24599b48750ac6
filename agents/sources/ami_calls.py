"""What must not be forgotten of the manager interface's messages: the calls, and what later messages will refer to."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct, field

from agents.sources.queue_log_calls import Calls
from streams.events import CallType, Reason


class HeldEnd(NamedTuple):
    """Hold an end that is not sure yet."""

    line: str
    at: float  # epoch s
    type: CallType
    reason: Reason
    wait: float | None  # s


class AmiCalls(Struct):
    """Hold the calls of an exchange as its manager interface tells them.

    Plain data, so that `msgspec.json` can store it and give it back.
    """

    calls: Calls = field(default_factory=Calls)
    held: dict[str, HeldEnd] = field(default_factory=dict)  # by the caller's channel
    asked: dict[str, str] = field(default_factory=dict)  # the queue that a channel's dialplan asked for last
    # Line and channel of the caller, by the agent's channel and place.
    served: dict[str, tuple[str, str]] = field(default_factory=dict)
    uptime: int = 0  # s: of the exchange, as it was told last
    clock: float = 0.0  # epoch s: the latest moment told of
    listed: set[tuple[str, str]] | None = None  # line and channel of who waits, as the status after a greeting has it
    queues: set[str] = field(default_factory=set)  # of that status
