"""Checkpoints: offsets are acknowledged only after the figures folded up to them are safe.

A checkpoint writes in this order, each step once the broker has the records of the step before:

1. the results of the events: dead letters, waits that transfers opened, days of the ledger; new pages of memories;
2. the state of every line, service and channel that has changed, with its offset inside;
3. the intakes;
4. the incidents.

Only then are the batches acknowledged, and Faust may commit. After a crash in between, at most one checkpoint's events
are replayed, and the offsets inside the states skip them. While the broker is away, all of this stays due.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import structlog
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError
from faust.types import EventT

from agents.kafka.burial import Burial
from agents.kafka.client import Topic, topic
from agents.kafka.dead_letters import Source, encode_letter
from agents.worker.changes import IncidentChanges
from agents.worker.liveness import SAY_SECONDS
from agents.worker.outgoing import Outgoing, Send
from agents.worker.ownership import Ownership
from agents.worker.steps import Steps
from config.shared import Shared
from streams.intake import Rejected
from streams.number import ANY_NUMBERS, Numbers
from streams.partition import Partition, Records

log = structlog.get_logger()

StateRecord = tuple[int, bytes, bytes | None]  # of the changelog: partition, key and value, None to delete the key

GONE_SECONDS: Final = 60.0  # ten times the session of the group
LOOK_EVENTS = 1_000  # between two counts of the finished days, as each looks at every changed desk
MAX_OUTGOING = 2_000  # records that may wait for a checkpoint: a dead letter may have a megabyte


class Failing(NamedTuple):
    """Since when no checkpoint could be written; times are monotonic seconds."""

    since: float
    error: Exception | None = None  # None before the broker has answered
    logged: float = 0.0


class Checkpoint:
    """The results of folded events that are not safe yet, and their writing."""

    def __init__(
        self,
        ownership: Ownership,
        shared: Shared,
        send: Send,
        changes: IncidentChanges,
        *,
        numbers: Numbers = ANY_NUMBERS,
    ) -> None:
        self._ownership = ownership
        self._send = send
        self._limit = shared.checkpoint.events
        self._changes = changes
        self._states, self._incidents, self._ledger, self._letters = (
            topic(shared, which) for which in (Topic.STATE, Topic.INCIDENTS, Topic.LEDGER, Topic.DEAD_LETTERS)
        )
        self._numbers = numbers  # recognises telephone numbers, which are removed from dead letters
        self._lock = asyncio.Lock()
        self._clear()
        self._done = time.monotonic()
        self.folded = 0  # events, so far
        self._unsafe = 0  # events of the checkpoint that is being written
        self.failing: Failing | None = None  # while none can be written

    def after(
        self,
        batch: EventT[Any],
        events: int,
        outgoing: Iterable[Outgoing] = (),
        *,
        rejected: Sequence[Rejected] = (),
        whole: bool = True,
    ) -> None:
        """Add `events` folded records of a batch, and their results, to the next checkpoint.

        The batch is acknowledged once it is `whole`: after its last records.
        """
        source, now = Source(batch.message.topic, batch.message.partition), time.time()
        if whole:
            self._batches.append(batch)
        self._outgoing += outgoing
        self._outgoing += [
            Outgoing(self._letters, key, encode_letter(letter))
            for key, letter in self._burial.records(source, rejected, now)
        ]
        before = self._events
        self._events += events
        if before // LOOK_EVENTS != self._events // LOOK_EVENTS:
            self._days = sum(map(Partition.waiting, self._ownership.partitions.values()))
        self.folded += events

    def forget(self) -> None:
        """Drop the waiting batches without acknowledging them: their partitions belong to another worker now."""
        self._clear()
        self._changes.forget()

    def _clear(self) -> None:
        self._batches: list[EventT[Any]] = []
        self._outgoing: list[Outgoing] = []
        self._burial = Burial(self._numbers)
        self._events = 0
        self._days = 0  # finished, at the last look
        self._gone: list[tuple[float, StateRecord]] = []  # deletions of pages that no record names since a moment

    @property
    def left(self) -> int:
        """Return the number of folded events that are in no checkpoint yet."""
        return self._events + self._unsafe

    def age(self) -> float:
        return time.monotonic() - self._done

    @property
    def due(self) -> bool:
        """Return whether enough results are waiting for a checkpoint before its timer."""
        return self._events >= self._limit or len(self._outgoing) + self._days >= MAX_OUTGOING

    async def write(self) -> None:
        """Make all results so far safe, then acknowledge their batches; after a failure all results stay due.

        Events are folded meanwhile. Their batches wait for the next checkpoint, but their results are written by this
        one: a desk's record may already include them, and a replay would then not produce them again.
        """
        async with self._lock:
            owned = self._ownership.partitions
            batches, events = self._batches, self._events
            self._batches, self._events, self._days, self._unsafe = [], 0, 0, events
            if self.failing is None:
                self.failing = Failing(time.monotonic())
            changes = self._changes.take()
            incidents = [Outgoing(self._incidents, name.encode(), value) for name, value in changes.items()]
            changed = {number: Records.none() for number in owned}
            outgoing: list[Outgoing] = []
            try:
                if not await self._encode(owned, changed):
                    self._unsafe, self.failing = 0, None
                    return  # their next owner replays the events
                outgoing = self._results()
                states = await self._send_in_order(owned, changed, outgoing, incidents)
            except BaseException as error:
                # After any error, unwritten records must not count as written, as the intakes continue.
                self._changes.failed(set(changes))
                if self._ownership.partitions is owned:
                    for number, records in changed.items():
                        owned[number].unwritten(records)
                    self._batches = batches + self._batches
                    self._outgoing = outgoing + self._outgoing
                    self._events += events
                self._unsafe = 0
                if not isinstance(error, KafkaError | ProducerSendError):
                    raise
                self._failed(error)
                return
            if self._ownership.partitions is owned:
                for state in states:
                    self._ownership.restore(*state)
                gone: list[StateRecord] = [(number, key, None) for number in changed for key in changed[number].gone]
                sent = {key for _, key, _ in states}
                self._gone = [(since, state) for since, state in self._gone if state[1] not in sent]
                self._gone += [(time.monotonic(), each) for each in gone]
                for batch in batches:
                    batch.ack()
            self._done = time.monotonic()
            self._unsafe, self.failing = 0, None

    async def _send_in_order(
        self,
        owned: Mapping[int, Partition],
        changed: Mapping[int, Records],
        outgoing: Iterable[Outgoing],
        incidents: Iterable[Outgoing],
    ) -> list[StateRecord]:
        """Send the records step by step, each step once the broker has the step before; return the records of states.

        An intake's record has the offset up to which the desks' records are complete, so it follows them. An incident
        missing from its line's state after a crash would stay open for ever, so incidents come last. Once a rebalance
        has taken the partitions, nothing more is sent: the new owner may delete a page that a record names.
        """
        days = [Outgoing(self._ledger, *entry) for each in changed.values() for entry in each.days.items()]
        pages: list[StateRecord] = [(number, *entry) for number in changed for entry in changed[number].pages.items()]
        desks: list[StateRecord] = [(number, *entry) for number in changed for entry in changed[number].desks.items()]
        rest: list[StateRecord] = [(number, *entry) for number in changed for entry in changed[number].intakes.items()]
        # The new owner may have read a record that still names a page, so a worker waits with its deletion until it
        # must have noticed that it lost its partitions. Calls that are sent again may settle on an equal page again.
        again, old = {key for _, key, _ in pages}, time.monotonic() - GONE_SECONDS
        rest += [state for since, state in self._gone if since < old and state[1] not in again]
        for step in (
            [*days, *outgoing, *map(self._of_state, pages)],
            map(self._of_state, desks),
            map(self._of_state, rest),
            incidents,
        ):
            if self._ownership.partitions is not owned:
                break
            await self._send_all(step)
        return [*pages, *desks, *rest]

    async def _encode(self, owned: Mapping[int, Partition], changed: Mapping[int, Records]) -> bool:
        """Fill in the changed records of the partitions; return False if a rebalance took the partitions."""
        steps = Steps()
        for number in changed:
            for _ in owned[number].changing(changed[number]):
                if await steps.pause() and self._ownership.partitions is not owned:
                    return False
        return True

    def _results(self) -> list[Outgoing]:
        """Remove and return the results that must be safe before the states that include their events."""
        sums = [encode_letter(each) for each in self._burial.sums(time.time())]
        results = self._outgoing + [Outgoing(self._letters, None, each) for each in sums]
        self._outgoing, self._burial = [], Burial(self._numbers)
        return results

    def _of_state(self, state: StateRecord) -> Outgoing:
        number, key, value = state
        return Outgoing(self._states, key, value, number)

    async def _send_all(self, records: Iterable[Outgoing]) -> None:
        """Send records, wait until the broker has accepted or refused every one, then raise the first failure."""
        sent, steps = [], Steps()
        for each in records:
            sent.append(await self._send(each))
            await steps.pause()
        for outcome in await asyncio.gather(*sent, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    def _failed(self, error: Exception) -> None:
        """Remember why no checkpoint can be written, and log it once a minute."""
        assert self.failing
        now, before = time.monotonic(), self.failing
        again = type(before.error) is type(error) and now - before.logged < SAY_SECONDS
        self.failing = Failing(before.since, error, before.logged if again else now)
        if not again:
            log.warning("no checkpoint could be written; trying again", error=str(error) or type(error).__name__)
