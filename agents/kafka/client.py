"""Where Kafka is, what its topics are called, and how a client proves who it is."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from faust.auth import SASLCredentials, SSLCredentials

# kafka-python ships no types. The rest of Tocsin imports it from here, so that mypy is told so once.
from kafka import KafkaAdminClient, KafkaProducer  # type: ignore[import-untyped]
from kafka.errors import KafkaError, KafkaTimeoutError, RequestTimedOutError  # type: ignore[import-untyped]
from kafka.net.compat import KafkaNetClient  # type: ignore[import-untyped]
from kafka.partitioner import DefaultPartitioner  # type: ignore[import-untyped]
from kafka.partitioner.default import murmur2  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from faust.types.auth import CredentialsT

    from config.settings import Settings

__all__ = [
    "MAX_REQUEST_BYTES",
    "KafkaAdminClient",
    "KafkaError",
    "KafkaProducer",
    "Topic",
    "admin",
    "client_options",
    "faust_options",
    "partition_of",
    "producer",
    "reach",
    "topic",
]

START_MS = 10_000
MAX_REQUEST_BYTES = 2_097_152  # a dead letter holds a record of the usual 1 MiB, a third larger in base64


class Topic(StrEnum):
    """Name the topics, without the prefix that an installation may choose."""

    CALL_ATTEMPTS = "call-attempts"
    COUNTER_TICKETS = "counter-tickets"
    LINE_READINGS = "line-readings"
    REQUESTS = "requests"
    REVIEWS = "reviews"
    NOTES = "notes"
    LEDGER = "ledger"
    INCIDENTS = "incidents"
    STATUS = "status"
    DEAD_LETTERS = "dead-letters"
    STATE = "worker-state-changelog"  # as Faust names the changelog of the worker's table


def topic(settings: Settings, name: str) -> str:
    """Return a topic's full name; raise `ValueError` where it is none of `Topic`."""
    return f"{settings.kafka.prefix}{Topic(name)}"


def client_options(settings: Settings) -> dict[str, Any]:
    """Return the options of every kafka-python client; the password file is read now.

    A client with these creates no topic by writing to it or reading from it: `agents.kafka.topics` does that.
    Raises `OSError` for a password, certificate or key file that cannot be read.
    """
    security = settings.kafka.security
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka.bootstrap.split(","),
        "security_protocol": security.protocol,
        "ssl_context": _ssl_context(settings),
        "kafka_client": _never_creating,
        "bootstrap_timeout_ms": START_MS,
    }
    if security.protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": security.mechanism,
            "sasl_plain_username": security.user,
            "sasl_plain_password": _password(settings),
        }
    return options


def faust_options(settings: Settings) -> dict[str, Any]:
    """Return the options by which a Faust app reaches its brokers; the password file is read now.

    Raises `OSError` for a password, certificate or key file that cannot be read.
    """
    return {
        "broker": [f"kafka://{server}" for server in settings.kafka.bootstrap.split(",")],
        "broker_credentials": _credentials(settings),
        "producer_max_request_size": MAX_REQUEST_BYTES,
    }


def admin(settings: Settings) -> KafkaAdminClient:
    """Return an admin client, usable in a `with` block.

    Raises `KafkaError` where no broker answers in 10 s.
    """
    return _start(KafkaAdminClient, settings)


def producer(settings: Settings) -> KafkaProducer:
    """Return a producer that writes each record once, acknowledged by all replicas, to its key's partition.

    Raises `KafkaError` where no broker answers in 10 s. `agents.kafka.sending` tells what the broker refused.
    """
    return _start(
        KafkaProducer,
        settings,
        acks="all",
        enable_idempotence=True,
        partitioner=_ByKey(),
        # Measured with 136-byte events on two cores: 60,000 to 70,000/s with these, 32,000/s with the defaults.
        compression_type="gzip",
        batch_size=65_536,
        linger_ms=5,
        max_request_size=MAX_REQUEST_BYTES,
        metrics_enabled=False,
    )


def reach(bootstrap: str, seconds: float) -> str:
    """Return the id of the cluster at an address in plain text; raise `KafkaError` when none answers in time."""
    with KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=1000 * seconds) as client:
        cluster: str = client.describe_cluster()["cluster_id"]
        return cluster


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a key as Kafka's own clients choose it.

    >>> partition_of(b"lozere/standard", 8)
    4
    """
    return _hash(key) % partitions


class _ByKey(DefaultPartitioner):  # type: ignore[misc]  # its base has no types
    """Remember the hashes: kafka-python computes them in Python, and an office has few keys."""

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
        return partition_of(serialized_key, len(cluster.partitions_for_topic(topic)))


@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    positive: int = murmur2(key) & 0x7FFFFFFF
    return positive


def _never_creating(**configs: Any) -> KafkaNetClient:  # noqa: ANN401 - whatever kafka-python hands on
    # A topic that a client creates by the way has the broker's number of partitions and no compaction. kafka-python
    # 3.0.12 takes the option allow_auto_create_topics, but loses it on the way to the requests.
    client = KafkaNetClient(**configs)
    client.cluster.config["allow_auto_create_topics"] = False
    return client


class _Reasons(logging.Handler):
    """Collect why a client does not start, which kafka-python only writes to its log."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and record.msg.startswith("Bootstrap connection to "):
            error = record.args[1]
            if not isinstance(error, RequestTimedOutError):  # the last attempt is always cut short and says nothing
                self._seen[str(error)] = None

    def __str__(self) -> str:
        seen = "; ".join(self._seen) or "no answer in time"
        # A broker hangs up on a wrong password, and on plain text where it expects TLS.
        return f"{seen}; see kafka.security: protocol, user, password" if "disconnected" in seen else seen


def _start(build: Callable[..., Any], settings: Settings, **options: Any) -> Any:  # noqa: ANN401 - no types
    opened = []

    def connect(**configs: Any) -> KafkaNetClient:  # noqa: ANN401 - the same
        opened.append(_never_creating(**configs))
        return opened[-1]

    reasons, log = _Reasons(), logging.getLogger("kafka.net.manager")
    log.addHandler(reasons)
    try:
        return build(**client_options(settings) | {"kafka_client": connect}, **options)
    except KafkaTimeoutError:
        for client in opened:
            client.close()  # a client that fails to start leaves its thread and sockets behind
        raise KafkaTimeoutError(f"no broker answers at {settings.kafka.bootstrap}: {reasons}") from None
    finally:
        log.removeHandler(reasons)


def _credentials(settings: Settings) -> CredentialsT | None:
    security = settings.kafka.security
    context = _ssl_context(settings)
    if security.protocol.startswith("SASL"):
        return SASLCredentials(
            username=security.user,
            password=_password(settings),
            ssl_context=context,
            mechanism=security.mechanism,
        )
    return None if context is None else SSLCredentials(context)


def _ssl_context(settings: Settings) -> ssl.SSLContext | None:
    security = settings.kafka.security
    if not security.protocol.endswith("SSL"):
        return None
    context = ssl.create_default_context(cafile=security.ca)
    if security.cert is not None:
        context.load_cert_chain(security.cert, security.key)
    return context


def _password(settings: Settings) -> str | None:
    file = settings.kafka.security.password_file
    return None if file is None else file.read_text(encoding="utf-8").rstrip("\r\n")
