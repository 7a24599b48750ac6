"""How a worker fetches: without waiting for empty partitions, and never beyond its states.

A consumer has one fetch at a time at each broker. While a full partition's records wait to be folded, that fetch asks
only for the empty partitions. Faust lets the broker hold such a fetch for 1.5 s, and the full partition waits as long.
A tenth of a second is short enough for a backlog and long enough for a quiet line.

After a rebalance Faust seeks to the group's committed offset. That offset can be ahead of a state only if the changelog
was lost. The state is right then, and the records in between are folded again.

aiokafka runs in its own thread, and Faust seeks from another: a seek could remove fetched records of a partition while
they were being read, and the worker ended with a `KeyError`. So every seek is done in the thread that fetches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

import faust
import structlog
from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from agents.kafka.refusals import RefusalError, Right, explained
from agents.worker.liveness import LOOK_SECONDS
from config.shared import Shared

log = structlog.get_logger()

MAX_WAIT_MS = 100
MIN_BYTES = 65_536

Offsets: TypeAlias = Callable[[], Mapping[TP, int]]


class _Thread(driver.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: driver.Transport) -> Any:  # noqa: ANN401 -- aiokafka ships no types
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = MAX_WAIT_MS  # noqa: SLF001 -- Faust passes 1500 and has no setting
        consumer._fetch_min_bytes = MIN_BYTES  # noqa: SLF001 -- the same
        return consumer


def fetch_from_state(app: faust.App, positions: Offsets, noted: Offsets) -> None:
    """Make an app that has not started yet fetch promptly, and from no later than the positions of its states.

    `noted` has the offsets up to which the states say that they were read. Reviews are always read again from an
    earlier offset, so a lower position is no loss.
    """

    class Consumer(driver.Consumer):
        def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
            return _Thread(self, loop=self.loop, beacon=self.beacon)

        async def _seek(self, partition: TP, offset: int) -> None:
            with suppress(IllegalStateError):  # just revoked: its next owner reads from its own states
                await self.seek_wait({partition: offset})

        async def perform_seek(self) -> None:
            await super().perform_seek()
            read = noted()
            for tp, folded in positions().items():
                committed = self._committed_offset[tp]
                if committed is not None and committed > folded + 1:
                    if committed > read[tp] + 1:
                        log.warning(
                            "the state is behind the group", partition=str(tp), folded=folded, committed=committed
                        )
                    await self.seek(tp, folded + 1)

    app.transport.Consumer = Consumer  # type: ignore[misc]  # a class's own, set on this one transport


async def refused(app: faust.App, shared: Shared) -> str:
    """Return why the group refuses the worker; raise `RefusalError` if a person has to repair it.

    aiokafka raises the refusal only at the next read, and Faust does not read before it has partitions: without this
    the worker would wait silently for ever.
    """
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        consumer = app.consumer
        thread = consumer._thread if isinstance(consumer, driver.Consumer) else None  # noqa: SLF001 -- no public way
        reader = getattr(thread, "_consumer", None)
        error = getattr(getattr(reader, "_coordinator", None), "_pending_exception", None)
        if error is not None:
            reason = explained(shared, error, Right("Read", "group", app.conf.id))
            if isinstance(reason, RefusalError):
                raise reason
            return str(reason)
