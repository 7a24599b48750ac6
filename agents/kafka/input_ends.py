"""The ends of the input topics, beyond which no worker has read: no day and no status can name an offset there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from kafka import TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.errors import TopicAuthorizationFailedError  # type: ignore[import-untyped]

from agents.kafka.client import Topic, admin, consumer, partition_of, topic
from agents.kafka.silence import Silence
from config.shared import Shared
from streams.kept.times import DAY_MS
from streams.ledger.day import ChannelDay, LedgerDay, LineDay, ServiceDay, WitnessDay
from streams.ledger.possible import LAST, furthest
from streams.status import LineStatus, Status

# The inputs whose offsets a day can have. A line is counted by its calls or, with `lifecycle: totals`, by its readings.
INPUTS: Final[Mapping[type[LedgerDay], tuple[Topic, ...]]] = {
    LineDay: (Topic.CALL_ATTEMPTS, Topic.LINE_READINGS),
    ServiceDay: (Topic.COUNTER_TICKETS,),
    ChannelDay: (Topic.REQUESTS,),
}
_AHEAD: Final = timedelta(2)  # no event is dated more than a day after its arrival, and time zones differ
FETCH_MS: Final = 300
FETCH_SECONDS: Final = 2.0


class InputEnds:
    """The ends of the inputs at one moment; a topic that may not be described has none, so all its offsets pass."""

    def __init__(self, shared: Shared, ends: Mapping[tuple[Topic, int], int], now: int) -> None:
        self._partitions, self._epoch = shared.kafka.partitions, shared.kafka.epoch
        self._ends = ends
        self._now = now  # epoch ms

    def reach(self, day: LedgerDay) -> bool:
        """Return whether a worker can have read as far as a day's record says, or whether that is unknown.

        It is unknown for a partition that never had a record: the input may have been recreated, and the ledger kept.
        The days of a line and its witness have moments (epoch ms) in place of offsets; none lies in the future.
        """
        if day.epoch != self._epoch:
            return True
        if isinstance(day, WitnessDay):
            return day.offset < self._now + DAY_MS
        return self._have(type(day), day.id, furthest(day))

    def reach_status(self, status: Status) -> bool:
        """Return whether a worker can have read as far as live figures say, or whether that is unknown."""
        of = LineDay if isinstance(status, LineStatus) else ServiceDay
        return status.epoch != self._epoch or self._have(of, status.id, status.offset)

    def _have(self, kind: type[LedgerDay], desk: str, offset: int) -> bool:
        number = partition_of(desk.encode(), self._partitions)
        found = [self._ends.get((each, number)) for each in INPUTS[kind]]
        return None in found or not any(found) or any(offset < (end or 0) for end in found)


def latest_day() -> date:
    """Return the latest day that a record can have now."""
    return min(LAST, datetime.fromtimestamp(time.time(), UTC).date() + _AHEAD)


class InputEndsReader:
    """A client that asks for the ends of the inputs.

    It needs the right Describe on them, or none: then the ends are unknown. Every method raises `KafkaError` if no
    broker answers.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._silence = Silence(shared, "the ends of the inputs")
        names = {topic(shared, each): each for every in INPUTS.values() for each in every}
        with admin(shared) as client:
            described = client.describe_topics(list(names))
        there = [each for each in described if each["error_code"] == 0]
        self._topics = {
            TopicPartition(each["name"], found["partition_index"]): names[each["name"]]
            for each in there
            for found in each["partitions"]
        }
        self._consumer = consumer(shared, "latest")

    def close(self) -> None:
        self._consumer.close()

    def read(self, *, fetched: bool = False) -> InputEnds:
        """Return the ends now.

        With `fetched`, the last records are fetched if they may be read, because the embedded broker returns the
        beginning of a partition's last batch as its end.
        """
        found: dict[TopicPartition, int] = {}
        if self._topics:
            with self._silence.asking() as limit:
                found |= self._consumer.end_offsets(list(self._topics), limit)
        now = round(time.time() * 1000)
        if fetched and found:
            found |= self._fetched(found)
        ends = {(self._topics[tp], tp.partition): end for tp, end in found.items()}
        return InputEnds(self._shared, ends, now)

    def _fetched(self, ends: Mapping[TopicPartition, int]) -> Mapping[TopicPartition, int]:
        """Return the offsets after the last records, from the given ends on."""
        self._consumer.assign(list(ends))
        for tp, end in ends.items():
            self._consumer.seek(tp, end)
        deadline = time.monotonic() + FETCH_SECONDS
        try:
            while self._consumer.poll(FETCH_MS) and time.monotonic() < deadline:
                pass
        except TopicAuthorizationFailedError:
            return {}
        with self._silence.asking() as limit:
            return {tp: max(end, self._consumer.position(tp, limit) or 0) for tp, end in ends.items()}
