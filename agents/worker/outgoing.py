"""Sends a worker's records by Faust's producer, past Faust's topics.

A topic looks for the producer at every record, which takes three turns of the event loop; a live event causes several
records. A table sends through a queue whose errors end the worker.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeAlias, cast

import faust


class Outgoing(NamedTuple):
    """A record to send."""

    topic: str
    key: bytes | None
    value: bytes | None  # None deletes the key
    partition: int | None = None  # if it does not follow from the key


# Takes a record and returns the broker's answer, which comes later; raises `ProducerSendError` if it cannot be sent.
Send: TypeAlias = Callable[[Outgoing], Awaitable[Future[Any]]]


def sender(app: faust.App) -> Send:
    """Return a function that sends records by an app's producer."""

    async def send(record: Outgoing) -> Future[Any]:
        producer = app.producer
        await producer.maybe_start()
        outcome = await producer.send(record.topic, record.key, record.value, record.partition, None, None)
        return cast("Future[Any]", outcome)  # Faust promises less

    return send
