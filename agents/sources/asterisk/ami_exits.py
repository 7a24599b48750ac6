"""How a caller leaves a queue without an agent, in the terms of Asterisk's manager interface.

Reference: docs.asterisk.org, Queue, which sets QUEUESTATUS; Asterisk's apps/app_queue.c.
"""

from __future__ import annotations

from typing import Final, NamedTuple

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
