"""Kafka's clients: their options, the names of topics, and the choice of partitions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

# kafka-python ships no types. All of Tocsin imports it from here, so that only this module has to ignore their lack.
from kafka import KafkaAdminClient, KafkaConsumer  # type: ignore[import-untyped]
from kafka.errors import KafkaError, KafkaTimeoutError, RequestTimedOutError  # type: ignore[import-untyped]
from kafka.net.compat import KafkaNetClient  # type: ignore[import-untyped]
from kafka.partitioner import DefaultPartitioner  # type: ignore[import-untyped]
from kafka.partitioner.default import murmur2  # type: ignore[import-untyped]

from agents.ending import notice
from agents.kafka.connecting import close_failed
from agents.kafka.packing import PackingProducer, quicken
from agents.kafka.refusals import unreachable
from agents.kafka.security import faust_credentials, kafka_python_options
from agents.kafka.silence import Silence, limit_ms
from agents.kafka.unpacking import read_everything
from agents.translation import text

if TYPE_CHECKING:
    from config.shared import Shared

__all__ = [
    "MAX_REQUEST_BYTES",
    "KafkaAdminClient",
    "KafkaError",
    "KafkaTimeoutError",
    "Topic",
    "admin",
    "client_options",
    "consumer",
    "faust_options",
    "partition_of",
    "producer",
    "reach",
    "topic",
]

close_failed()
quicken()
read_everything()

START_MS = 10_000
LINGER_MS = 20  # that a batch may wait for more records
QUIET_SECONDS = 1.5  # a longer wait for a broker is reported
MAX_REQUEST_BYTES = 2_097_152  # a dead letter contains a record, usually up to 1 MiB, which base64 makes a third larger


class Topic(StrEnum):
    """The topics, without the prefix that an installation may choose."""

    CALL_ATTEMPTS = "call-attempts"
    CALL_WITNESSES = "call-witnesses"
    COUNTER_TICKETS = "counter-tickets"
    LINE_READINGS = "line-readings"
    REQUESTS = "requests"
    REVIEWS = "reviews"
    NOTES = "notes"
    LEDGER = "ledger"
    INCIDENTS = "incidents"
    STATUS = "status"
    DEAD_LETTERS = "dead-letters"
    STATE = "worker-state-changelog"  # Faust's name for the changelog of the worker's table


def topic(settings: Shared, name: str) -> str:
    """Return a topic's full name; raise `ValueError` unless it is one of `Topic`."""
    return f"{settings.kafka.prefix}{Topic(name)}"


def client_options(settings: Shared) -> dict[str, Any]:
    """Return the options of every kafka-python client, reading the files of `kafka.security` now.

    Such a client never creates a topic by writing to it or reading from it: only `agents.kafka.topics` does. Raises
    `OSError` for a file that cannot be read, `ConfigError` for one with the wrong content.
    """
    return kafka_python_options(settings.kafka.security) | {
        "bootstrap_servers": settings.kafka.bootstrap.split(","),
        "kafka_client": _never_creating,
        "bootstrap_timeout_ms": START_MS,
        "request_timeout_ms": limit_ms() // 2,  # so that a request is repeated once
    }


def faust_options(settings: Shared) -> dict[str, Any]:
    """Return the options by which a Faust app reaches its brokers, reading the files of `kafka.security` now.

    Raises `OSError` for a file that cannot be read, `ConfigError` for one with the wrong content.
    """
    return {
        "broker": [f"kafka://{server}" for server in settings.kafka.bootstrap.split(",")],
        "broker_credentials": faust_credentials(settings.kafka.security),
        "producer_max_request_size": MAX_REQUEST_BYTES,
    }


@contextmanager
def admin(settings: Shared) -> Iterator[KafkaAdminClient]:
    """Yield an admin client; raise `AwayError` if no broker answers in 10 s, or if it stops answering."""
    with _start(KafkaAdminClient, settings) as client, Silence(settings, f"{settings.kafka.prefix}*").asking():
        yield client


def consumer(settings: Shared, reset: Literal["none", "latest"] = "none") -> KafkaConsumer:
    """Return a consumer without a group or commits; raise `KafkaError` if no broker answers in 10 s.

    If an offset does not exist, it fails, or with `reset` "latest" continues at the end. It reads committed records: it
    skips aborted transactions, and a partition ends before the first open one.
    """
    return _start(
        KafkaConsumer,
        settings,
        auto_offset_reset=reset,
        enable_auto_commit=False,
        isolation_level="read_committed",
        metrics_enabled=False,
    )


def producer(settings: Shared) -> PackingProducer:
    """Return a producer that writes each record once, acknowledged by all replicas, to its key's partition.

    Raises `KafkaError` if no broker answers in 10 s. `agents.kafka.sending` reports what the broker refuses.
    """
    client: PackingProducer = _start(
        PackingProducer,
        settings,
        partition_of=partition_of,
        partitions=settings.kafka.partitions,
        acks="all",
        enable_idempotence=True,
        partitioner=_ByKey(settings.kafka.partitions),
        batch_size=65_536,  # of records that are not packed
        linger_ms=LINGER_MS,
        max_request_size=MAX_REQUEST_BYTES,
        max_block_ms=limit_ms(),
        delivery_timeout_ms=limit_ms(),
        metrics_enabled=False,
    )
    return client


def reach(bootstrap: str, seconds: float) -> str:
    """Return the id of the cluster at a plain-text address; raise `KafkaError` if none answers in time."""
    with KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=1000 * seconds) as client:
        cluster: str = client.describe_cluster()["cluster_id"]
        return cluster


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a key, as Kafka's own clients choose it.

    >>> partition_of(b"lozere/standard", 8)
    4
    """
    return _hash(key) % partitions


class _ByKey(DefaultPartitioner):  # type: ignore[misc]  # its base has no types
    """Chooses among the configured number of partitions: no worker reads those that somebody has added since.

    Hashes are cached: kafka-python computes them in Python, and an office has few keys.
    """

    def __init__(self, partitions: int) -> None:
        super().__init__()
        self._partitions = partitions

    def partition(
        self,
        topic: str,
        key: object,
        serialized_key: bytes | None,
        value: object,
        serialized_value: bytes | None,
        cluster: Any,  # noqa: ANN401 - kafka-python's ClusterMetadata, which has no types
    ) -> int:
        if serialized_key is None:
            chosen: int = super().partition(topic, key, None, value, serialized_value, cluster)
            return chosen
        return partition_of(serialized_key, min(self._partitions, len(cluster.partitions_for_topic(topic))))


@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    positive: int = murmur2(key) & 0x7FFFFFFF
    return positive


def _never_creating(**configs: Any) -> KafkaNetClient:  # noqa: ANN401 - whatever kafka-python hands on
    # A topic created on first use has the broker's number of partitions and no compaction. kafka-python 3.0.12 accepts
    # the option allow_auto_create_topics, but does not pass it on to its requests.
    client = KafkaNetClient(**configs)
    client.cluster.config["allow_auto_create_topics"] = False
    return client


class _Reasons(logging.Handler):
    """The reasons why a client does not start, which kafka-python only writes to its log."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, None] = {}
        self.identified = False  # whether a broker sent its version before it closed the connection

    def emit(self, record: logging.LogRecord) -> None:
        if not isinstance(record.args, tuple):
            return
        if record.msg.startswith("Bootstrap connection to "):
            error = record.args[1]
            if not isinstance(error, RequestTimedOutError):  # the last attempt is always cut short
                self.seen[str(error)] = None
        elif record.msg.startswith("%s: Connection lost"):
            self.identified |= getattr(record.args[0], "broker_version", None) is not None


def _start(build: Callable[..., Any], settings: Shared, **options: Any) -> Any:  # noqa: ANN401 - no types
    opened = []

    def connect(**configs: Any) -> KafkaNetClient:  # noqa: ANN401 - the same
        opened.append(_never_creating(**configs))
        return opened[-1]

    reasons, logs = _Reasons(), [logging.getLogger(f"kafka.net.{each}") for each in ("manager", "connection")]
    for log in logs:
        log.addHandler(reasons)
    try:
        with _awaited(settings):
            return build(**client_options(settings) | {"kafka_client": connect}, **options)
    except KafkaTimeoutError:
        for client in opened:
            client.close()  # otherwise its thread and sockets would stay
        raise unreachable(settings, reasons.seen, identified=reasons.identified) from None
    finally:
        for log in logs:
            log.removeHandler(reasons)


@contextmanager
def _awaited(settings: Shared) -> Iterator[None]:
    """Report, if the block takes long, that it waits for the broker's first answer."""
    words = text(
        "waiting up to {seconds} s for a broker at {address}",
        address=settings.kafka.bootstrap,
        seconds=START_MS // 1000,
    )
    timer = threading.Timer(QUIET_SECONDS, notice, (words,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
