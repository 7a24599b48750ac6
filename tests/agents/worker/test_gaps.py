"""Offsets at the end of a partition without a record: a transaction's marker, or deleted records."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnknownError
from confluent_kafka import Producer
from kafka import TopicPartition  # type: ignore[import-untyped]

from agents.kafka.client import Topic, admin, partition_of, topic
from agents.kafka.reading import nothing_between
from agents.kafka.topics import create_topics
from config.settings import Settings
from tests.agents.office import CommandedOffice
from tests.agents.running import worker
from tests.conftest import BROKER
from tests.streams.telling import value

pytestmark = pytest.mark.broker

KEY = b"lozere/standard"


@pytest.fixture
def calls(settings: Settings) -> TopicPartition:
    """Give a partition of calls that ends with the marker of a transaction of three records."""
    create_topics(settings)

    async def told() -> int:
        producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap, transactional_id=settings.kafka.prefix)
        try:
            await producer.start()
            async with producer.transaction():
                sent = [await producer.send(name, value(call=call), b"lozere/standard") for call in ("1", "2", "3")]
            return int((await sent[0]).partition)
        finally:
            await producer.stop()

    name = topic(settings, Topic.CALL_ATTEMPTS)
    try:
        return TopicPartition(name, asyncio.run(told()))
    except UnknownError:
        pytest.skip("the embedded broker has no transactions")


def test_a_mark_is_nothing_and_so_is_what_was_deleted(settings: Settings, calls: TopicPartition) -> None:
    assert nothing_between(settings, calls, 3, 4)
    assert not nothing_between(settings, calls, 2, 4)
    with admin(settings) as client:
        client.delete_records({calls: 3})
    assert nothing_between(settings, calls, 0, 4)


@pytest.mark.usefixtures("calls")
def test_a_worker_that_has_folded_all_but_a_mark_has_nothing_to_fold(settings: Settings, tmp_path: Path) -> None:
    config = tmp_path / "office.yaml"
    config.write_text("site: lozere\nlines: {standard: {}}\n")
    with worker(settings, TOCSIN_CONFIG=str(config)) as running:
        running.await_events(3)
        running.await_page("/healthz", '"lag": 0,')
        assert running.total("tocsin_calls_answered_total", line="standard") == 3
        assert "reading again" not in running.words()


class Stranger:
    """A producer of librdkafka that writes calls in transactions."""

    def __init__(self, settings: Settings) -> None:
        self._topic, self._home = topic(settings, Topic.CALL_ATTEMPTS), partition_of(KEY, settings.kafka.partitions)
        name = f"{settings.kafka.prefix}stranger"
        self._producer = Producer({"bootstrap.servers": settings.kafka.bootstrap, "transactional.id": name})
        self.abort, self.commit = self._producer.abort_transaction, self._producer.commit_transaction
        self._producer.init_transactions()

    def write(self, *calls: str) -> None:
        """Begin a transaction, write a call each, and leave it open."""
        self._producer.begin_transaction()
        for call in calls:
            self._producer.produce(self._topic, value(call=call), KEY, self._home)
        assert self._producer.flush() == 0


def test_calls_of_an_aborted_transaction_count_nowhere_and_those_of_an_open_one_once_committed(
    settings: Settings, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    if "embedded" in pytestconfig.stash[BROKER]:
        pytest.skip("the embedded broker aborts no transaction")
    create_topics(settings)
    office = CommandedOffice(settings, tmp_path, "site: lozere\nclock: event\nlines: {standard: {}}\n")
    stranger = Stranger(settings)
    stranger.write("1", "2")
    stranger.commit()
    stranger.write("3", "4", "5")
    stranger.abort()
    stranger.write("6")
    stranger.commit()
    stranger.write("7", "8")
    with worker(settings, **office.environment) as running:
        running.await_events(3)
        running.await_page("/healthz", '"lag": 0,')
        assert running.total("tocsin_calls_answered_total", line="standard") == 3
        done = office.command("audit")
        assert done.exit_code == 0, done.output
        stranger.commit()
        running.await_events(5)
        assert running.total("tocsin_calls_answered_total", line="standard") == 5
    done = office.command("audit")
    assert done.exit_code == 0, done.output
