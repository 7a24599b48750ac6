"""The calls of each hour: from the day's ring, after they left it, and from late events."""

from __future__ import annotations

from typing import Any

from streams.calls.hours import HOURS_KEPT, Hour
from streams.calls.rules import LineRules
from streams.desks.line import Line
from tests.streams.telling import event

RULES = LineRules(site="lozere", line="circulation", max_call=600_000)
FIRST = Hour(
    answered=1, lost=2, diverted=1, waits=3, queued_lost=1, unqueued_lost=1, waited=70_000, talks=1, talked=5_000
)


def line_until(hours: float) -> Line:
    """Return a line with four calls in the first hour and one that is answered `hours` later."""
    line = Line(RULES)
    told: list[tuple[str, float, dict[str, Any]]] = [
        ("answered", 300, {"wait": 30, "talk": 5}),
        ("lost", 1200, {"wait": 40}),
        ("lost", 2000, {"wait": 0}),
        ("diverted", 3500, {}),
        ("answered", hours * 3600, {}),
        ("answered", hours * 3600 + 900, {}),
    ]
    for kind, at, more in told:
        line.fold(event(kind, at, f"{kind} {at}", **more))
        line.check()
    return line


def test_an_hour_is_the_same_live_settled_in_the_ring_and_after_it() -> None:
    for hours in (1, 20, 30, 700):
        line = line_until(hours)
        assert line.figures.by_hour()[0] == FIRST
        line.advance(3 * 10**9)
        line.check()
        found = line.figures.by_hour()
        assert found[0] == FIRST
        assert sum(hour.answered for hour in found.values()) == 3
    assert line.state.rings.hours[0] == FIRST


def test_an_hour_is_kept_for_a_month() -> None:
    line = line_until(HOURS_KEPT + 30)
    line.advance(3 * 10**9)
    assert 0 not in line.figures.by_hour()
    assert line.figures.total().lost == 2


def test_what_is_told_of_an_hour_after_it_left_the_ring_counts_there() -> None:
    line = line_until(30)
    line.advance(3 * 10**9)
    line.fold(event("answered", 1300, "lost 1200"))
    line.fold(event("lost", 100, "late", wait=10))
    line.advance(3 * 10**9)
    line.check()
    hour = line.figures.by_hour()[0]
    assert (hour.answered, hour.lost, hour.queued_lost, hour.ended) == (2, 2, 1, 5)
