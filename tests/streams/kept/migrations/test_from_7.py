"""A state of format 7 is read: the words of its evidence stay as they were written."""

from __future__ import annotations

from typing import Any

from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.kept import record
from streams.kept.migrations.from_7 import migrate
from streams.watch.facts import KeptSentences
from tests.streams.kept.test_records import CATALOGUE, LINE, RECORDS

OLD = (RECORDS / "line").read_bytes()


def test_the_words_of_its_incidents_are_kept() -> None:
    line = Line(CATALOGUE.lines[LINE], record.decode(OLD, LineState))
    evidence = [each for incident in line.state.watch.incidents for each in incident.evidence]
    assert evidence
    assert all(isinstance(each.facts, KeptSentences) and each.facts.french != each.facts.english for each in evidence)
    assert record.decode(record.encode(line.state), LineState) == line.state


def test_the_calls_that_a_second_record_names_are_kept() -> None:
    figures, calls = ["second record", 1.0, 0.0, 1.0], ["c1"]
    incident: dict[str, Any] = {"evidence": [[*figures, "vu", "seen", calls]]}
    migrate("LineState", {"watch": {"incidents": [incident]}})
    assert incident["evidence"] == [[*figures, ["KeptSentences", "vu", "seen"], calls]]
