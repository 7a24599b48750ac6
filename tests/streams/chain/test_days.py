"""A closed day of a vintage never changes; an open day may grow, and parts may be added."""

from __future__ import annotations

from msgspec.structs import replace

from streams.chain.days import differing, moved_since, moving, opened_before
from streams.kept.record import Position
from streams.ledger.day import CallSlot, ChannelDay, LedgerDay, LineDay, RequestSlot
from tests.agents.totals.year import edition

CLOSED, OPEN = "lozere/standard/2013-03-04", "lozere/standard/2013-12-31"


def test_what_is_closed_may_not_change_and_nothing_may_go() -> None:
    told = replace(edition(), days={CLOSED: "aa", OPEN: ""})
    assert list(moved_since(told, {CLOSED: "aa", OPEN: "bb", f"{CLOSED}#0.9": "cc"})) == []
    (changed,) = moved_since(told, {CLOSED: "ab", OPEN: ""})
    assert (changed.kind, changed.subject, changed.year) == ("day-changed", "standard 2013-03-04", 2013)
    assert [each.kind for each in moved_since(told, {CLOSED: ""})] == ["day-changed", "day-missing"]


def test_a_day_that_an_altered_vintage_names_is_told() -> None:
    altered = replace(edition(), days={CLOSED: "aa", OPEN: ""})
    assert list(differing(altered, {CLOSED: "aa", OPEN: "bb"})) == []
    (changed,) = differing(altered, {CLOSED: "ab"})
    assert (changed.kind, changed.subject) == ("day-changed", "standard 2013-03-04")
    assert "a vintage of 2013 that was altered too" in changed.says


def test_a_part_that_a_vintage_lacks_although_its_event_came_before_is_told() -> None:
    days = [f"lozere/standard/2013-03-0{number}" for number in (4, 5, 6)]
    told = replace(edition(), days=dict.fromkeys(days, "aa") | {f"{days[0]}#0.70": "aa", OPEN: ""})
    positions = {day: Position(0, 100 * number, 0) for number, day in enumerate(days, 1)} | {OPEN: Position(0, 900, 0)}
    late = [f"{days[0]}#0.70", f"{days[0]}#0.301", "lozere/other/2013-03-04#0.5", f"{days[0]}/service#0.5"]
    honest = positions | dict.fromkeys(late, Position(0, 900, 0))
    assert list(opened_before(told, honest)) == []
    forged = honest | {f"{days[0]}#0.5": Position(0, 900, 0), f"{days[1]}#0.300": Position(0, 900, 0)}
    found = [(each.kind, each.subject) for each in opened_before(told, forged)]
    assert found == [
        ("day-impossible", "standard 2013-03-04, part 0.5"),
        ("day-impossible", "standard 2013-03-05, part 0.300"),
    ]


def test_a_late_part_that_moves_more_than_one_call_is_asked_about() -> None:
    def part(name: str, calls: int, day: str = "2013-03-04") -> LineDay:
        slots = {1: CallSlot(answered=calls, lost=-calls)}
        return LineDay(id="lozere/standard", day=day, part=name, slots=slots)

    told = replace(edition(), days={f"{CLOSED}#0.5": "aa"})
    answered = ChannelDay(id="lozere/email", day="2013-03-04", part="0.9", slots={1: RequestSlot(answered=4, open=-4)})
    parts: list[LedgerDay] = [part("0.5", 9), part("0.6", 1), part("0.7", 2), part("0.8", 7, "2014-03-04"), answered]
    (asked,) = moving(told, parts)
    assert (asked.kind, asked.subject) == ("part-unusual", "standard 2013-03-04, part 0.7")
    assert asked.says.endswith("it has moved 2 calls at once")
