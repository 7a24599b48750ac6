"""Live figures in `tocsin.status`: those of each owned line and service, once a second while they change.

This is best effort, and the fold never waits for it. A line's figures are not sent while the broker has not taken those
before, and figures that would take too long to compute are left for the next second.
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
from streams.kept.times import slot_end
from streams.status import Status, line_status, service_status

log = structlog.get_logger()

PUBLISH_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 10.0  # between looks at an idle line, which time alone changes: waits grow, windows empty
ALIVE_SECONDS: Final = 60.0  # between signs of life of a quiet line by the wall clock: else no worker would seem to run
BUDGET_SECONDS: Final = 0.05  # for the figures of one second: the rest is the fold's


class Validity(NamedTuple):
    """Tell for how long the figures of a line or a service hold: while its version is this one, over these moments."""

    version: still.Version
    opened: bool  # the office is open
    since: int  # epoch ms
    until: int  # epoch ms

    def at(self, version: still.Version, *, opened: bool, now: int) -> bool:
        """Tell whether they hold at `now` (epoch ms), by what the desk and the office are then."""
        return (self.version, self.opened) == (version, opened) and self.since <= now < self.until


class LastSent(Struct):
    """Hold what was last sent for a line or a service."""

    looked: float  # monotonic s: when its figures were last computed
    sent: float  # monotonic s: when this status was sent
    status: Status
    stands: Validity
    outcome: Future[Any] | None = None  # the broker's answer; None before it is sent

    @property
    def waiting(self) -> bool:
        """Tell whether the broker has not answered yet."""
        return self.outcome is not None and not self.outcome.done()

    @property
    def refused(self) -> bool:
        """Tell whether the broker has refused it."""
        if self.outcome is None or self.waiting:
            return False
        return self.outcome.cancelled() or self.outcome.exception() is not None


class StatusRecord(NamedTuple):
    """Hold a record to send, and where its outcome is kept."""

    key: bytes
    value: bytes
    last: LastSent


class Statuses:
    """Publish the figures of the owned lines and services; `now` gives the moment (epoch ms) that they are of."""

    def __init__(self, roster: Roster, ownership: Ownership, now: Callable[[], int]) -> None:
        self._roster = roster
        self._ownership = ownership
        self._now = now
        self._last: dict[bytes, LastSent] = {}

    async def publish(self, topic: TopicT) -> None:
        """Send the figures that have changed, without waiting for the broker; what it refuses is sent anew."""
        records = list(self.changed(time.monotonic()))
        try:
            while records:
                key, value, last = records[0]
                last.outcome = await topic.send(key=key, value=value)  # type: ignore[assignment]  # a future, though Faust promises less
                del records[0]
        except (KafkaError, ProducerSendError) as error:
            log.warning("no live figures", error=str(error) or type(error).__name__)
            for record in records:
                self._last.pop(record.key, None)

    def changed(self, tick: float) -> Iterator[StatusRecord]:
        """Yield the records to send at `tick` (monotonic s), those first whose figures are the oldest."""
        owned = dict(self._owned())
        self._last = {key: last for key, last in self._last.items() if key in owned and not last.refused}
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
                if last.stands.at(version, opened=opened, now=now):
                    if tick - last.sent < ALIVE_SECONDS:
                        continue
                    status = msgspec.structs.replace(last.status, at=_local(office, now))
                elif last.stands.version == version and tick - last.looked < IDLE_SECONDS:
                    continue
            stands = Validity(version, opened, now, _still_until(desk, now))
            status = _status(office, desk, now, opened=opened) if status is None else status
            if last is not None and self._same(status, last, tick):
                last.looked, last.stands = tick, stands
            else:
                self._last[key] = LastSent(tick, tick, status, stands)
                yield StatusRecord(key, msgspec.json.encode(status), self._last[key])
            if time.monotonic() - begun > BUDGET_SECONDS:
                return

    def _same(self, status: Status, last: LastSent, tick: float) -> bool:
        """Tell whether a status says nothing new, and no sign of life is due."""
        if msgspec.structs.replace(status, at=last.status.at) != last.status:
            return False
        return status.at == last.status.at or tick - last.sent < ALIVE_SECONDS

    def _owned(self) -> Iterator[tuple[bytes, Line | Service]]:
        """Yield each owned line and service with its records' key, which tells apart a service that has a line's id."""
        for partition in self._ownership.partitions.values():
            yield from partition.lines.items()
            for key, service in partition.services.items():
                yield (key + b"/service" if key in partition.lines else key), service


def _status(office: CountedOffice, desk: Line | Service, now: int, *, opened: bool) -> Status:
    local = partial(_local, office)
    if isinstance(desk, Line):
        line = office.settings.lines[desk.name]
        return line_status(desk, line.label, line.target, now, local)
    return service_status(desk, office.settings.services[desk.name].label, now, local, open=opened)


def _local(office: CountedOffice, at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, office.zone)


def _version(desk: Line | Service) -> still.Version:
    return still.watch_version(desk) if isinstance(desk, Line) else still.service_version(desk)


def _still_until(desk: Line | Service, now: int) -> int:
    until = still.line_still_until(desk, now) if isinstance(desk, Line) else still.service_still_until(desk, now)
    return min(until, slot_end(now))  # then another rate is expected, and others are at work
