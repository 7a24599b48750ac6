"""The latest calls of a queue_log: which attempt a row belongs to, and how far it has progressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct, field

from agents.sources.exits import Exits, at_once

CAP = 2_000  # calls remembered; for a forgotten call only the count of its attempts is lost
CAP_OF_CALL = 30  # attempts of one call remembered: a dialplan in a loop makes thousands
NEAR = 2  # seconds: hold and talk are each truncated to whole seconds

Phase: TypeAlias = Literal["waiting", "answered", "ended", "left", "refused"]
_OPEN = ("waiting", "answered")


class Attempt(Struct):
    """One attempt of a call on a line."""

    number: int  # from 1
    since: float  # epoch s: when it entered, or its first row
    seen: bool  # whether its entry is in the log
    phase: Phase
    queue: str = ""  # of its last entry
    left: float = 0.0  # epoch s: when it left a queue, or was not let in
    overflowed: float = 0.0  # epoch s: when it entered the line's next queue

    def overflows(self, queue: str, at: float) -> bool:
        """Return whether the attempt continues in another queue of its line, which the call enters at a moment."""
        return self.phase in {"left", "refused"} and self.queue not in {"", queue} and at_once(self.left, at)

    def leave(self, at: float, queue: str = "") -> None:
        """Leave a queue at a moment (epoch s); by default, the queue of the last entry."""
        self.left, self.queue = at, queue or self.queue
        if self.phase == "waiting":
            self.phase = "left"


class Calls(Struct):
    """The attempts of every `line/callid`; those without a row for longest are dropped first.

    It is plain data, so that `msgspec.json` can store and restore it.
    """

    attempts: dict[str, list[Attempt]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    exits: Exits = field(default_factory=Exits)

    def enter(self, line: str, callid: str, at: float, queue: str = "") -> tuple[str, Attempt]:
        """Return the name and attempt of a call that enters a queue of a line.

        It is a new attempt, unless the call waits on the line, or has just left another queue of it: an overflow.
        """
        self.aliases.pop(f"{line}/{callid}", None)
        tries = self._touch(f"{line}/{callid}")
        for attempt in tries:
            if attempt.seen and at in {attempt.since, attempt.overflowed} and attempt.phase != "refused":
                return _name(callid, attempt), attempt  # the same row again
            if not attempt.seen and at <= attempt.since:  # written after later rows
                attempt.since, attempt.seen = at, True
                return _name(callid, attempt), attempt
        if tries and tries[-1].phase == "waiting":
            return _name(callid, tries[-1]), tries[-1]
        if tries and tries[-1].overflows(queue, at):
            tries[-1].phase, tries[-1].overflowed, tries[-1].queue = "waiting", at, queue
            return _name(callid, tries[-1]), tries[-1]
        name, attempt = _new(tries, callid, at, seen=True, phase="waiting")
        attempt.queue = queue
        return name, attempt

    def refuse(self, line: str, callid: str, at: float, queue: str) -> tuple[str, Attempt]:
        """Return the name and attempt of a call that a queue turns away: a new attempt if it was not let in."""
        tries = self._touch(f"{line}/{callid}")
        if tries and tries[-1].overflows(queue, at):
            return _name(callid, tries[-1]), tries[-1]
        for attempt in tries:
            if attempt.phase == "waiting" or (attempt.phase == "refused" and attempt.since == at):
                return _name(callid, attempt), attempt
        return _new(tries, callid, at, seen=True, phase="refused")

    def find(self, line: str, callid: str, at: float) -> tuple[str, Attempt]:
        """Return the name and attempt of a later row; create one if none is known."""
        callid = self.aliases.get(f"{line}/{callid}", callid)
        tries = self._touch(f"{line}/{callid}")
        # A row older than the latest entry repeats one of an earlier attempt.
        for attempt in reversed(tries):
            if attempt.since <= at:
                return _name(callid, attempt), attempt
        if tries:
            return _name(callid, tries[-1]), tries[-1]
        return _new(tries, callid, at, seen=False, phase="waiting")

    def name(self, line: str, callid: str, at: float) -> str:
        """Return the name of a row's attempt, without creating one."""
        callid = self.aliases.get(f"{line}/{callid}", callid)
        return self.find(line, callid, at)[0] if self.knows(line, callid) else callid

    def knows(self, line: str, callid: str) -> bool:
        """Return whether a call is known on a line."""
        return f"{line}/{callid}" in self.attempts

    def waits(self, line: str, callid: str) -> bool:
        tries = self.attempts.get(f"{line}/{callid}")
        return tries is not None and tries[-1].phase == "waiting"

    def was_near(self, line: str, callid: str, at: float) -> bool:
        """Return whether a call that no longer waits entered a line within 2 s of `at` (epoch s)."""
        tries = self.attempts.get(f"{line}/{callid}", ())
        return any(attempt.phase != "waiting" and abs(attempt.since - at) <= NEAR for attempt in tries)

    def waiting(self) -> int:
        """Return the number of calls known to be waiting."""
        return sum(tries[-1].phase == "waiting" for tries in self.attempts.values())

    def cut(self, gone: Callable[[str, str], bool]) -> list[tuple[str, str]]:
        """Close the open calls for which `gone(line, callid)`, as after a restart: they get no outcome.

        Return line and name of the waiting ones.
        """
        waiting = []
        for key, tries in self.attempts.items():
            line, _, callid = key.partition("/")
            if tries[-1].phase in _OPEN and gone(line, callid):
                if tries[-1].phase == "waiting" and tries[-1].seen:
                    waiting.append((line, _name(callid, tries[-1])))
                tries[-1].phase = "left"
        return waiting

    def join(self, line: str, callid: str, entered: float) -> bool:
        """Map a callid that never entered a line to the open call that entered it within 2 s of `entered`.

        An agent who takes a caller from one queue to another by an attended transfer enters the second queue with a
        call of their own; after the transfer, the ids of the two calls are swapped (asterisk#759). From then on the
        caller's id means the agent's call, if the agent's call is open.
        """
        if f"{line}/{callid}" in self.attempts or f"{line}/{callid}" in self.aliases:
            return False
        here = f"{line}/"
        near = [
            (abs(tries[-1].since - entered), key.removeprefix(here))
            for key, tries in self.attempts.items()
            if key.startswith(here) and tries[-1].phase in _OPEN and abs(tries[-1].since - entered) <= NEAR
        ]
        if not near:
            return False
        _, partner = min(near)
        self.aliases[f"{line}/{callid}"] = partner
        for key, tries in self.attempts.items():
            there = f"{key.removesuffix(callid)}{partner}"
            if key.endswith(f"/{callid}") and tries[-1].phase in _OPEN and there not in self.attempts:
                self.aliases[there] = callid
        while len(self.aliases) > CAP:
            del self.aliases[next(iter(self.aliases))]
        return True

    def forget(self, before: float) -> None:
        """Drop the calls whose last attempt began before a moment (epoch s), as an id may have its caller's pseudonym.

        They are checked in the order of their latest rows, up to the first one that is younger.
        """
        while self.attempts:
            key = next(iter(self.attempts))
            if self.attempts[key][-1].since >= before:
                break
            del self.attempts[key]
        gone = [name for name, partner in self.aliases.items() if not self.knows(name.partition("/")[0], partner)]
        for name in gone:
            del self.aliases[name]

    def _touch(self, key: str) -> list[Attempt]:
        tries = self.attempts.pop(key, None)
        if tries is None:
            tries = []
            if len(self.attempts) >= CAP:
                del self.attempts[next(iter(self.attempts))]
        self.attempts[key] = tries
        return tries


def _new(tries: list[Attempt], callid: str, at: float, *, seen: bool, phase: Phase) -> tuple[str, Attempt]:
    attempt = Attempt(tries[-1].number + 1 if tries else 1, at, seen, phase)
    tries.append(attempt)
    del tries[:-CAP_OF_CALL]
    return _name(callid, attempt), attempt


def _name(callid: str, attempt: Attempt) -> str:
    return callid if attempt.number == 1 else f"{callid}#{attempt.number}"
