"""Keeps closed days of the ledger closed, whichever worker writes last.

A worker that was thought dead may publish its older version of a day after the new owner has closed it. Readers ignore
the older record, but Kafka's compaction keeps the last one. So each worker checks the latest records, within the time
for which the ledger keeps every record: if a desk has closed a day, the day's latest record must be closed too, and one
that a worker can write. If it is not, and a later version of the day is still in the topic, the worker writes that
version again.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import closing
from typing import Final

import structlog
from aiokafka.errors import KafkaError as ClientError
from faust.exceptions import ProducerSendError

from agents.kafka.client import KafkaError, Topic, topic
from agents.kafka.input_ends import InputEnds, InputEndsReader, latest_day
from agents.kafka.reading import TopicReader, leaving_out
from agents.kafka.topics import KEPT_SECONDS
from agents.worker.outgoing import Outgoing, Send
from agents.worker.ownership import Ownership
from config.shared import Shared
from streams.indicators.vintage import parse_vintage_key
from streams.kept.record import position_of
from streams.ledger.day import LedgerDay, read_day
from streams.ledger.possible import impossible

log = structlog.get_logger()

LOOK_SECONDS: Final = KEPT_SECONDS / 3
SETTLED_SECONDS: Final = 10.0  # after a rebalance, for records still in transit


async def guard(shared: Shared, ownership: Ownership, send: Send) -> None:
    """Check the latest records after every rebalance and at intervals, for ever."""
    rebalances, looked = 0, time.monotonic()
    while True:
        await asyncio.sleep(SETTLED_SECONDS)
        now = time.monotonic()
        if not ownership.settled or (ownership.rebalances == rebalances and now - looked < LOOK_SECONDS):
            continue
        rebalances, looked = ownership.rebalances, now
        try:
            await restore(shared, ownership, send)
        except (KafkaError, ClientError, ProducerSendError) as error:
            log.warning("the ledger cannot be checked; trying again later", error=str(error))


async def restore(shared: Shared, ownership: Ownership, send: Send) -> None:
    """Rewrite closed days that an older or an impossible record has replaced; raise `KafkaError` as readers do."""
    last = await asyncio.to_thread(_doubtful, shared)
    doubtful = {key for key, day in last.items() if ownership.has_closed(day)}
    if not doubtful:
        return
    hidden = await asyncio.to_thread(_hidden, shared, doubtful)
    if hidden:
        first = min(hidden).decode()
        log.warning(
            "closed days were overwritten by older or impossible records; writing them again",
            days=len(hidden),
            first=first,
        )
    ledger = topic(shared, Topic.LEDGER)
    await asyncio.gather(*[await send(Outgoing(ledger, *each)) for each in hidden.items()])


def _doubtful(shared: Shared) -> Mapping[bytes, LedgerDay]:
    """Return, by key, the recently written days whose last record is open, or one that no worker writes."""
    name = topic(shared, Topic.LEDGER)
    found: dict[bytes, LedgerDay] = {}
    with closing(TopicReader(shared, name)) as reader:
        reader.begin_at(name, round((time.time() - KEPT_SECONDS) * 1000))
        for record in reader.up_to(reader.ends()):
            with leaving_out(record):
                if record.key is not None and record.value is not None and not _is_vintage(record.key):
                    found[record.key] = read_day(record.value)
    ends = _ends(shared)
    return {key: day for key, day in found.items() if not day.closed or not _can_be(day, ends)}


def _hidden(shared: Shared, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
    """Return, by key, the latest version of each of these days whose last record is an older one, or cannot be."""
    written = defaultdict[bytes, list[tuple[LedgerDay, bytes]]](list)
    with closing(TopicReader(shared, topic(shared, Topic.LEDGER))) as reader:
        for record in reader.up_to(reader.ends()):
            if record.key not in keys or record.key is None or record.value is None:
                continue
            with leaving_out(record):
                written[record.key].append((read_day(record.value), record.value))
    ends, hidden = _ends(shared), dict[bytes, bytes]()
    for key, records in written.items():
        sound = [each for each in records if _can_be(each[0], ends)]
        if not sound:
            continue
        furthest = max(range(len(sound)), key=lambda number: (position_of(sound[number][0]), number))
        if sound[furthest] is not records[-1]:
            hidden[key] = sound[furthest][1]
    return hidden


def _is_vintage(key: bytes) -> bool:
    return parse_vintage_key(key.decode()) is not None


def _ends(shared: Shared) -> InputEnds:
    with closing(InputEndsReader(shared)) as inputs:
        return inputs.read(fetched=True)


def _can_be(day: LedgerDay, ends: InputEnds) -> bool:
    return impossible(day, latest_day()) is None and ends.reach(day)
