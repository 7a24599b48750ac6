"""Sends records and confirms that the broker has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from msgspec import Struct

from agents.kafka.client import KafkaError, KafkaTimeoutError, producer
from agents.kafka.packing import PackingProducer
from agents.kafka.refusals import RefusalError, Right, explained
from agents.kafka.silence import Silence
from config.shared import Shared
from streams.said import said

CLOSE_SECONDS: Final = 3.0  # for the unsent records of a block that failed
MAX_WAITING: Final = 20_000  # records that may wait for the broker: the client itself sets no limit


class CopiedRecord(Struct, frozen=True, array_like=True):
    """A record as a file has it."""

    partition: int
    timestamp: int  # epoch ms
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


class Sender:
    """A producer that reports the broker's refusals; `what` names a record in its errors."""

    def __init__(self, settings: Shared, client: PackingProducer, what: str) -> None:
        self._settings = settings
        self._client = client
        self._what = what
        self._silence = Silence(settings, what)
        self._failures: list[tuple[str, BaseException]] = []  # the topic and the error
        self._waiting = 0  # records since the last confirmation

    def send(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        """Send a record without waiting for it; raise `KafkaError` if the broker refused an earlier one.

        If too many records are waiting, wait until the broker has those.
        """
        self._make_room()
        self._client.pack(topic, key, value, self._failed)

    def send_to(self, topic: str, partition: int, key: bytes, value: bytes | None) -> None:
        """Send a record as `send` does, but to a partition that does not follow from its key."""
        self._make_room()
        self._client.pack(topic, key, value, self._failed, partition)

    def copy(self, topic: str, copied: CopiedRecord) -> None:
        """Send a record as `send` does, with the partition, the moment and the headers that it had."""
        self._make_room()
        sent = self._client.send(
            topic, copied.value, copied.key, copied.headers, copied.partition, timestamp_ms=copied.timestamp
        )
        sent.add_errback(lambda error: self._failed(topic, error))

    def confirm(self, seconds: float | None = None) -> None:
        """Return once the broker has every record; raise `KafkaError` if it refused one or took too long."""
        with self._silence.asking() as limit:  # the client itself may wait for ever after a batch has expired
            self._client.flush(limit / 1000 if seconds is None else seconds)
        self._waiting = 0
        self._raise()

    def _make_room(self) -> None:
        self._raise()
        if self._waiting >= MAX_WAITING:
            self.confirm()
        self._waiting += 1

    def _failed(self, topic: str, error: BaseException) -> None:
        self._failures.append((topic, error))

    def _raise(self) -> None:
        if self._failures:
            topic, failure = self._failures[0]
            if isinstance(failure, KafkaTimeoutError):
                raise self._silence.error()
            error = explained(self._settings, failure, Right("Write", "topic", topic))
            raise (
                error
                if isinstance(error, RefusalError)
                else KafkaError(said("the broker refused {what}: {why}", what=self._what, why=str(error)))
            )


@contextmanager
def sending(settings: Shared, what: str = "a record") -> Iterator[Sender]:
    """Yield a sender; when the block ends, wait until the broker has all that it sent.

    Raises `KafkaError` if no broker answers or if it refused a record.
    """
    client = producer(settings)
    try:
        sender = Sender(settings, client, what)
        yield sender
        sender.confirm()
    finally:
        try:
            client.close(CLOSE_SECONDS)
        except KafkaTimeoutError:  # the records that it waited for keep its thread and sockets, too
            client._sender.force_close()  # noqa: SLF001 -- it has no other name
            client._sender.join(CLOSE_SECONDS)  # noqa: SLF001 -- the same
