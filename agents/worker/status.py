"""Live figures for whoever shows them, in `tocsin.status`: of what is owned, once a second while they change.

It is best effort beside the fold, which never waits for it: a record whose predecessor the broker has not taken yet is
not sent, and what takes too long to compute is left for the next time.
"""

from __future__ import annotations

import time
from asyncio import Future
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import structlog
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError
from faust.types import TopicT
from msgspec import Struct

from agents.catalogue import times
from agents.worker.ownership import Ownership
from config.settings import Settings
from streams.desks.line import Line
from streams.desks.service import Service
from streams.kept.record import position_of
from streams.status import Status, line_status, service_status

log = structlog.get_logger()

PUBLISH_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 10.0  # so often what time alone changes is looked at: who waits longer, windows that empty
ALIVE_SECONDS: Final = 60.0  # so often a quiet line is told of by the wall clock, or it would seem that no worker is
BUDGET_SECONDS: Final = 0.05  # of each second: the rest is the fold's


class Told(Struct):
    """Hold what was last told of a line or a service, and when (monotonic s) that was looked at and sent."""

    looked: float
    sent: float
    status: Status
    outcome: Future[Any] | None = None

    @property
    def waiting(self) -> bool:
        """Tell whether the broker has not answered yet."""
        return self.outcome is not None and not self.outcome.done()

    @property
    def refused(self) -> bool:
        """Tell whether the broker does not have it, and will not."""
        if self.outcome is None or self.waiting:
            return False
        return self.outcome.cancelled() or self.outcome.exception() is not None


class Record(NamedTuple):
    """Hold a record to send, and what is remembered of it."""

    key: bytes
    value: bytes
    told: Told


class Statuses:
    """Tell of the lines and services that `ownership` has; `now` gives the moment (epoch ms) that figures are of."""

    def __init__(self, settings: Settings, ownership: Ownership, now: Callable[[], int]) -> None:
        self._settings = settings
        self._ownership = ownership
        self._now = now
        self._zone = ZoneInfo(settings.timezone)
        self._open = times(settings).open
        self._told: dict[bytes, Told] = {}

    async def publish(self, topic: TopicT) -> None:
        """Send what has changed, without waiting for the broker to have it; what it refuses is told anew."""
        records = list(self.changed(time.monotonic()))
        try:
            while records:
                key, value, told = records[0]
                told.outcome = await topic.send(key=key, value=value)  # type: ignore[assignment]  # a future, though Faust promises less
                del records[0]
        except (KafkaError, ProducerSendError) as error:
            log.warning("no live figures", error=str(error) or type(error).__name__)
            for record in records:
                self._told.pop(record.key, None)

    def changed(self, tick: float) -> Iterator[Record]:
        """Yield what is to be told at `tick` (monotonic s), those first that were looked at longest ago."""
        owned = dict(self._owned())
        self._told = {key: told for key, told in self._told.items() if key in owned and not told.refused}
        now, begun = self._now(), time.monotonic()
        for key in sorted(owned, key=lambda key: self._told[key].looked if key in self._told else 0.0):
            told, position = self._told.get(key), position_of(owned[key].state)
            if told is not None:
                idle = position_of(told.status) == position and tick - told.looked < IDLE_SECONDS
                if idle or told.waiting:
                    continue
            status = self._status(owned[key], now)
            if told is not None and self._same(status, told, tick):
                told.looked = tick
            else:
                self._told[key] = Told(tick, tick, status)
                yield Record(key, msgspec.json.encode(status), self._told[key])
            if time.monotonic() - begun > BUDGET_SECONDS:
                return

    def _same(self, status: Status, told: Told, tick: float) -> bool:
        """Tell whether a status says nothing new; that it is alive, a worker says all the same once in a while."""
        if msgspec.structs.replace(status, at=told.status.at) != told.status:
            return False
        return status.at == told.status.at or tick - told.sent < ALIVE_SECONDS

    def _owned(self) -> Iterator[tuple[bytes, Line | Service]]:
        """Yield what is owned by the key of its records; where a line has a service's id, the service's says so."""
        for partition in self._ownership.partitions.values():
            yield from partition.lines.items()
            for key, service in partition.services.items():
                yield (key + b"/service" if key in partition.lines else key), service

    def _status(self, desk: Line | Service, now: int) -> Status:
        if isinstance(desk, Line):
            line = self._settings.lines[desk.name]
            return line_status(desk, line.label, line.target, now, self._local)
        return service_status(desk, self._settings.services[desk.name].label, now, self._local, open=self._open(now))

    def _local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, self._zone)
