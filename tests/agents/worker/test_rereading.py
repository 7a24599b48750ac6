"""An outdated state: the changelog is read again, and the rest is folded from the events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from agents.ingest.send import ingest
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, records
from agents.kafka.sending import sending
from agents.worker.restored import RestoredStates
from config.settings import Settings
from tests.agents.running import worker
from tests.agents.scraping import FEEDS, Worker, calls
from tests.agents.worker.logs import analysed, counted, expected, log, told

LINE = b"line lozere/standard"


def states(*told: Mapping[bytes, bytes]) -> RestoredStates:
    """Return the changelog's records, one checkpoint after the other."""
    found, offset = RestoredStates(), 0
    for checkpoint in told:
        for key, value in checkpoint.items():
            found.take(key, value, offset)
            offset += 1
    return found


@pytest.fixture
def checkpoints() -> list[dict[bytes, bytes]]:
    """Give the records of three checkpoints of a partition: after one call, three and six."""
    office, found = Worker(), []
    for count in (1, 2, 3):
        office.take(*calls(count))
        found.append(office.records(0))
    return found


def restored(found: RestoredStates) -> Worker:
    office = Worker()
    office.ownership.take({0: found})
    asyncio.run(office.ownership.assign([0, 1], FEEDS))
    return office


def test_a_state_that_is_as_its_partition_says_is_no_doubt(checkpoints: list[dict[bytes, bytes]]) -> None:
    assert restored(states(*checkpoints)).ownership.doubtful() == []


def test_what_a_restoration_dropped_is_found_by_another_reader(checkpoints: list[dict[bytes, bytes]]) -> None:
    lacking = [checkpoints[0], {key: each for key, each in checkpoints[2].items() if key != LINE}]
    office = restored(states(*lacking))
    partition = office.ownership.partitions[0]
    assert office.ownership.doubtful() == [0]
    assert {key: tuple(each) for key, each in partition.behind().items()} == {LINE: (0, 5)}
    assert partition.calls.positions.cursor == 0
    office.ownership.unsettle()
    office.ownership.take({0: states(*checkpoints)})
    asyncio.run(office.ownership.assign([0, 1], FEEDS))
    assert office.ownership.doubtful() == []
    assert office.ownership.partitions[0].calls.positions.cursor == 5


def test_a_state_that_is_gone_is_refused_and_told(checkpoints: list[dict[bytes, bytes]]) -> None:
    gone = [{key: each for key, each in told.items() if key != LINE} for told in checkpoints]
    office = restored(states(*gone))
    assert office.ownership.doubtful() == [0]
    (said,) = office.ownership.unread.values()
    assert said.refused
    assert str(said) == (
        "the state record of key 'line lozere/standard' was written but is missing in partition 0; "
        "line lozere/standard is not folded until you run `tocsin state rebuild 'line lozere/standard'` "
        "and restart this worker"
    )


@pytest.mark.broker
def test_a_line_of_which_an_older_record_was_kept_is_read_again(office: Settings, config: str) -> None:
    """As if Kafka had compacted the newer one away because a worker believed dead wrote last."""
    rows = log(400)
    events = told(rows, office)
    third = len(events) // 3
    name = topic(office, Topic.STATE)

    def kept() -> list[Record]:
        return [each for each in records(office, name) if each.key == LINE and each.value is not None]

    def folded(end: int) -> list[Record]:
        before = len(kept())
        ingest(office, events[end - third : end], "queue_log")
        with worker(office, TOCSIN_CONFIG=config) as running:
            running.await_events(end)
            # A worker on a busy machine may be killed while it ends, before its last checkpoint.
            running.until(lambda: len(kept()) > before)
        return kept()

    older, *_ = folded(third)
    folded(2 * third)
    with sending(office, "the state") as sender:
        for value in (None, older.value):
            sender.send_to(name, older.partition, LINE, value)
    ingest(office, events[2 * third :], "queue_log")
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(events))
        assert counted(running) == expected(analysed(rows, office))
        said = running.words()
    assert "reading the changelog again" in said
    assert "its missing events are read again" in said
