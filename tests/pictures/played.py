"""The topics on a morning of `tocsin demo --serve`, folded in this process, so that they are always the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from agents.board.follower import Known, TopicReading
from agents.catalogue import catalogue
from agents.history.incident_json import incident_json
from agents.history.ledger import History
from agents.ingest.send import address
from agents.kafka.client import Topic, topic
from agents.simulation.living import living
from agents.simulation.office import office_days
from config.offices import Offices
from config.settings import Settings
from streams.events import Event, milliseconds
from streams.intake_table import Input
from streams.partition import Partition
from streams.simulation.lozere import PERIODS, LozerePeriod, period_events
from streams.status import Status, line_status, service_status
from tests.agents.board.known import Record

LATE: Final = time(11, 29)  # on the first living day: the counter is wrong since 9:30, the rush is on since 10:00
INPUTS: Final[dict[Topic, Input]] = {
    Topic.CALL_ATTEMPTS: "calls",
    Topic.COUNTER_TICKETS: "tickets",
    Topic.LINE_READINGS: "readings",
    Topic.REQUESTS: "requests",
}


def played(settings: Settings, periods: Sequence[LozerePeriod] = PERIODS) -> Known:
    """Return a board's data after periods of Lozère and the morning after all of them; times are the events'."""
    partition = Partition(0, catalogue(Offices.alone(settings))._replace(home=lambda _: 0), {})
    for offset, event in enumerate(_events(settings, periods)):
        name, key = address(settings, event)
        value = msgspec.json.encode(event)
        record = Record(name, key, value, offset=offset, timestamp=milliseconds(event.at))
        assert not partition.intakes[INPUTS[name]].take([record]), record
    reading = TopicReading(settings)
    for published in _published(settings, partition):
        reading.take(published)
    return reading.known(Known(History(settings), {}, {}))


def _events(settings: Settings, periods: Sequence[LozerePeriod]) -> Iterator[Event]:
    for period in periods:
        yield from period_events(period, office_days(settings, period.first, period.last), settings.site)
    for event in living(settings, PERIODS[-1].last + timedelta(days=1)):
        local = datetime.fromtimestamp(milliseconds(event.at) / 1000, ZoneInfo(settings.timezone))
        if local.time() > LATE:
            return
        yield event


def _published(settings: Settings, partition: Partition) -> Iterator[Record]:
    """Yield the records that a worker publishes of its fold."""
    zone = ZoneInfo(settings.timezone)
    for key, day in partition.changed().days.items():
        yield Record(topic(settings, Topic.LEDGER), key, day)
    for line in partition.lines.values():
        for each in line.state.watch.incidents:
            told = {"site": settings.site, **incident_json(each, zone)}
            yield Record(topic(settings, Topic.INCIDENTS), each.id.encode(), msgspec.json.encode(told))
    for key, status in _statuses(settings, partition, zone):
        yield Record(topic(settings, Topic.STATUS), key, msgspec.json.encode(status))


def _statuses(settings: Settings, partition: Partition, zone: ZoneInfo) -> Iterator[tuple[bytes, Status]]:
    now = max(desk.state.high for desk in partition.desks())

    def local(at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, zone)

    for key, line in partition.lines.items():
        about = settings.lines[line.name]
        yield key, line_status(line, about.label, about.target, now, local)
    is_open = settings.calendar().is_open(now / 1000)
    for key, service in partition.services.items():
        yield key, service_status(service, settings.services[service.name].label, now, local, open=is_open)
