"""How Faust fetches: without idling for the partitions that have nothing.

A consumer has one fetch under way at each broker. While a full partition's records wait to
be folded, that fetch asks for the empty ones alone, and Faust lets the broker hold it for
1.5 s; the full partition waits too. A tenth of a second is short enough for a backlog and
long enough for a quiet line.
"""

from __future__ import annotations

from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver

MAX_WAIT_MS = 100


class _Thread(driver.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: driver.Transport) -> Any:  # noqa: ANN401 -- aiokafka ships no types
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = MAX_WAIT_MS  # noqa: SLF001 -- Faust passes 1500 and has no setting
        return consumer


class _Consumer(driver.Consumer):
    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)


def fetch_promptly(app: faust.App) -> None:
    """Make an app that has not started yet fetch without idling."""
    app.transport.Consumer = _Consumer  # type: ignore[misc]  # a class's own, set on this one transport
