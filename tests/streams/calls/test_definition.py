"""Calls counted under one definition keep it when the configuration changes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.calls.call import ANSWERED, DIVERTED, LOST
from streams.calls.definition import Definitions
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.ledger.sums import whole
from tests.streams.reading_back import read_back
from tests.streams.telling import event

RULES = LineRules(site="lozere", line="circulation", max_call=600_000)
OTHER = replace(RULES, lost_reasons=frozenset({"timeout"}), short_call=60_000, within=2_000)
DAY = 86_400


def restarted(line: Line, rules: LineRules) -> Line:
    return Line(rules, read_back(line.state))


def told(line: Line, first: int, count: int, at: float = 0.0) -> None:
    for number in range(first, first + count):
        kind = ("answered", "lost", "lost")[number % 3]
        more: dict[str, Any] = {"reason": ("abandoned", "timeout")[number % 2]} if kind == "lost" else {}
        line.fold(event(kind, at + 60 + number, str(number), wait=10, **more))


def test_a_definition_is_noted_once_and_found_again() -> None:
    state = LineState("lozere/circulation")
    assert [Definitions(state.definitions, rules.definition).now for rules in (RULES, OTHER, RULES, OTHER)] == [
        0,
        1,
        0,
        1,
    ]
    assert state.definitions == [RULES.definition, OTHER.definition]


def test_no_count_falls_and_every_call_has_one_outcome_after_the_reasons_have_changed() -> None:
    line = Line(RULES)
    told(line, 0, 30)
    before = line.figures.counts()
    line = restarted(line, OTHER)
    assert line.figures.counts() == before
    told(line, 30, 30)
    line.check()
    assert [line.figures.count(kind) for kind in (ANSWERED, LOST, DIVERTED)] == [20, 30, 10]
    assert line.state.counts[LOST] == 10, "those lost by abandoned before"
    assert line.state.counts[DIVERTED] == 10, "and those since"


def test_a_repetition_is_counted_as_its_call_was() -> None:
    line = Line(RULES)
    told(line, 0, 30)
    before = dict(line.state.counts)
    line = restarted(line, OTHER)
    told(line, 0, 30)
    assert line.state.counts == before
    assert line.state.results == [30, 30, 0]


@given(st.lists(st.sampled_from([RULES, OTHER]), min_size=2, max_size=4), st.integers(0, 12))
def test_what_is_taken_back_and_counted_again_leaves_the_sums_as_they_were(rules: list[LineRules], late: int) -> None:
    line = Line(rules[0])
    told(line, 0, 30)
    line.fold(event("offered", 5_000, "later"))  # the others settle
    total = line.figures.total()
    for each in rules[1:]:
        line = restarted(line, each)
        line.fold(event("answered" if late % 3 == 0 else "ended", 61 + late, str(late), wait=10, id="again"))
        line.check()
        found = line.figures.total()
        assert (found.within, found.lost_short, found.lost_within) == (
            total.within,
            total.lost_short,
            total.lost_within,
        )


@pytest.mark.parametrize("reason", ["abandoned", "timeout"])
def test_a_call_that_began_before_the_change_ends_by_the_definition_that_held_then(reason: str) -> None:
    line = Line(RULES)
    line.fold(event("offered", 10, "1"))
    line = restarted(line, OTHER)
    line.fold(event("lost", 40, "1", reason=reason))
    assert line.figures.count(LOST) == 1


def test_each_day_of_the_ledger_names_the_definitions_of_its_calls() -> None:
    line = Line(RULES)
    told(line, 0, 10)
    told(line, 10, 10, DAY)
    line = restarted(line, OTHER)
    told(line, 20, 10, DAY)
    told(line, 30, 10, 2 * DAY)
    named = {each.day: each.definitions for each in whole([*line.state.book.done, *line.days()])}
    assert named == {
        "1970-01-01": [RULES.definition],
        "1970-01-02": [RULES.definition, OTHER.definition],
        "1970-01-03": [OTHER.definition],
    }
