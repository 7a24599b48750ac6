"""Finds out which classes of events the manager interface's user may read, from the events that arrive.

Asterisk never reports a missing right: events of that class simply never arrive.
"""

from __future__ import annotations

from typing import Final

from agents.sources.asterisk.ami_calls import AT_THE_DOOR
from agents.sources.asterisk.ami_messages import AmiMessage

ENOUGH: Final = 3  # callers in events of one class but not of the other
QUIET_SECONDS: Final = 600.0  # without any event

_CLASS: Final = {
    "QueueCallerJoin": ["agent"],
    "Newexten": ["dialplan"],
    "VarSet": ["dialplan"],
}  # for events without Privilege
_READ: Final = "its section of manager.conf needs `read = agent,dialplan`"
_NO_AGENT: Final = (
    f"callers enter queues, but their outcomes are missing, as no event of class `agent` arrives: {_READ}"
)
_NO_DIALPLAN: Final = f"callers turned away by a queue are missing, as no event of class `dialplan` arrives: {_READ}"
_NOTHING: Final = f"no event has arrived for {QUIET_SECONDS / 60:g} minutes; if there were calls, {_READ}"


class AmiRights:
    """A check, once per connection, whether the events of a class never arrive."""

    def __init__(self) -> None:
        self._classes: set[str] = set()  # of the events so far
        self._asked = 0  # callers whom the dialplan sent to a queue that let them in
        self._joined = 0
        self._since: float | None = None  # epoch s
        self._reported = False

    def take(self, message: AmiMessage, now: float) -> str | None:
        """Return the missing class of events once it is certain; `now` is when the message arrived (epoch s)."""
        self._since = self._since or now
        self._classes.update(message.get("Privilege").split(","), _CLASS.get(message.event, ()))
        self._joined += message.event == "QueueCallerJoin"
        self._asked += message.event == "Newexten" and message.get("Application") == "Queue"
        self._asked -= message.get("Variable") == "QUEUESTATUS" and message.get("Value") in AT_THE_DOOR
        missing = None if self._reported else self._missing(now - self._since)
        self._reported = self._reported or missing is not None
        return missing

    def _missing(self, seconds: float) -> str | None:
        if not self._classes & {"agent", "dialplan"}:
            return _NOTHING if seconds > QUIET_SECONDS else None
        if "agent" not in self._classes and self._asked >= ENOUGH:
            return _NO_AGENT
        return _NO_DIALPLAN if "dialplan" not in self._classes and self._joined >= ENOUGH else None
