"""States of format 7, and vintages of that time, are read: the words of their evidence stay as they were written."""

from __future__ import annotations

import zlib
from typing import Any

import msgspec
import pytest

from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.indicators.vintage import content_of, digest_of, read_vintage
from streams.kept import record
from streams.kept.migrations.from_7 import migrate
from streams.watch.facts import KeptSentences
from tests.streams.kept.formats.__main__ import HERE
from tests.streams.kept.test_records import CATALOGUE, LINE, RECORDS

OLD = (RECORDS / "line").read_bytes()
# A version with states of format 7 published it for three days of a made-up office, and put its content in its key.
VINTAGE = zlib.decompress((HERE / "7/vintage").read_bytes())
CONTENT = "4000d52791345283ca33d0c3940ce107e1257e12ac6c0e4470058fc482eb3f0c"


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


def test_a_vintage_keeps_its_figures_and_the_words_of_its_incidents() -> None:
    assert content_of(msgspec.json.decode(VINTAGE)) == CONTENT
    found = read_vintage(VINTAGE)
    assert digest_of(found.annual) == found.digest
    (incident,) = found.annual.incidents
    assert [each.facts for each in incident.evidence] == [
        KeptSentences(
            "23 sur 54 sont comptés perdus, alors qu'une conversation est notée",
            "23 of 54 are counted lost, though a conversation is on record",
        )
    ]


@pytest.mark.parametrize(
    "other", [b"{", b"[]", b'{"annual": {}}', VINTAGE.replace(b'"evidence":[[', b'"evidence":[[[')]
)
def test_what_is_no_vintage_is_refused(other: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        read_vintage(other)
