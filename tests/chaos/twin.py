"""A worker without Faust, on aiokafka alone. It runs as `python -m tests.chaos.twin worker`.

The rest of the worker is the product's own code: fold, ownership, checkpoints, pages. So the length of this file is the
cost of leaving Faust (decision 16); `REPLACED` lists the names that it replaces. It supports neither `kafka.security`
nor `--processes`, and a group cannot have workers of both kinds at once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from functools import partial
from itertools import cycle
from types import SimpleNamespace
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import IllegalStateError, KafkaError

from agents import cli
from agents.kafka.client import MAX_REQUEST_BYTES
from agents.worker import app as product
from agents.worker import run
from agents.worker.app import LAYOUT_SECONDS, MAX_UNPACKED, MAX_WAITING_BATCHES
from agents.worker.outgoing import Outgoing
from config.shared import Shared

MAX_WAIT_MS: Final = 100
COMMIT_SECONDS: Final = 2.8  # as Faust
SESSION_MS: Final = 6_000

Run = Callable[[], Coroutine[Any, Any, None]]


def assignor_of(partitions: int) -> type[RoundRobinPartitionAssignor]:
    """Return an assignor that gives all of a number's partitions to one worker, for this number of partitions."""

    class Together(RoundRobinPartitionAssignor):  # type: ignore[misc]  # aiokafka ships no types
        name = "faust"  # otherwise the group would refuse it until a killed worker's session is over

        @classmethod
        def assign(cls, cluster: Any, members: Mapping[str, Any]) -> dict[str, ConsumerProtocolMemberAssignment]:
            given: dict[str, dict[str, list[int]]] = {name: {} for name in sorted(members)}
            for number, name in zip(range(partitions), cycle(given)):
                for topic in members[name].subscription:
                    if number in (cluster.partitions_for_topic(topic) or ()):
                        given[name].setdefault(topic, []).append(number)
            return {name: ConsumerProtocolMemberAssignment(0, [*each.items()], b"") for name, each in given.items()}

    return Together


class Consumer(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka ships no types
    """A consumer that counts its seeks, so that records fetched before a seek are not folded after it."""

    stretch: defaultdict[TopicPartition, int]

    async def seek(self, tp: TopicPartition, offset: int) -> None:
        self.stretch[tp] += 1
        with suppress(IllegalStateError):  # just revoked
            super().seek(TopicPartition(*tp), offset)


class Batches:
    """The batches of one input topic, in the form of a stream of Faust."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.waiting: asyncio.Queue[tuple[Any, int]] = asyncio.Queue(MAX_WAITING_BATCHES)

    def noack(self) -> Batches:
        return self

    async def events(self) -> AsyncIterator[Any]:
        while True:
            batch, stretch = await self.waiting.get()
            if self._app.consumer.stretch[batch.message.tp] == stretch:  # no seek or rebalance since it was fetched
                yield batch


class Signal(list[Run]):
    """Functions to be called at a moment of the group or of the process."""

    connect = list.append

    async def send(self) -> None:
        for each in self:
            await each()


class App:
    """The parts of a Faust app that `agents.worker.app` uses."""

    def __init__(self, shared: Shared, named: str, batched: frozenset[str]) -> None:
        self._shared, self._named, self._inputs = shared, named, sorted(batched)
        self.conf = SimpleNamespace(id=f"{shared.kafka.prefix}worker")
        self.consumer_generation_id = 0
        self.on_partitions_revoked, self.on_rebalance_complete, self.on_before_shutdown = Signal(), Signal(), Signal()
        self.positions: Callable[[], Mapping[TopicPartition, int]] = dict
        self._acked: dict[TopicPartition, int] = {}  # next offset to fold
        self._streams: dict[str, Batches] = {}
        self._runs: list[Run] = [self._fetch, self._fail]
        self._running: list[asyncio.Task[None]] = []
        self._failures: asyncio.Queue[BaseException] = asyncio.Queue()
        self._taking: asyncio.Task[None] | None = None
        self.timer(COMMIT_SECONDS)(self._commit)

    async def send(self, record: Outgoing) -> asyncio.Future[Any]:
        sent: asyncio.Future[Any] = await self.producer.send(record.topic, record.value, record.key, record.partition)
        return sent

    def topic(self, name: str) -> str:
        return name

    def Table(self, name: str, *, on_changelog_event: Callable[[Any], Awaitable[None]], **_: object) -> None:  # noqa: N802 -- Faust's
        self._changelog, self._restored = f"{self.conf.id}-{name}-changelog", on_changelog_event

    def agent(self, topic: str, **_: object) -> Callable[[Callable[[Any], Coroutine[Any, Any, None]]], None]:
        stream = self._streams[topic] = Batches(self)
        return lambda fold: self.task(partial(fold, stream))

    def task(self, run: Run) -> None:
        self._runs.append(run)

    def timer(self, seconds: float) -> Callable[[Callable[[], Awaitable[None]]], None]:
        async def repeat(each: Callable[[], Awaitable[None]]) -> None:
            while True:
                await asyncio.sleep(seconds)
                await each()

        return lambda each: self.task(partial(repeat, each))

    async def crash(self, reason: BaseException) -> None:
        self._failures.put_nowait(reason)

    async def _fail(self) -> None:
        raise await self._failures.get()

    async def start(self) -> None:
        """Run until something fails."""
        servers = self._shared.kafka.bootstrap.split(",")
        self.producer = AIOKafkaProducer(
            bootstrap_servers=servers, acks="all", compression_type="gzip", max_request_size=MAX_REQUEST_BYTES
        )
        options = {"bootstrap_servers": servers, "enable_auto_commit": False, "auto_offset_reset": "earliest"}
        self._restoring = AIOKafkaConsumer(**options)
        self.consumer = Consumer(
            **options,
            client_id=self._named,
            group_id=self.conf.id,
            partition_assignment_strategy=[assignor_of(self._shared.kafka.partitions)],
            fetch_max_wait_ms=MAX_WAIT_MS,
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=SESSION_MS // 3,
            metadata_max_age_ms=int(1000 * LAYOUT_SECONDS),
        )
        self.consumer.stretch = defaultdict(int)
        self.consumer.subscribe(self._inputs, listener=Listener(self))
        for each in (self.producer, self._restoring, self.consumer):
            await each.start()
        self._running = [asyncio.create_task(run()) for run in self._runs]
        await asyncio.gather(*self._running)

    async def stop(self) -> None:
        """Write the last checkpoint and leave the group."""
        for each in self._running:
            each.cancel()
        if self._running:
            await asyncio.wait(self._running)
            await self.on_before_shutdown.send()
            await self._commit()
            for client in (self.consumer, self._restoring, self.producer):
                await client.stop()

    async def revoke(self) -> None:
        """Drop fetched and acknowledged records."""
        if self._taking is not None:
            self._taking.cancel()
        for tp in self.consumer.assignment():
            self.consumer.stretch[tp] += 1
        self._acked.clear()
        await self.on_partitions_revoked.send()

    def take(self, assigned: set[TopicPartition]) -> None:
        """Restore the states of the partitions, and read on from them; heartbeats begin only when this returns."""
        self.consumer_generation_id += 1
        self.consumer.pause(*assigned)
        self._taking = asyncio.create_task(self._take(assigned))

    async def _take(self, assigned: set[TopicPartition]) -> None:
        try:
            await self._restore({tp.partition for tp in assigned})
            await self.on_rebalance_complete.send()
            for tp, folded in self.positions().items():
                await self.consumer.seek(tp, folded + 1)
            self.consumer.resume(*assigned)
        except Exception as error:  # noqa: BLE001 -- any failure ends the process
            await self.crash(error)

    async def _restore(self, numbers: set[int]) -> None:
        """Read the changelog of these partitions as far as it goes."""
        reader, partitions = self._restoring, [TopicPartition(self._changelog, each) for each in numbers]
        if not partitions:
            return
        reader.assign(partitions)
        await reader.seek_to_beginning(*partitions)
        ends = await reader.end_offsets(partitions)
        while [tp for tp in partitions if await reader.position(tp) < ends[tp]]:
            for fetched in (await reader.getmany(timeout_ms=MAX_WAIT_MS)).values():
                for record in fetched:
                    await self._restored(SimpleNamespace(message=record))

    async def _fetch(self) -> None:
        """Deliver every fetch of a partition as one batch."""
        while True:
            fetched = await self.consumer.getmany(timeout_ms=MAX_WAIT_MS, max_records=MAX_UNPACKED)
            for tp, stretch in [(tp, self.consumer.stretch[tp]) for tp in fetched]:
                await self._streams[tp.topic].waiting.put((self._batch(tp, fetched[tp]), stretch))

    def _batch(self, tp: TopicPartition, records: list[Any]) -> SimpleNamespace:
        message = SimpleNamespace(tp=tp, topic=tp.topic, partition=tp.partition, value=records)
        following = {tp: records[-1].offset + 1}
        return SimpleNamespace(message=message, value=records, ack=lambda: self._acked.update(following))

    async def _commit(self) -> None:
        """Commit the acknowledged offsets; these are only advice (decision 3), so a refusal is no failure."""
        acked, self._acked = self._acked, {}
        if acked:
            with suppress(KafkaError, IllegalStateError):
                await self.consumer.commit(acked)


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Passes the group's assignments to the app."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def on_partitions_revoked(self, _revoked: Iterable[TopicPartition]) -> None:
        await self._app.revoke()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._app.take(assigned)


def fetch_from_state(app: App, positions: Callable[[], Mapping[TopicPartition, int]], _noted: object) -> None:
    app.positions = positions


async def refused(_app: App, _shared: Shared) -> str:
    """Wait for ever: the fetch itself raises a refusal of the group."""
    return await asyncio.Future()


REPLACED: Final[list[tuple[Any, str, Any]]] = [  # module, name and replacement
    (product, "_app", App),
    (product, "sender", lambda app: app.send),
    (product, "fetch_from_state", fetch_from_state),
    (product, "refused", refused),
    (product, "restore_again", lambda _app: False),
    (run, "Worker", lambda app, _crashed, **_: app),
]

if __name__ == "__main__":
    for replaced in REPLACED:
        setattr(*replaced)
    cli.main()
