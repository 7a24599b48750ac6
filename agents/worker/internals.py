"""The undocumented parts of Faust, mode and aiokafka that Tocsin uses: all are listed here, most are used only here.

For each, tests/agents/worker/test_internals.py has a contract test, which fails if a new version renames the part or
changes its effect (docs/decisions/0016).

| internal | why | where, if not here |
|---|---|---|
| `PartitionAssignor._get_copartitioned_groups` | Faust groups topics by their number of partitions | |
| `PartitionAssignor._group_co_subscribed` | the overridden method returns its result | |
| `Transport.Consumer` | Faust has no setting for the class of its consumer | |
| `Consumer._new_consumer_thread` | the consumer's thread creates aiokafka's consumer | |
| `Consumer._seek` | Faust seeks from another thread than the one that fetches | |
| `Consumer.perform_seek` | Faust begins at the group's offset, not after the state | |
| `Consumer._committed_offset` | where `perform_seek` has begun | |
| `AIOKafkaConsumerThread._create_worker_consumer` | Faust has no setting for the longest wait of a fetch | |
| `AIOKafkaConsumer._fetch_max_wait_ms` | the same | |
| `AIOKafkaConsumer._fetch_min_bytes` | nor for the bytes that a fetch waits for | |
| `AIOKafkaConsumer._isolation_level` | nor for reading only committed records | |
| `AIOKafkaConsumerThread.highwater` | an open transaction's records are beyond the end | |
| `fetcher.MemoryRecords` | a batch that cannot be decoded raises at every attempt | |
| `AIOKafkaConsumer._coordinator` | a group's refusal reaches only a consumer that reads | |
| `fetcher.PartitionRecords` | aiokafka has no setting for the class of its fetched records | |
| `PartitionRecords._consumer_record` | makes an object of eleven fields of each record | |
| `GroupCoordinator._pending_exception` | the refusal | |
| `TableManager.recovery` | a restoration that gets no records is started again | |
| `Recovery.in_recovery` | whether one is under way | |
| `Recovery.signal_recovery_start` | starts it again | |
| `Worker.spinner` | Faust writes it to standard output | |
| `Worker.install_signal_handlers` | `agents.ending` handles signals | |
| `Service._crash` | mode reports a crash to no callback | |
| `App.consumer_generation_id` | merged pages leave out a worker of an older generation | `agents/worker/app.py` |
| `DefaultSchedulingStrategy.iterate` | delivers a fetch as one event | `agents/worker/batches.py` |
| `AIOKafkaConsumer.last_stable_offset` | raises `AssertionError` if it is revoked | `agents/worker/progress.py` |
| `faust.topics` | the name of a logger that warns of intended settings | `agents/worker/run.py` |
| `DefaultRecordBatchBuilder` | compiled code packs records | `agents/kafka/packing.py` |
| `default_records.gzip_encode` | aiokafka has no setting for gzip's level | `agents/kafka/packing.py` |
| `default_records.gzip_decode` | the same, through a slow file object | `agents/kafka/packing.py` |
| `util.calc_crc32c` | compiled code computes checksums | `agents/kafka/packing.py` |
| `codec.zstd_decode` | kafka-python has no codec of its own | `agents/kafka/unpacking.py` |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeAlias, cast

import faust
import structlog
from aiokafka.cluster import ClusterMetadata
from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.errors import IllegalStateError
from aiokafka.record.memory_records import MemoryRecords
from faust.assignor.partition_assignor import MemberSubscriptionMapping, PartitionAssignor
from faust.tables.manager import TableManager
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from agents.kafka.refusals import RefusalError, Right, explained
from agents.kafka.unpacking import ReadableBatches
from agents.worker.liveness import LOOK_SECONDS
from config.shared import Shared

log = structlog.get_logger()

MAX_WAIT_MS = 100
MIN_BYTES = 65_536

Offsets: TypeAlias = Callable[[], Mapping[TP, int]]


def assignor_of(partitions: int) -> type[PartitionAssignor]:
    """Return an assignor that keeps this number of partitions of all topics together.

    Faust's assignor keeps topics together only if they have the same number of partitions. If somebody adds partitions
    to one topic, it would give that topic's partition 3 to one worker and the states of partition 3 to another, and
    both would count. This assignor assigns added partitions to no worker; `agents.worker.surroundings` reports them.
    """

    class Together(PartitionAssignor):
        @classmethod
        def _get_copartitioned_groups(
            cls, topics: set[str], cluster: ClusterMetadata, subscriptions: MemberSubscriptionMapping
        ) -> MutableMapping[int, Iterable[set[str]]]:
            there = {topic for topic in topics if cluster.partitions_for_topic(topic)}
            return {partitions: cls._group_co_subscribed(there, subscriptions)}

    return Together


def keep_plain(topics: Collection[str]) -> None:
    """Let this process fetch the records of these topics as aiokafka's compiled code decodes them.

    They have an offset, a timestamp, a key and a value, but no topic. A `ConsumerRecord` for each took a third of the
    time of decoding a fetch. No batch of any topic raises (`agents.kafka.unpacking`).
    """

    class Records(PartitionRecords):  # type: ignore[misc]  # aiokafka ships no types
        def _consumer_record(self, tp: TP, record: object) -> object:
            return record if tp.topic in topics else super()._consumer_record(tp, record)

    fetcher.PartitionRecords = Records
    fetcher.MemoryRecords = partial(ReadableBatches, MemoryRecords)


class _Thread(driver.AIOKafkaConsumerThread):
    """Fetches without waiting for empty partitions.

    A consumer has one fetch at a time at each broker. While a full partition's records wait to be folded, that fetch
    asks only for the empty partitions. Faust lets the broker hold such a fetch for 1.5 s, and the full partition waits
    as long. A tenth of a second is short enough for a backlog and long enough for a quiet line. All fetches wait that
    long for more records: otherwise each of a hundred events a second would cost a fetch, a millisecond of CPU.

    It fetches committed records, and a partition ends before the first open transaction.
    """

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:  # noqa: ANN401 -- aiokafka ships no types
        client = super()._create_worker_consumer(transport)
        client._fetch_max_wait_ms = MAX_WAIT_MS  # noqa: SLF001 -- Faust passes 1500
        client._fetch_min_bytes = MIN_BYTES  # noqa: SLF001 -- aiokafka's default is 1
        client._isolation_level = "read_committed"  # noqa: SLF001 -- Faust's, if it writes in transactions
        cast("_Consumer", self.consumer).client = client
        return client

    def highwater(self, tp: TP) -> int:
        """Return the end of the committed records; raise `AssertionError` for a revoked partition."""
        client = cast("_Consumer", self.consumer).client
        assert client is not None
        return cast("int", client.last_stable_offset(tp))


class _Consumer(driver.Consumer):
    """Seeks in the thread that fetches.

    aiokafka runs in its own thread, and Faust seeks from another: a seek could remove fetched records of a partition
    while they were being read, and the worker ended with a `KeyError`.
    """

    client: Any = None  # aiokafka's consumer, once there is one

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def _seek(self, partition: TP, offset: int) -> None:
        with suppress(IllegalStateError):  # just revoked: its next owner reads from its own states
            await self.seek_wait({partition: offset})


def fetch_from_state(app: faust.App, positions: Offsets, noted: Offsets) -> None:
    """Make an app that has not started yet fetch promptly, and from no later than the positions of its states.

    After a rebalance Faust seeks to the group's committed offset. That offset can be ahead of a state only if the
    changelog was lost. The state is right then, and the records in between are folded again.

    `noted` has the offsets up to which the states say that they were read. Reviews are always read again from an
    earlier offset, so a lower position is no loss.
    """

    class Consumer(_Consumer):
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
        client = cast("_Consumer", app.consumer).client
        # Before it starts it has no coordinator.
        error = getattr(getattr(client, "_coordinator", None), "_pending_exception", None)
        if error is not None:
            reason = explained(shared, error, Right("Read", "group", app.conf.id))
            if isinstance(reason, RefusalError):
                raise reason
            return str(reason)


def restore_again(app: faust.App) -> bool:
    """Start the restoration of states again if it is under way; return whether it is."""
    recovery = cast("TableManager", app.tables).recovery
    if recovery.in_recovery:
        recovery.signal_recovery_start.set()
    return recovery.in_recovery


class Worker(faust.Worker):
    """Faust's worker, without its signal handlers and its own end of the process, which `agents.ending` handles.

    `crashed` is called with the reason of a crash.
    """

    def __init__(self, app: faust.App, crashed: Callable[[BaseException], None], *, verbose: bool) -> None:
        level = "INFO" if verbose else "WARNING"
        super().__init__(app, loglevel=level, quiet=not verbose, redirect_stdouts=False)
        self.spinner = None
        self._crashed_by = crashed

    def install_signal_handlers(self) -> None:
        """Install none."""

    def _crash(self, reason: BaseException) -> None:
        self._crashed_by(reason)
        super()._crash(reason)
