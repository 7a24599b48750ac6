"""The state that is kept from a manager interface's messages: the calls, and how a caller leaves without an agent.

Reference: docs.asterisk.org, Queue, which sets QUEUESTATUS; Asterisk's apps/app_queue.c.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec import Struct, field

from agents.sources.asterisk.queue_log_calls import Calls
from streams.events import CallType, Reason

PATIENCE: Final = {"lost": 2.0, "diverted": 60.0}  # s: an agent may hear an announcement before the caller


class Why(NamedTuple):
    """The outcome of a call and its reason."""

    type: CallType
    reason: Reason


STATUS: Final = {  # of QUEUESTATUS
    "FULL": Why("lost", "full"),
    "JOINEMPTY": Why("lost", "no_agents"),
    "JOINUNAVAIL": Why("lost", "no_agents"),
    "LEAVEEMPTY": Why("lost", "no_agents"),
    "LEAVEUNAVAIL": Why("lost", "no_agents"),
    "TIMEOUT": Why("lost", "timeout"),
    "WITHDRAW": Why("diverted", "transfer"),
}
AT_THE_DOOR: Final = frozenset({"FULL", "JOINEMPTY", "JOINUNAVAIL"})
ABANDONED: Final = Why("lost", "abandoned")
KEY: Final = Why("diverted", "key")  # the caller left, but neither gave up nor was answered


class HeldEnd(NamedTuple):
    """An end that is not certain yet."""

    line: str
    at: float  # epoch s
    type: CallType
    reason: Reason
    wait: float | None  # s


class AmiCalls(Struct):
    """The calls of an exchange as reported by its manager interface.

    It has all that later messages refer to. It is plain data, so that `msgspec.json` can store and restore it.
    """

    calls: Calls = field(default_factory=Calls)
    held: dict[str, HeldEnd] = field(default_factory=dict)  # by the caller's channel
    asked: dict[str, str] = field(default_factory=dict)  # the last queue in a channel's dialplan
    # Line and channel of the caller, by the agent's channel and interface.
    served: dict[str, tuple[str, str]] = field(default_factory=dict)
    uptime: int = 0  # s: the exchange's, as last reported
    clock: float = 0.0  # epoch s: the latest moment
    listed: set[tuple[str, str]] | None = None  # line and channel of the callers in the status after a greeting
    queues: set[str] = field(default_factory=set)  # of that status
