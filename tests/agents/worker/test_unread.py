"""An unreadable state is reported by topic, partition, key and offset, with the command that repairs it."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from agents.worker.unread import log_unread
from streams.desks.line_state import LineState
from streams.kept import record
from streams.kept.memory import MemoryPage
from tests.agents.scraping import Worker, calls

KEY = b"line lozere/standard"


def worker_with(*values: bytes) -> Worker:
    """Return a worker that restores these records of a line, from offsets 70, 71, ..."""
    worker = Worker()
    worker.ownership.revoke()
    for offset, value in enumerate(values, 70):
        worker.ownership.restore(0, KEY, value, offset)
    worker.assign([0, 1])
    return worker


def good(count: int) -> bytes:
    worker = Worker()
    worker.take(*calls(count))
    return record.encode(worker.ownership.partitions[0].lines[b"lozere/standard"].state)


@pytest.mark.parametrize("bad", [b"junk", good(3)[:40], b"\x05" * 40])
def test_a_refused_line_is_named_and_shown_and_the_others_go_on(bad: bytes) -> None:
    worker = worker_with(bad)
    with capture_logs() as logs:
        log_unread(worker.ownership.unread.values(), "tocsin.worker-state-changelog")
    (said,) = logs
    assert (said["topic"], said["log_level"]) == ("tocsin.worker-state-changelog", "critical")
    assert "partition 0, key 'line lozere/standard', offset 70" in said["event"]
    assert "tocsin state rebuild 'line lozere/standard'" in said["event"]
    worker.take(*calls(2))
    assert worker.value("tocsin_calls_offered_total") is None
    shown = worker.scrape()
    assert (shown["tocsin_states_refused", frozenset()], shown["tocsin_states_mended", frozenset()]) == (1, 0)
    worker.take(*calls(4, line="circulation"), line="circulation")
    assert worker.value("tocsin_calls_offered_total", line="circulation") == 4


def test_a_line_that_lacks_a_page_of_its_memory_is_named_and_read_again() -> None:
    state = LineState("lozere/standard", pages=[MemoryPage("3f")])
    worker = worker_with(record.encode(state))
    (said,) = worker.ownership.unread.values()
    assert str(said).startswith("a page of the state record of key 'line lozere/standard' was written but is missing")
    assert worker.ownership.doubtful() == [0]


def test_a_line_that_went_on_from_the_record_before_is_told_once_and_shown() -> None:
    worker = worker_with(good(3), good(9)[:21] + b"junk")
    (told,) = worker.ownership.unread.values()
    assert "offset 71" in str(told)
    assert "resumes from the previous record" in str(told)
    assert worker.scrape()["tocsin_states_mended", frozenset()] == 1
    assert worker.value("tocsin_calls_offered_total") == 3
    worker.assign([0, 1])
    assert worker.ownership.unread == {}
