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
from agents.ownership import Ownership
from config.settings import Settings
from streams.line import Line
from streams.record import Position, position_of
from streams.service import Service
from streams.status import Status, line_status, service_status

log = structlog.get_logger()

EVERY: Final = 1.0  # s
IDLE_SECONDS: Final = 10.0  # so often what time alone changes is looked at: who waits longer, windows that empty
ALIVE_SECONDS: Final = 60.0  # so often a quiet line is told of by the wall clock, or it would seem that no worker is
BUDGET_SECONDS: Final = 0.05  # of each second: the rest is the fold's


class Told(Struct):
    """Hold what was last told of a line or a service: how far it was folded then, and when (monotonic s)."""

    position: Position
    looked: float
    sent: float
    status: Status
    outcome: Future[Any] | None = None


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
        """Send what has changed, without waiting for the broker to have it."""
        try:
            for record in list(self.changed(time.monotonic())):
                record.told.outcome = await topic.send(key=record.key, value=record.value)  # type: ignore[assignment]  # a future, though Faust promises less
        except (KafkaError, ProducerSendError) as error:
            log.warning("no live figures", error=str(error) or type(error).__name__)

    def changed(self, tick: float) -> Iterator[Record]:
        """Yield what is to be told at `tick` (monotonic s), those first that were looked at longest ago."""
        owned = dict(self._owned())
        self._told = {key: told for key, told in self._told.items() if key in owned}
        now, begun = self._now(), time.monotonic()
        for key in sorted(owned, key=lambda key: self._told[key].looked if key in self._told else 0.0):
            told, position = self._told.get(key), position_of(owned[key].state)
            if told is not None:
                idle = told.position == position and tick - told.looked < IDLE_SECONDS
                if idle or (told.outcome is not None and not told.outcome.done()):
                    continue
            status = self._status(owned[key], now)
            if told is not None and self._same(status, told, tick):
                told.position, told.looked = position, tick
            else:
                self._told[key] = Told(position, tick, tick, status)
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
