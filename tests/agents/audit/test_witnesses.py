"""The audit recounts the days of a line and its witness: it accepts honest ones and names forged or deleted ones."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.audit.incidents import StoredDesk
from agents.kafka.client import Topic
from agents.kafka.topics import create_topics
from agents.states.records import StateRecord
from config.settings import Settings
from streams.desks.line_state import LineState
from streams.events import milliseconds
from streams.kept import record
from tests.agents.audit.office import Office
from tests.streams.desks.test_line_witness import MORNING, diverted_as_lost, event, events, lost_missing, second
from tests.streams.desks.test_line_witness import office as calls

pytestmark = pytest.mark.broker

OFFICE = "site: lozere\nclock: event\nlines: {accueil: {witness: carrier}}\n"
MADE = calls(80.0, per_hour=5)
LINE = events(diverted_as_lost(lost_missing(MADE)))
LATE = event("lost", MORNING + 30 * 3600, "late", wait=4.0)  # arrives hours after its slot has settled


def told(names: str) -> Iterator[tuple[Topic, bytes, bytes]]:
    """Yield the records of both sources in order of time."""
    rows = [(milliseconds(each.at), Topic.CALL_ATTEMPTS, each) for each in LINE]
    rows += [
        (milliseconds(each.at) - 37_000, Topic.CALL_WITNESSES, each) for each in second(events(MADE), 37, names=names)
    ]
    rows.append(((MORNING + 40 * 3600) * 1000, Topic.CALL_ATTEMPTS, LATE))
    for _, where, each in sorted(rows, key=lambda row: row[:2]):
        yield where, b"lozere/accueil", msgspec.json.encode(each)


@pytest.fixture(params=["", "x"], ids=["by id", "by time"])
def office(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Office:
    """Give an office whose line hides lost callers, counted by a worker that crashed and by its successor."""
    create_topics(settings)
    office = Office(settings, tmp_path)
    office.file.write_text(OFFICE)
    office.count(list(told(request.param)), ((0.5, signal.SIGKILL), (1.0, signal.SIGTERM)))
    return office


def without_losses(value: bytes) -> bytes:
    """Return the day of both records with every lost caller counted as answered."""
    day: dict[str, Any] = msgspec.json.decode(value)
    for slot in day["slots"].values():
        slot["answered"] = slot.get("answered", 0) + slot.pop("lost", 0)
    return msgspec.json.encode(day)


def test_a_forged_or_deleted_day_of_both_records_is_named_and_an_honest_one_is_not(office: Office) -> None:
    honest = office.audit()
    days = sorted(key for key in office.ledger() if key.endswith("/witness"))
    assert honest["breaches"] == []
    assert len(days) == 4
    assert honest["recounted"] == honest["days"] - 1, "all but the day whose calls have not settled"

    forged, deleted = (
        key.removeprefix("lozere/").replace("/", " ", 1).replace("/witness", ", both records") for key in days[:2]
    )
    office.put(Topic.LEDGER, days[0].encode(), without_losses(office.ledger()[days[0]]))
    (breach,) = office.audit()["breaches"]
    assert (breach["kind"], breach["subject"]) == ("day-uncounted", forged)
    assert "lost 1" in breach["says_en"]
    office.put(Topic.LEDGER, days[1].encode(), None)
    assert {forged, deleted} <= {subject for _, subject in office.found()}


def test_a_state_that_cannot_be_read_is_passed_over_for_the_one_before_it() -> None:
    good = record.encode(LineState("lozere/circulation", offset=7))
    junk = record.encode(LineState("", offset=2**40))[:21] + b"junk"
    read = [StoredDesk.of(StateRecord("line lozere/circulation", 0, 1, 0, junk, each)) for each in (good, None)]
    assert [None if each is None else each.state.offset for each in read] == [7, None]
