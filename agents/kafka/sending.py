"""Records sent, and word from the broker that it has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from agents.kafka.client import KafkaError, KafkaProducer, producer
from config.settings import Settings


class Sender:
    """Send records, and learn what the broker refused; its errors name a record by `what`."""

    def __init__(self, client: KafkaProducer, what: str) -> None:
        self._client = client
        self._what = what
        self._failures: list[BaseException] = []

    def send(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        """Send a record without waiting for the broker; raise `KafkaError` where it refused an earlier one."""
        self._raise()
        self._client.send(topic, key=key, value=value).add_errback(self._failures.append)

    def send_to(self, topic: str, partition: int, key: bytes, value: bytes | None) -> None:
        """Send a record to a partition that its key alone does not tell, as `send` does."""
        self._raise()
        self._client.send(topic, key=key, value=value, partition=partition).add_errback(self._failures.append)

    def confirm(self) -> None:
        """Return once the broker has every record; raise `KafkaError` where it refused one."""
        self._client.flush()
        self._raise()

    def _raise(self) -> None:
        if self._failures:
            raise KafkaError(f"the broker refused {self._what}: {self._failures[0]}")


@contextmanager
def sending(settings: Settings, what: str = "a record") -> Iterator[Sender]:
    """Give a sender to a block; return once the broker has all that the block sent.

    Raises `KafkaError` where no broker answers, or where it refused a record.
    """
    with closing(producer(settings)) as client:
        sender = Sender(client, what)
        yield sender
        sender.confirm()
