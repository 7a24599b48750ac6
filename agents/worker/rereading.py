"""States that are older than their partition says: the changelog is read again, by another reader.

Faust may drop records while it restores states amid rebalances, as it may drop events (`agents.worker.continuity`). And
a worker that was thought dead may write its older state after the new owner's; then Kafka compacts the newer one away.
So an intake's record tells up to where each desk's record holds its input. Where one holds less, or is gone, the
changelog may still have it: it is read again, whole. What is lacking even then is read again from the input topic.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import closing

import structlog

from agents.kafka.client import KafkaError, Topic, topic
from agents.kafka.reading import TopicReader
from agents.worker.ownership import Ownership
from agents.worker.restored import RestoredStates
from config.shared import Shared
from streams.desk_table import desk_key

log = structlog.get_logger()


async def read_anew(shared: Shared, partitions: Collection[int]) -> dict[int, RestoredStates]:
    """Return the records of these partitions' states, as far as the broker gives them."""
    log.warning("states are older than they must be; reading the changelog again", partitions=partitions)
    try:
        return {number: await asyncio.to_thread(_states, shared, number) for number in partitions}
    except KafkaError as error:
        log.warning("the changelog cannot be read again", error=str(error))
        return {}


def tell(ownership: Ownership) -> None:
    """Log what the records of the owned states lack: it is read again."""
    for partition in ownership.partitions.values():
        for name, intake in partition.intakes.items():
            for desk, lacking in intake.positions.behind.items():
                log.error(
                    "a state is older than it must be; what it lacks is read again",
                    key=desk_key(intake.kind, desk).decode(),
                    input=name,
                    after=lacking.after,
                    last=lacking.last,
                )


def _states(shared: Shared, number: int) -> RestoredStates:
    states = RestoredStates()
    with closing(TopicReader(shared, topic(shared, Topic.STATE), partition=number)) as reader:
        for record in reader.up_to(reader.ends()):
            if record.key is not None:
                states.take(record.key, record.value, record.offset)
    return states
