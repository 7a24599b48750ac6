"""A worker's results without a worker: the topics' days, incidents and live figures, from the real fold."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Iterable
from itertools import groupby
from types import SimpleNamespace
from typing import Any, Final

import msgspec

from agents.kafka.client import Topic, topic
from agents.worker.changes import IncidentChanges
from agents.worker.outgoing import Outgoing
from agents.worker.roster import Roster
from agents.worker.status import Statuses
from config.offices import Offices
from streams.events import CallEvent, Event, Reading, RequestEvent, TicketEvent, milliseconds
from streams.feed import Input
from streams.partition import Partition
from tests.golden.memory import MemoryRecord, MemoryTopics

NAMES: Final[dict[Input, Topic]] = {
    "calls": Topic.CALL_ATTEMPTS,
    "witnesses": Topic.CALL_WITNESSES,
    "tickets": Topic.COUNTER_TICKETS,
    "readings": Topic.LINE_READINGS,
    "requests": Topic.REQUESTS,
}


async def _unsent(record: Outgoing) -> Future[Any]:
    raise NotImplementedError(record)


class Counting:
    """A fold of the events of offices into topics, all in one partition."""

    def __init__(self, offices: Offices, topics: MemoryTopics) -> None:
        self._shared = offices.shared
        self._topics = topics
        roster = Roster(offices)
        self._witnesses = {
            (site, name): line.witness
            for site, settings in offices.sites.items()
            for name, line in settings.lines.items()
        }
        self.partition = Partition(0, roster.catalogue, {})
        ownership: Any = SimpleNamespace(partitions={0: self.partition}, shown=lambda: {0: self.partition})
        self._changes = IncidentChanges(ownership, roster)
        self._roster, self._ownership = roster, ownership
        self._decisions = 0  # records of the log that the lines have received

    def take(self, events: Iterable[Event]) -> None:
        """Send events in order, count them and the decisions made meanwhile, and write the changes."""
        for name, several in groupby(events, self._input):
            self._intake(name, [self._sent(NAMES[name], each) for each in several])
        log = self._topics.records[topic(self._shared, Topic.REVIEWS)]
        self._intake("reviews", log[self._decisions :])
        self._decisions = len(log)
        for key, value in self._changes.take().items():
            self._topics.pack(topic(self._shared, Topic.INCIDENTS), key.encode(), value)
        for day, value in self.partition.changed().days.items():
            self._topics.pack(topic(self._shared, Topic.LEDGER), day, value)

    def publish_statuses(self, now: int | None = None) -> None:
        """Write the live figures of every line and service at a moment (epoch ms), by default the latest."""
        statuses = Statuses(self._roster, self._ownership, self.now if now is None else lambda: now, _unsent)
        while records := list(statuses.changed(0.0)):  # some at a time
            for each in records:
                self._topics.pack(topic(self._shared, Topic.STATUS), each.key, each.value)

    def calls(self) -> Iterable[CallEvent]:
        """Yield the sent events of calls; second records are left out."""
        for record in self._topics.records[topic(self._shared, Topic.CALL_ATTEMPTS)]:
            yield msgspec.json.decode(record.value or b"", type=CallEvent)

    def now(self) -> int:
        """Return the latest moment of the events (ms)."""
        return max(desk.state.high for desk in self.partition.desks())

    def _intake(self, name: Input, records: list[MemoryRecord]) -> None:
        if records:
            refused = self.partition.intakes[name].take(records)
            assert name == "reviews" or not refused, refused

    def _input(self, event: Event) -> Input:
        match event:
            case CallEvent():
                witness = self._witnesses[event.site or "", event.line]
                return "witnesses" if witness is not None and event.source == witness else "calls"
            case TicketEvent():
                return "tickets"
            case Reading():
                return "readings"
            case RequestEvent():
                return "requests"
        raise AssertionError(event)

    def _sent(self, name: Topic, event: Any) -> MemoryRecord:
        desk = next(each for each in (getattr(event, of, None) for of in ("line", "service", "channel")) if each)
        full = topic(self._shared, name)
        self._topics.pack(full, f"{event.site}/{desk}".encode(), msgspec.json.encode(event))
        record = self._topics.records[full][-1]
        record.timestamp = milliseconds(event.at)
        return record
