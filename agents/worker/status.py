"""Live figures of each owned line and service in `tocsin.status`, once a second while they change.

This is best effort; the fold never waits for it. A line's new figures are not sent before the broker has accepted the
previous ones, and figures that would take too long to compute wait for the next second.
"""

from __future__ import annotations

import time
from asyncio import Future
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec
import structlog
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError
from faust.types import TopicT
from msgspec import Struct

from agents.worker.ownership import Ownership
from agents.worker.roster import CountedOffice, Roster
from streams.desks import still
from streams.desks.line import Line
from streams.desks.service import Service
from streams.kept.times import HOUR_MS, slot_end
from streams.status import LineMonth, Status, line_month, line_status, service_status

log = structlog.get_logger()

PUBLISH_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 10.0  # between updates of an idle line, which only time changes: waits grow, windows empty
ALIVE_SECONDS: Final = 60.0  # between signs of life of a quiet line by the wall clock, to show that a worker runs
BUDGET_SECONDS: Final = 0.05  # of each second for these figures; the rest is for the fold


class Validity(NamedTuple):
    """How long a desk's figures are valid: while its version is this one, between these moments."""

    version: still.Version
    opened: bool  # the office is open
    since: int  # epoch ms
    until: int  # epoch ms

    def at(self, version: still.Version, *, opened: bool, now: int) -> bool:
        """Return whether they are valid at `now` (epoch ms), for a desk of this version in an open or closed office."""
        return (self.version, self.opened) == (version, opened) and self.since <= now < self.until


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
    """A record to send, with the status that keeps its outcome."""

    key: bytes
    value: bytes
    last: LastSent


class Statuses:
    """The publication of the owned desks' figures; `now` returns their moment (epoch ms)."""

    def __init__(self, roster: Roster, ownership: Ownership, now: Callable[[], int]) -> None:
        self._roster = roster
        self._ownership = ownership
        self._now = now
        self._last: dict[bytes, LastSent] = {}
        self._months: dict[bytes, KeptMonth] = {}

    async def publish(self, topic: TopicT) -> None:
        """Send the changed figures without waiting for the broker; send refused ones again."""
        records = list(self.changed(time.monotonic()))
        try:
            while records:
                key, value, last = records[0]
                last.outcome = await topic.send(key=key, value=value)  # type: ignore[assignment]  # a future, though Faust promises less
                del records[0]
        except (KafkaError, ProducerSendError) as error:
            log.warning("live figures cannot be sent", error=str(error) or type(error).__name__)
            for record in records:
                self._last.pop(record.key, None)

    def changed(self, tick: float) -> Iterator[StatusRecord]:
        """Yield the records to send at `tick` (monotonic s), those unchanged for longest first."""
        owned = dict(self._owned())
        self._last = {key: last for key, last in self._last.items() if key in owned and not last.refused}
        self._months = {key: month for key, month in self._months.items() if key in owned}
        now, begun = self._now(), time.monotonic()
        open_now: dict[str, bool] = {}  # by site
        for key in sorted(owned, key=lambda key: self._last[key].looked if key in self._last else 0.0):
            last, desk, version = self._last.get(key), owned[key], _version(owned[key])
            office = self._roster.office(desk.rules.site)
            opened = open_now.get(desk.rules.site)
            if opened is None:
                opened = open_now[desk.rules.site] = office.times.open(now)
            status: Status | None = None
            if last is not None:
                if last.waiting:
                    continue
                if last.validity.at(version, opened=opened, now=now):
                    if tick - last.sent < ALIVE_SECONDS:
                        continue
                    status = msgspec.structs.replace(last.status, at=_local(office, now))
                elif last.validity.version == version and tick - last.looked < IDLE_SECONDS:
                    continue
            validity = Validity(version, opened, now, _still_until(desk, now))
            status = self._status(key, office, desk, now, opened=opened) if status is None else status
            if last is not None and self._same(status, last, tick):
                last.looked, last.validity = tick, validity
            else:
                self._last[key] = LastSent(tick, tick, status, validity)
                yield StatusRecord(key, msgspec.json.encode(status), self._last[key])
            if time.monotonic() - begun > BUDGET_SECONDS:
                return

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

    def _owned(self) -> Iterator[tuple[bytes, Line | Service]]:
        """Yield each owned line and service with its key; a service with a line's id gets a distinct one."""
        for partition in self._ownership.partitions.values():
            yield from partition.lines.items()
            for key, service in partition.services.items():
                yield (key + b"/service" if key in partition.lines else key), service


def _local(office: CountedOffice, at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, office.zone)


def _version(desk: Line | Service) -> still.Version:
    return still.watch_version(desk) if isinstance(desk, Line) else still.service_version(desk)


def _still_until(desk: Line | Service, now: int) -> int:
    until = still.line_still_until(desk, now) if isinstance(desk, Line) else still.service_still_until(desk, now)
    return min(until, slot_end(now))  # the expected rate and the agents at work change with the slot
