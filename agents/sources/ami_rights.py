"""Which classes of events the user of a manager interface may read, as far as the events that come tell.

No answer of Asterisk says what a user may read: an event that it may not simply never comes.
"""

from __future__ import annotations

from typing import Final

from agents.sources.ami_exits import AT_THE_DOOR
from agents.sources.ami_messages import AmiMessage

ENOUGH: Final = 3  # callers of whom one class tells and the other does not
QUIET_SECONDS: Final = 600.0  # without any event

_CLASS: Final = {"QueueCallerJoin": ["agent"], "Newexten": ["dialplan"], "VarSet": ["dialplan"]}  # if none is told
_READ: Final = "its section of manager.conf needs `read = agent,dialplan`"
_NO_AGENT: Final = f"callers enter queues, and no event of class `agent` tells what becomes of them: {_READ}"
_NO_DIALPLAN: Final = f"no event of class `dialplan` comes, so nobody knows who is turned away at the door: {_READ}"
_NOTHING: Final = f"no event came for {QUIET_SECONDS / 60:g} minutes: where calls come in, {_READ}"


class AmiRights:
    """Notice, once a connection, that the events of a class never come."""

    def __init__(self) -> None:
        self._classes: set[str] = set()  # of the events that came
        self._asked = 0  # callers whom the dialplan sent to a queue that let them in
        self._joined = 0
        self._since: float | None = None  # epoch s
        self._said = False

    def take(self, message: AmiMessage, now: float) -> str | None:
        """Return what is missing, once it shows; `now` is when the message came, in epoch s."""
        self._since = self._since or now
        self._classes.update(message.get("Privilege").split(","), _CLASS.get(message.event, ()))
        self._joined += message.event == "QueueCallerJoin"
        self._asked += message.event == "Newexten" and message.get("Application") == "Queue"
        self._asked -= message.get("Variable") == "QUEUESTATUS" and message.get("Value") in AT_THE_DOOR
        missing = None if self._said else self._missing(now - self._since)
        self._said = self._said or missing is not None
        return missing

    def _missing(self, seconds: float) -> str | None:
        if not self._classes & {"agent", "dialplan"}:
            return _NOTHING if seconds > QUIET_SECONDS else None
        if "agent" not in self._classes and self._asked >= ENOUGH:
            return _NO_AGENT
        return _NO_DIALPLAN if "dialplan" not in self._classes and self._joined >= ENOUGH else None
