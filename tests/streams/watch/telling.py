"""A small line of an office that is open from 8 to 16 every day, call by call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from streams.calls.call import ANSWERED, DIVERTED, LOST, OFFERED, SEEN_BIT, Call
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.events import CallEvent
from streams.kept.times import QUARTER_MS
from streams.watch.incident import Incident
from tests.streams.telling import event

DAY = 86_400  # s
FIRST = 20_000 * DAY
A_DAY = 96  # slots
USUAL_DAYS = 14


def office_open(at: int) -> bool:
    """Return whether the office is open at a moment (ms)."""
    return 8 <= at // 3_600_000 % 24 < 16


RULES = LineRules(site="lozere", line="circulation", open=office_open, expected=0.02)


def opening(day: int) -> int:
    """Return when the office opens on a day, in s."""
    return FIRST + day * DAY + 8 * 3600


def answered(at: float, wait: float = 5.0, caller: str = "", told: float | None = None) -> Call:
    """Return an answered call; moments and lengths in s; `told` replaces the reported wait."""
    start, said = round(at * 1000), round((wait if told is None else told) * 1000)
    types = OFFERED | SEEN_BIT["answered"]
    moment = start + round(wait * 1000)
    return Call(start, types, ANSWERED, answered=moment, answered_wait=said, ended=moment + 60_000, caller=caller)


def lost(at: float, wait: float = 5.0, caller: str = "", talk: float = 0, told: float | None = None) -> Call:
    start, said = round(at * 1000), round((wait if told is None else told) * 1000)
    types = OFFERED | SEEN_BIT["lost"]
    moment = start + round(wait * 1000)
    return Call(start, types, LOST, lost=moment, lost_wait=said, talk=round(talk * 1000) or -1, caller=caller)


def diverted(at: float, wait: float = 5.0, caller: str = "") -> Call:
    start = round(at * 1000)
    moment = start + round(wait * 1000)
    return Call(start, OFFERED | 16, DIVERTED, diverted=moment, diverted_wait=round(wait * 1000), caller=caller)


def pending(at: float, caller: str = "") -> Call:
    return Call(round(at * 1000), OFFERED, caller=caller)


class Telling:
    """The events of calls."""

    def __init__(self) -> None:
        self.events: list[CallEvent] = []
        self.calls = 0

    def call(self, kind: str, at: float, wait: float = 10.0, *, copies: int = 1, talk: float = 0, **more: Any) -> None:
        """Add a call, offered at a moment (s); a call of kind `offered` has no further event."""
        for _ in range(copies):
            self.calls += 1
            name = f"{self.calls}"
            given = {"caller": f"hmac:{self.calls:08x}" if copies == 1 else "hmac:cccccccc", **more}
            said: dict[str, Any] = {key: each for key, each in given.items() if each is not None}
            self.events.append(event("offered", at, name, **said))
            if kind != "offered":
                self.events.append(event(kind, at + wait, name, **said))
            if talk:
                self.events.append(event("ended", at + wait + talk, name, talk=talk, **said))

    def day(self, day: int, every: int = 300, losses: Sequence[int] = (40,), wait: float = 10.0, **more: Any) -> None:
        """Add a day with a call at regular intervals (s); the calls at these indexes are lost."""
        for number, at in enumerate(range(opening(day), opening(day) + 8 * 3600, every)):
            if number in losses:
                self.call("lost", at, 60.0, **more)
            else:
                self.call("answered", at, wait + number % 7, talk=120)

    def folded(self, rules: LineRules = RULES, state: LineState | None = None) -> Line:
        """Return a line after all events in order."""
        return folded(sorted(self.events, key=attrgetter("at")), rules, state)


def folded(events: Iterable[CallEvent], rules: LineRules = RULES, state: LineState | None = None) -> Line:
    """Return a line after these events."""
    line = Line(rules, state)
    for each in events:
        line.fold(each)
    return line


def closed(line: Line) -> Line:
    """Return a line at the end of its file."""
    line.watch.close(line.state.high, line.state.results)
    return line


def incidents(line: Line) -> list[Incident]:
    return line.watch.incidents.kept


def brief(line: Line) -> list[tuple[str, str, str]]:
    """Return cause, kind and verdict of each incident."""
    return [(each.cause, each.kind, each.verdict) for each in incidents(line)]


def slot_no(at: float) -> int:
    return int(at * 1000) // QUARTER_MS


def usual(days: int = USUAL_DAYS) -> Telling:
    """Return a number of sound days."""
    told = Telling()
    for day in range(days):
        told.day(day)
    return told


def flip(told: Telling, day: int, every: int = 3) -> None:
    """Add a day that reports one in `every` calls as lost, with the wait of an answered one."""
    told.day(day, losses=())
    first = len(told.events) - 3 * 96
    for number in range(0, 96, every):
        answer, end = told.events[first + 3 * number + 1], told.events[first + 3 * number + 2]
        answer.type, end.type = "lost", "lost"
        end.talk, end.at = None, answer.at
