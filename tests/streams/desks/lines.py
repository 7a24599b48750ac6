"""Events of calls on one line, folded."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import msgspec

from streams.calls.call import ANSWERED, DIVERTED, LOST, UNRESOLVED
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent
from streams.ledger.seal import LAWS
from streams.ledger.sums import whole

RULES = LineRules(site="lozere", line="circulation", max_call=600_000)
LATENESS = RULES.lateness / 1000
LONG_AFTER = 10**9  # ms: eleven days, after which all calls of these tests are settled
CALLERS = ["hmac:0123456789abcdef", "hmac:fedcba9876543210ff", "hmac:00000000"]


def event(kind: str, at: float, call: str = "1", **more: Any) -> CallEvent:
    return msgspec.convert({"line": "circulation", "call": call, "type": kind, "at": at, **more}, CallEvent)


def folded(events: list[CallEvent], rules: LineRules = RULES) -> Line:
    line = Line(rules)
    for each in events:
        line.fold(each)
        line.check()
    return line


def figures(line: Line) -> dict[str, Any]:
    """Return the whole state except the figures shown on the way and calls out of reach of every window.

    The watch and the book depend on the order of outcomes, so the watch is left out and of the book only the days are
    compared, without the counts of the watch: they depend on when it looked.
    """
    state = msgspec.to_builtins(line.state)
    del state["shown"], state["watch"], state["book"]
    state["days"] = days(line)
    for slots in state["days"]:
        for slot in slots.values():
            for name in LAWS & slot.keys():
                del slot[name]
    state["counts"] = {outcome: count for outcome, count in state["counts"].items() if count}
    rings = deepcopy(line.state.rings)
    rings.prune(line.state.high)
    state["rings"] = rings
    staff = deepcopy(line.state.depth.staff)
    staff.prune()
    state["depth"]["staff"] = staff
    for call in state["live"].values():
        call["identities"].sort()
    return msgspec.to_builtins(state)  # type: ignore[no-any-return]


def days(line: Line) -> list[Any]:
    """Return the days of the line's ledger, slot by slot."""
    return [msgspec.to_builtins(day.slots) for day in whole(line.state.book.done + line.days()) if day.slots]


def depth(line: Line) -> Any:
    """Return the detailed figures as they are read."""
    read = line.figures
    staff = read.staff()
    return msgspec.to_builtins((read.callers(), staff.occupancy, staff.by_hour(), read.overflow(), read.by_hour()))


def sums_of_waits(line: Line) -> tuple[int, int]:
    total = line.figures.total()
    return total.answered_waits.total, total.lost_waits.total


def kinds(line: Line) -> tuple[int, int, int, int, int]:
    return (
        line.state.offered,
        line.figures.count(ANSWERED),
        line.figures.count(LOST),
        line.figures.count(DIVERTED),
        line.figures.count(UNRESOLVED),
    )
