"""Reads the changelog again with another reader if a state is older than the intakes of its partition require.

Faust may drop records while it restores states during rebalances, as it may drop events (`agents.worker.continuity`).
Also, a worker that was thought dead may write its older state after the new owner's; Kafka then compacts the newer one
away. So an intake's record states which offset of its input each desk's record must have reached. If a desk's record is
older or missing, the changelog may still have the right one, so all of it is read again. Events that are missing even
then are read again from the input topic.
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

log = structlog.get_logger()


async def reread(shared: Shared, partitions: Collection[int]) -> dict[int, RestoredStates]:
    """Return the records of these partitions' states, as far as the broker returns them."""
    log.warning("states are out of date; reading the changelog again", partitions=partitions)
    try:
        return {number: await asyncio.to_thread(_states, shared, number) for number in partitions}
    except KafkaError as error:
        log.warning("the changelog cannot be read again", error=str(error))
        return {}


def log_behind(ownership: Ownership) -> None:
    """Log the owned states that are out of date; their missing events are read again."""
    for partition in ownership.partitions.values():
        for name, intake in partition.intakes.items():
            for desk, lacking in intake.positions.behind.items():
                log.error(
                    "a state is out of date; its missing events are read again",
                    key=intake.state_key(desk).decode(),
                    input=name,
                    after=lacking.after,
                    last=lacking.last,
                )


def _states(shared: Shared, number: int) -> RestoredStates:
    states = RestoredStates()
    with closing(TopicReader(shared, topic(shared, Topic.STATE), partitions={number})) as reader:
        for record in reader.up_to(reader.ends()):
            if record.key is not None:
                states.take(record.key, record.value, record.offset)
    return states
