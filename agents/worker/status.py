"""Live figures of each owned line and service in `tocsin.status`, once a second while they change.

This is best effort; the fold never waits for it. A line's new figures are not sent before the broker has accepted the
previous ones, and figures that would take too long to compute wait for the next second. Only lines that have changed
are looked at, and every line at intervals.
"""

from __future__ import annotations

import time
from asyncio import Future
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
import structlog
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError
from msgspec import Struct

from agents.kafka.client import Topic, topic
from agents.worker.outgoing import Outgoing, Send
from agents.worker.ownership import Ownership
from agents.worker.roster import CountedOffice, Roster
from config.settings import Line as LineEntry
from config.settings import Service as ServiceEntry
from streams.desks import still
from streams.desks.line import Line
from streams.desks.service import Service
from streams.due import Due
from streams.intake import desk_key
from streams.kept.times import HOUR_MS, slot_end
from streams.partition import Partition
from streams.status import LineMonth, Status, line_month, line_status, service_status

log = structlog.get_logger()

CatalogueEntry: TypeAlias = LineEntry | ServiceEntry

PUBLISH_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 10.0  # between updates of an idle line, which only time changes: waits grow, windows empty
ALIVE_SECONDS: Final = 60.0  # between signs of life of a quiet line by the wall clock, to show that a worker runs
BUDGET_SECONDS: Final = 0.05  # of each second for these figures; the rest is for the fold


class Validity(NamedTuple):
    """How long a desk's figures are valid: while this holds, between these moments."""

    version: still.Version
    entry: CatalogueEntry
    opened: bool  # the office is open
    since: int  # epoch ms
    until: int  # epoch ms

    def holds(self, version: still.Version, entry: CatalogueEntry, *, opened: bool, now: int) -> bool:
        """Return whether they are valid at `now` (epoch ms)."""
        known = self.version, self.entry, self.opened
        return known == (version, entry, opened) and self.since <= now < self.until


class LastSent(Struct):
    """The last status sent for a line or a service."""

    looked: float  # monotonic s: when its figures were last computed
    sent: float  # monotonic s: when this status was sent
    status: Status
    validity: Validity
    outcome: Future[Any] | None = None  # the broker's answer; None before it is sent

    @property
    def waiting(self) -> bool:
        return self.outcome is not None and not self.outcome.done()

    @property
    def refused(self) -> bool:
        if self.outcome is None or self.waiting:
            return False
        return self.outcome.cancelled() or self.outcome.exception() is not None


class KeptMonth(NamedTuple):
    """What a line's month showed in an hour; it is computed once an hour."""

    hour: int  # epoch hour
    shows: LineMonth | None


class StatusRecord(NamedTuple):
    """A record to send, with the desk whose status it is, and the status that keeps its outcome."""

    key: bytes
    value: bytes
    desk: bytes
    last: LastSent


class Owned(NamedTuple):
    """An owned desk, and the key of its records."""

    desk: Line | Service
    key: bytes


class ReadChanges(NamedTuple):
    """A partition, and the last of its changes that was read."""

    partition: Partition
    change: int


class Statuses:
    """The publication of the owned desks' figures; `now` returns their moment (epoch ms)."""

    def __init__(self, roster: Roster, ownership: Ownership, now: Callable[[], int], send: Send) -> None:
        self._roster = roster
        self._ownership = ownership
        self._now = now
        self._send = send
        self._seen: dict[int, ReadChanges] = {}
        self._owned: dict[bytes, Owned] = {}  # by the key of their state, as all else
        self._due = Due({})  # when to look at each, in monotonic ms
        self._last: dict[bytes, LastSent] = {}
        self._months: dict[bytes, KeptMonth] = {}

    async def publish(self) -> None:
        """Send the changed figures without waiting for the broker; send refused ones again."""
        name = topic(self._roster.offices.shared, Topic.STATUS)
        records = list(self.changed(time.monotonic()))
        try:
            while records:
                key, value, _, last = records[0]
                last.outcome = await self._send(Outgoing(name, key, value))
                del records[0]
        except (KafkaError, ProducerSendError) as error:
            log.warning("live figures cannot be sent", error=str(error) or type(error).__name__)
            for record in records:
                del self._last[record.desk]

    def changed(self, tick: float) -> Iterator[StatusRecord]:
        """Yield the records to send at `tick` (monotonic s), longest waiting first."""
        self._follow(tick)
        now, begun = self._now(), time.monotonic()
        while (key := self._due.take(_ms(tick))) is not None:
            if key not in self._owned:
                continue
            record, again = self._look(key, now, tick)
            self._due.put(key, _ms(tick + again))
            if record is not None:
                yield record
            if time.monotonic() - begun > BUDGET_SECONDS:
                return

    def _look(self, key: bytes, now: int, tick: float) -> tuple[StatusRecord | None, float]:
        """Return a desk's figures at `now` (epoch ms) if they are to be sent, and the seconds until the next look."""
        desk, last, status = self._owned[key].desk, self._last.get(key), None
        version, office = _version(desk), self._roster.office(desk.rules.site)
        entry, opened = _entry(office, desk), office.times.open(now)
        if last is not None and last.waiting:
            return None, PUBLISH_SECONDS
        if last is not None and not last.refused:
            if last.validity.holds(version, entry, opened=opened, now=now):
                if tick - last.sent < ALIVE_SECONDS:
                    return None, IDLE_SECONDS
                status = msgspec.structs.replace(last.status, at=_local(office, now))
            elif last.validity[:2] == (version, entry) and tick - last.looked < IDLE_SECONDS:
                return None, last.looked + IDLE_SECONDS - tick
        status = status or self._status(key, office, desk, now, opened=opened)
        validity = Validity(version, entry, opened, now, _still_until(desk, now))
        if last is not None and not last.refused and self._same(status, last, tick):
            last.looked, last.validity = tick, validity
            return None, IDLE_SECONDS
        self._last[key] = sent = LastSent(tick, tick, status, validity)
        record = StatusRecord(self._owned[key].key, msgspec.json.encode(status), key, sent)
        return record, PUBLISH_SECONDS  # the broker may refuse it

    def _status(self, key: bytes, office: CountedOffice, desk: Line | Service, now: int, *, opened: bool) -> Status:
        local = partial(_local, office)
        if isinstance(desk, Service):
            return service_status(desk, office.settings.services[desk.name].label, now, local, open=opened)
        line, hour = office.settings.lines[desk.name], now // HOUR_MS
        month = self._months.get(key)
        if month is None or month.hour != hour:
            month = self._months[key] = KeptMonth(hour, line_month(desk, line.target, local))
        return line_status(desk, line.label, line.target, now, local, month.shows)

    def _same(self, status: Status, last: LastSent, tick: float) -> bool:
        """Return whether a status has no news and no sign of life is due."""
        if msgspec.structs.replace(status, at=last.status.at) != last.status:
            return False
        return status.at == last.status.at or tick - last.sent < ALIVE_SECONDS

    def _follow(self, tick: float) -> None:
        """Find the changed desks, and forget the desks of other workers."""
        partitions = self._ownership.shown()
        seen = {number: each for number, each in self._seen.items() if partitions.get(number) is each.partition}
        if not self._seen.keys() == partitions.keys() == seen.keys():
            self._owned = dict(self._all_owned())
            self._last = {key: last for key, last in self._last.items() if key in self._owned}
            self._months = {key: month for key, month in self._months.items() if key in self._owned}
        self._seen = {}
        for number, partition in partitions.items():
            moved, change = partition.moved_since(seen[number].change if number in seen else 0)
            self._seen[number] = ReadChanges(partition, change)
            for key in moved:
                self._due.hasten(key, _ms(tick))

    def _all_owned(self) -> Iterator[tuple[bytes, Owned]]:
        """Yield each owned line and service; a service with a line's id has records with a distinct key."""
        for partition in self._ownership.shown().values():
            for key, line in partition.lines.items():
                yield desk_key("line", key), Owned(line, key)
            for key, service in partition.services.items():
                yield desk_key("service", key), Owned(service, key + b"/service" if key in partition.lines else key)


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


def _local(office: CountedOffice, at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, office.zone)


def _entry(office: CountedOffice, desk: Line | Service) -> CatalogueEntry:
    return (office.settings.lines if isinstance(desk, Line) else office.settings.services)[desk.name]


def _version(desk: Line | Service) -> still.Version:
    return still.watch_version(desk) if isinstance(desk, Line) else still.service_version(desk)


def _still_until(desk: Line | Service, now: int) -> int:
    until = still.line_still_until(desk, now) if isinstance(desk, Line) else still.service_still_until(desk, now)
    return min(until, slot_end(now))  # the expected rate and the agents at work change with the slot
