"""A state of format 6 is read: its calls have an unknown definition and keep it."""

from __future__ import annotations

from msgspec.structs import replace

from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.kept import record
from tests.streams.kept.formats.__main__ import HERE
from tests.streams.kept.test_records import CATALOGUE, LINE
from tests.streams.telling import event

OLD = (HERE / "6" / "line").read_bytes()


def test_its_calls_are_of_an_unknown_definition_and_new_ones_of_that_which_holds() -> None:
    rules = CATALOGUE.lines[LINE]
    line = Line(rules, record.decode(OLD, LineState))
    assert line.state.definitions == [None, rules.definition]
    line.fold(event("answered", line.state.high / 1000 + 60, "new", wait=3))
    assert {call.by for name, call in line.state.live.items() if name != "new"} <= {0}
    assert line.state.live["new"].by == 1
    line.close(line.state.high)
    stamped = [day for day in (*line.state.book.done, *line.days()) if day.definitions]
    assert [day.definitions for day in stamped] == [[rules.definition]], "the day of the new call alone is stamped"


def test_a_change_of_the_definition_at_the_upgrade_changes_nothing_that_was_counted() -> None:
    before = Line(CATALOGUE.lines[LINE], record.decode(OLD, LineState))
    after = Line(replace(CATALOGUE.lines[LINE], lost_reasons=frozenset({"timeout"})), record.decode(OLD, LineState))
    assert before.figures.counts() == after.figures.counts()
