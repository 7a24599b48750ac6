"""Keeps closed days of the ledger closed, whichever worker writes last.

A worker that was thought dead may publish its older version of a day after the new owner has closed it. Readers ignore
the older record, but Kafka's compaction keeps the last one. So each worker checks the latest records, within the time
for which the ledger keeps every record: if a desk has closed a day, the day's latest record must be closed too. If it
is not, and a later version of the day is still in the topic, the worker writes that version again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from contextlib import closing
from typing import Final

import structlog
from aiokafka.errors import KafkaError as ClientError
from faust.exceptions import ProducerSendError
from faust.types import TopicT

from agents.kafka.client import KafkaError, Topic, topic
from agents.kafka.reading import TopicReader, leaving_out
from agents.kafka.topics import KEPT_SECONDS
from agents.worker.ownership import Ownership
from config.shared import Shared
from streams.indicators.vintage import parse_vintage_key
from streams.kept.record import Position, position_of
from streams.ledger.day import LedgerDay, read_day

log = structlog.get_logger()

LOOK_SECONDS: Final = KEPT_SECONDS / 3
SETTLED_SECONDS: Final = 10.0  # after a rebalance, for records still in transit


async def guard(shared: Shared, ownership: Ownership, ledger: TopicT) -> None:
    """Check the latest records after every rebalance and at intervals, for ever."""
    rebalances, looked = 0, time.monotonic()
    while True:
        await asyncio.sleep(SETTLED_SECONDS)
        now = time.monotonic()
        if not ownership.settled or (ownership.rebalances == rebalances and now - looked < LOOK_SECONDS):
            continue
        rebalances, looked = ownership.rebalances, now
        try:
            await restore(shared, ownership, ledger)
        except (KafkaError, ClientError, ProducerSendError) as error:
            log.warning("the ledger cannot be checked; trying again later", error=str(error))


async def restore(shared: Shared, ownership: Ownership, ledger: TopicT) -> None:
    """Rewrite closed days that an older record has replaced; raise `KafkaError` as readers do."""
    last = await asyncio.to_thread(_open, shared)
    doubtful = {key for key, day in last.items() if ownership.has_closed(day)}
    if not doubtful:
        return
    hidden = await asyncio.to_thread(_hidden, shared, doubtful)
    if hidden:
        first = min(hidden).decode()
        log.warning("closed days were overwritten by older records; writing them again", days=len(hidden), first=first)
    await asyncio.gather(*[await ledger.send(key=key, value=record) for key, record in hidden.items()])


def _open(shared: Shared) -> Mapping[bytes, LedgerDay]:
    """Return, by key, the recently written days that are open in their last record."""
    name = topic(shared, Topic.LEDGER)
    found: dict[bytes, LedgerDay] = {}
    with closing(TopicReader(shared, name)) as reader:
        reader.begin_at(name, round((time.time() - KEPT_SECONDS) * 1000))
        for record in reader.up_to(reader.ends()):
            with leaving_out(record):
                if record.key is not None and record.value is not None and not _is_vintage(record.key):
                    found.pop(record.key, None)
                    if not (day := read_day(record.value)).closed:
                        found[record.key] = day
    return found


def _is_vintage(key: bytes) -> bool:
    return parse_vintage_key(key.decode()) is not None


def _hidden(shared: Shared, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
    """Return, by key, the latest version of each of these days whose last record has an older version."""
    furthest: dict[bytes, tuple[Position, bytes]] = {}
    behind: set[bytes] = set()
    with closing(TopicReader(shared, topic(shared, Topic.LEDGER))) as reader:
        for record in reader.up_to(reader.ends()):
            if record.key not in keys or record.key is None or record.value is None:
                continue
            with leaving_out(record):
                day = read_day(record.value)
                here = position_of(day)
                if record.key in furthest and here < furthest[record.key][0]:
                    behind.add(record.key)
                else:
                    furthest[record.key] = here, record.value
                    behind.discard(record.key)
    return {key: furthest[key][1] for key in behind}
