"""A closed day of a vintage never changes; an open day may grow, and parts may be added."""

from __future__ import annotations

from msgspec.structs import replace

from streams.chain.days import moved_since
from tests.agents.totals.year import edition

CLOSED, OPEN = "lozere/standard/2013-03-04", "lozere/standard/2013-12-31"


def test_what_is_closed_may_not_change_and_nothing_may_go() -> None:
    told = replace(edition(), days={CLOSED: "aa", OPEN: ""})
    assert list(moved_since(told, {CLOSED: "aa", OPEN: "bb", f"{CLOSED}#0.9": "cc"})) == []
    (changed,) = moved_since(told, {CLOSED: "ab", OPEN: ""})
    assert (changed.kind, changed.subject, changed.year) == ("day-changed", "standard 2013-03-04", 2013)
    assert [each.kind for each in moved_since(told, {CLOSED: ""})] == ["day-changed", "day-missing"]
