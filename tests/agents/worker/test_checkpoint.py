"""Records that the broker refuses stay due: nothing is acknowledged or lost, and the worker keeps running."""

from __future__ import annotations

import asyncio
from asyncio import Future
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaTimeoutError
from faust.exceptions import ProducerSendError

from agents.kafka.burial import MOST_OF_A_CAUSE
from agents.kafka.client import Topic, topic
from agents.kafka.dead_letters import decode_letter
from agents.worker import checkpoint as module
from agents.worker import steps
from agents.worker.changes import IncidentChanges
from agents.worker.checkpoint import Checkpoint
from agents.worker.outgoing import Outgoing
from streams.kept import memory
from streams.pages import is_page
from tests.agents.scraping import FEEDS, NOW, OFFICE, TOPIC, Worker, calls
from tests.streams.partitions import declaration
from tests.streams.telling import Message, value


class Kafka:
    """A fake producer that keeps sent records, or refuses them as Faust and aiokafka do."""

    def __init__(self) -> None:
        self.refuses: BaseException | None = None
        self.kept: list[tuple[Any, bytes]] = []
        self.changelog: list[tuple[int, bytes, bytes]] = []  # partition, key and value
        self.deleted: list[bytes | None] = []

    async def send(self, record: Outgoing) -> Future[None]:
        if isinstance(self.refuses, ProducerSendError):
            raise self.refuses
        outcome = asyncio.get_running_loop().create_future()
        if self.refuses is None:
            if record.value is None:
                self.deleted.append(record.key)
            else:
                self.kept.append((record.key, record.value))
            if record.topic == topic(OFFICE, Topic.STATE) and record.value is not None:
                assert record.partition is not None
                assert record.key is not None
                self.changelog.append((record.partition, record.key, record.value))
            outcome.set_result(None)
        else:
            outcome.set_exception(self.refuses)
        return outcome


class Batch:
    acknowledged = 0
    message = SimpleNamespace(topic="tocsin.call-attempts", partition=0)

    def ack(self) -> None:
        self.acknowledged += 1


def checkpoint_of(worker: Worker, kafka: Kafka) -> Checkpoint:
    settings = OFFICE.model_copy(update={"checkpoint": OFFICE.checkpoint.model_copy(update={"events": 1_000})})
    return Checkpoint(worker.ownership, settings, kafka.send, IncidentChanges(worker.ownership, worker.roster))


@pytest.mark.parametrize("refusal", [ProducerSendError("a record too large"), KafkaTimeoutError()])
def test_what_is_refused_stays_due_until_it_is_taken(refusal: Exception) -> None:
    worker, kafka, batch = Worker(), Kafka(), Batch()
    checkpoint = checkpoint_of(worker, kafka)
    worker.take(*calls(3))
    checkpoint.after(cast("Any", batch), 3, [Outgoing("tocsin.dead-letters", b"letter", b"dead")])

    kafka.refuses = refusal
    asyncio.run(checkpoint.write())
    assert (batch.acknowledged, kafka.kept) == (0, [])

    kafka.refuses = None
    asyncio.run(checkpoint.write())
    assert batch.acknowledged == 1
    assert {b"letter", b"line lozere/standard", b"intake calls 0"} <= {key for key, _ in kafka.kept}


def test_a_batch_is_acknowledged_only_after_its_last_records() -> None:
    worker, kafka, batch = Worker(), Kafka(), Batch()
    checkpoint = checkpoint_of(worker, kafka)
    worker.take(*calls(3))
    checkpoint.after(cast("Any", batch), 2, whole=False)
    asyncio.run(checkpoint.write())
    assert batch.acknowledged == 0
    checkpoint.after(cast("Any", batch), 1)
    asyncio.run(checkpoint.write())
    assert batch.acknowledged == 1


@pytest.mark.parametrize("ending", [asyncio.CancelledError(), RuntimeError("the client has ended")])
def test_what_a_checkpoint_that_was_broken_off_did_not_write_is_written_by_the_next(ending: BaseException) -> None:
    worker, kafka = Worker(), Kafka()
    checkpoint = checkpoint_of(worker, kafka)
    worker.take(*calls(3))
    kafka.refuses = ending
    with pytest.raises(type(ending)):
        asyncio.run(checkpoint.write())
    kafka.refuses = None
    worker.take(*calls(1, line="circulation"), line="circulation")  # of another line, so that this one is unchanged
    asyncio.run(checkpoint.write())
    assert {b"line lozere/standard", b"intake calls 0", b"line lozere/circulation"} <= {key for key, _ in kafka.kept}


@pytest.mark.parametrize(("seconds", "deletes"), [(-1.0, True), (60.0, False)])
def test_a_page_that_no_record_names_is_deleted_once_it_is_old(
    monkeypatch: pytest.MonkeyPatch, seconds: float, *, deletes: bool
) -> None:
    for name in ("PAGE", "MOST"):
        monkeypatch.setattr(memory, name, 2)
    monkeypatch.setattr(module, "GONE_SECONDS", seconds)
    worker, kafka = Worker(), Kafka()
    checkpoint = checkpoint_of(worker, kafka)
    for day in range(5):
        worker.take(*(value("lost", NOW + 86_400 * day, f"{day} {each}") for each in "ab"))
        asyncio.run(checkpoint.write())
    pages = [key for _, key, _ in kafka.changelog if is_page(key)]
    assert len(pages) == 4
    assert kafka.deleted == (pages[:2] if deletes else [])
    assert (pages[0] in worker.ownership._records[0].furthest()) is not deletes


def test_a_page_that_is_written_again_is_not_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that are sent again change their order on the page, and then return to the first one."""
    monkeypatch.setattr(memory, "PAGE", 3)
    worker, kafka = Worker(), Kafka()
    checkpoint = checkpoint_of(worker, kafka)
    calls_again = [value("lost", NOW + each, str(each)) for each in range(3)]
    worker.take(*calls_again, value("lost", NOW + 86_400, "later"))
    asyncio.run(checkpoint.write())
    for number in (0, 1, 0, 2):
        worker.take(calls_again[number])
        asyncio.run(checkpoint.write())
    written = [key for _, key, _ in kafka.changelog if is_page(key)]
    assert written[0] == written[2] != written[1]
    monkeypatch.setattr(module, "GONE_SECONDS", -1.0)
    asyncio.run(checkpoint.write())
    assert kafka.deleted == [written[1]]


def test_a_flood_is_a_few_letters_and_one_sum_that_names_every_record() -> None:
    worker, kafka = Worker(), Kafka()
    checkpoint = checkpoint_of(worker, kafka)
    intake = worker.ownership.partitions[0].calls
    flood = [Message(offset, b"lozere/l%d" % (offset % 18), value(line=f"l{offset % 18}")) for offset in range(5_000)]
    for begin in (0, 2_500):
        rejected = intake.take(flood[begin : begin + 2_500])
        checkpoint.after(cast("Any", Batch()), 2_500, rejected=rejected)

    kafka.refuses = KafkaTimeoutError()  # refused records stay due, and are written once
    asyncio.run(checkpoint.write())
    assert kafka.kept == []
    kafka.refuses = None
    asyncio.run(checkpoint.write())
    *whole, summed = [decode_letter(written) for _, written in kafka.kept if b'"reason"' in written]
    assert [letter.offset for letter in whole] == list(range(MOST_OF_A_CAUSE))
    assert (summed.reason, summed.count, summed.offset, summed.last) == ("unknown-line", 4_980, 20, 4_999)
    assert summed.places() == ((20, 4_999),)
    assert intake.state.rejected == {"unknown-line": 5_000}, "every one is counted, once"


def test_an_incident_is_told_only_when_its_line_would_know_it_after_a_crash() -> None:
    worker, kafka = Worker(), Kafka()
    checkpoint = checkpoint_of(worker, kafka)
    worker.ownership.partitions[0].reviews.take([Message(0, b"lozere/standard", declaration())])
    asyncio.run(checkpoint.write())
    keys = [key for key, _ in kafka.kept]
    incident = next(key for key in keys if b"standard-" in key)
    assert keys.index(b"line lozere/standard") < keys.index(incident)


def test_wherever_a_crash_cuts_a_checkpoint_no_position_is_ahead_of_its_desks() -> None:
    worker, kafka = Worker(), Kafka()
    checkpoint = checkpoint_of(worker, kafka)
    worker.take(*calls(3))
    asyncio.run(checkpoint.write())
    for written in range(len(kafka.changelog) + 1):
        following = Worker()
        for record in kafka.changelog[:written]:
            following.ownership.restore(*record)
        asyncio.run(following.ownership.assign([0, 1], FEEDS))
        assert following.ownership.doubtful() == [], f"after {written} records"
    assert following.ownership.positions() == worker.ownership.positions()


def test_what_is_folded_between_two_desks_is_safe_with_its_results_before_its_desk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A letter, or a transfer's wait, must not come after the state that has its event: no replay makes it again."""
    monkeypatch.setattr(steps, "STEP_SECONDS", -1.0)
    worker, kafka, first, second = Worker(), Kafka(), Batch(), Batch()
    checkpoint = checkpoint_of(worker, kafka)
    worker.take(*calls(3))
    checkpoint.after(cast("Any", first), 3)

    async def fold_meanwhile() -> None:
        writing = asyncio.create_task(checkpoint.write())
        await asyncio.sleep(0)
        worker.take(*calls(5)[3:])
        checkpoint.after(cast("Any", second), 2, [Outgoing("tocsin.dead-letters", b"letter", b"dead")])
        assert checkpoint.left == 5, "events of the checkpoint being written are not safe yet"
        await writing

    asyncio.run(fold_meanwhile())
    assert (first.acknowledged, second.acknowledged, checkpoint.left) == (1, 0, 2)
    keys = [key for key, _ in kafka.kept]
    assert keys.index(b"letter") < keys.index(b"line lozere/standard")
    following = Worker()
    for record in kafka.changelog:
        following.ownership.restore(*record)
    asyncio.run(following.ownership.assign([0, 1], FEEDS))
    (tp,) = [tp for tp in following.ownership.positions() if (tp.topic, tp.partition) == (TOPIC, 0)]
    assert following.ownership.positions()[tp] == 2, "the intake's record is of the beginning"
    assert following.ownership.partitions[0].lines[b"lozere/standard"].state.offset == 4
    asyncio.run(checkpoint.write())
    assert (first.acknowledged, second.acknowledged) == (1, 1)


def test_a_checkpoint_whose_partitions_are_revoked_between_two_desks_writes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(steps, "STEP_SECONDS", -1.0)
    worker, kafka, batch = Worker(), Kafka(), Batch()
    checkpoint = checkpoint_of(worker, kafka)
    worker.take(*calls(3))
    checkpoint.after(cast("Any", batch), 3)

    async def revoke_meanwhile() -> None:
        writing = asyncio.create_task(checkpoint.write())
        await asyncio.sleep(0)
        worker.ownership.revoke()
        checkpoint.forget()
        await writing

    asyncio.run(revoke_meanwhile())
    assert (batch.acknowledged, kafka.kept, checkpoint.left, checkpoint.failing) == (0, [], 0, None)
