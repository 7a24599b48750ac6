"""Records sent, and word from the broker that it has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from agents.kafka.client import KafkaError, KafkaProducer, KafkaTimeoutError, producer
from agents.kafka.refusals import RefusalError, Right, explained
from config.shared import Shared
from streams.said import said

CLOSE_SECONDS: Final = 3.0  # for what a block that has failed has left unsent
MAX_WAITING: Final = 20_000  # records that may wait for the broker: the client keeps as many as it is given


class Sender:
    """Send records, and learn what the broker refused; its errors name a record by `what`."""

    def __init__(self, settings: Shared, client: KafkaProducer, what: str) -> None:
        self._settings = settings
        self._client = client
        self._what = what
        self._failures: list[tuple[str, BaseException]] = []  # the topic, and what went wrong
        self._waiting = 0  # records since the broker had all

    def send(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        """Send a record, and do not wait for it; raise `KafkaError` where the broker refused an earlier one.

        Where as many wait as may, the broker must have those first.
        """
        self._make_room()
        self._client.send(topic, key=key, value=value).add_errback(self._failed, topic)

    def send_to(self, topic: str, partition: int, key: bytes, value: bytes | None) -> None:
        """Send a record to a partition that its key alone does not tell, as `send` does."""
        self._make_room()
        self._client.send(topic, key=key, value=value, partition=partition).add_errback(self._failed, topic)

    def confirm(self, seconds: float | None = None) -> None:
        """Return once the broker has every record; raise `KafkaError` where it refused one, or took too long."""
        self._client.flush(seconds)
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
            error = explained(self._settings, failure, Right("Write", "topic", topic))
            raise (
                error
                if isinstance(error, RefusalError)
                else KafkaError(said("the broker refused {what}: {why}", what=self._what, why=str(error)))
            )


@contextmanager
def sending(settings: Shared, what: str = "a record") -> Iterator[Sender]:
    """Give a sender to a block; return once the broker has all that the block sent.

    Raises `KafkaError` where no broker answers, or where it refused a record.
    """
    client = producer(settings)
    try:
        sender = Sender(settings, client, what)
        yield sender
        sender.confirm()
    finally:
        with suppress(KafkaTimeoutError):
            client.close(CLOSE_SECONDS)
