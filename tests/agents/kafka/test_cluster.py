"""Every record has copies on three brokers, and is acknowledged only after two brokers have it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from agents.kafka.broker import BrokerError
from agents.kafka.client import KafkaError, Topic, admin, producer, topic
from agents.kafka.reading import records
from agents.kafka.topics import check_topics, create_topics
from config.settings import Kafka, Settings
from tests.cluster import Cluster, cluster
from tests.waiting import PATIENCE, until

T = TypeVar("T")


def copies(settings: Settings) -> list[tuple[int, int]]:
    """Return the planned and the actual number of copies of each partition of the calls."""
    with admin(settings) as client:
        (found,) = client.describe_topics([topic(settings, Topic.CALL_ATTEMPTS)])
    return [(len(each["replica_nodes"]), len(each["isr_nodes"])) for each in found["partitions"]]


def await_in_sync(settings: Settings) -> None:
    """Wait until every broker has all records, so that the next one can be stopped."""
    until(lambda: set(patiently(lambda: copies(settings))) == {(3, 3)}, every=0.2)


def patiently(ask: Callable[[], T]) -> T:
    """Retry for some seconds, while clients still ask the killed broker."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except KafkaError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def stored(settings: Settings) -> list[bytes | None]:
    return [record.value for record in records(settings, topic(settings, Topic.CALL_ATTEMPTS))]


def send(settings: Settings, *values: bytes) -> None:
    client = producer(settings)
    try:
        for value in values:
            client.send(topic(settings, Topic.CALL_ATTEMPTS), key=b"lozere/standard", value=value).get(timeout=PATIENCE)
    finally:
        client.close()


@pytest.mark.broker
def test_what_was_acknowledged_outlives_a_broker_and_nothing_is_by_one_alone(tmp_path: Path) -> None:
    try:
        with cluster(tmp_path, properties={"replica.lag.time.max.ms": "2000"}) as running:
            lose_one_after_the_other(running)
    except BrokerError as error:
        pytest.skip(str(error))


def lose_one_after_the_other(running: Cluster) -> None:
    settings = Settings(site="lozere", kafka=Kafka(bootstrap=running.address, partitions=2))
    assert create_topics(settings).differences == ()
    assert {each for each, _ in copies(settings)} == {3}
    assert check_topics(settings).differences == ()
    send(settings, b"of three")
    running.stop(0, signal.SIGKILL)
    send(settings, b"of two")
    assert patiently(lambda: check_topics(settings)).differences == ()  # a broker that is down still counts
    assert patiently(lambda: stored(settings)) == [b"of three", b"of two"]
    running.start()
    await_in_sync(settings)
    running.stop(1, signal.SIGKILL)
    send(settings, b"of other two")
    assert patiently(lambda: stored(settings)) == [b"of three", b"of two", b"of other two"]
    running.stop(2, signal.SIGKILL)
    assert sent_alone(settings, b"of one alone") == "refused"


def sent_alone(settings: Settings, value: bytes) -> str:
    """Send a record and return the result. A process of its own does it, because its client would retry for ever."""
    program = f"""if True:
        import os
        from agents.kafka.client import KafkaError, Topic, producer, topic
        from config.settings import Kafka, Settings
        settings = Settings(site="lozere", kafka=Kafka(bootstrap={settings.kafka.bootstrap!r}, partitions=2))
        try:
            calls = topic(settings, Topic.CALL_ATTEMPTS)
            producer(settings).send(calls, key=b"lozere/standard", value={value!r}).get(10)
            print("acknowledged", flush=True)
        except KafkaError:
            print("refused", flush=True)
        os._exit(0)
    """
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()
