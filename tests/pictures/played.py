"""The office of `tocsin demo` on its first live morning, folded in this process, so that it is always the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from agents.board.follower import Known, TopicReading
from agents.callbacks.reading import CallbackReading, Callbacks
from agents.catalogue import catalogue
from agents.history.incident_json import incident_json
from agents.history.ledger import History
from agents.history.standing import miscounts
from agents.ingest.send import address
from agents.kafka.client import Topic, topic
from agents.simulation.living import living
from agents.simulation.office import office_days
from config.offices import Offices
from config.settings import Settings
from streams.events import Event, Review, milliseconds
from streams.feed import Input
from streams.partition import Partition
from streams.simulation.lozere import PERIODS, LozerePeriod, period_events
from streams.status import Status, line_month, line_status, service_status
from streams.watch.review import desk_of
from tests.agents.board.known import Record

LATE: Final = time(11, 29)  # on the first living day: the counter is wrong since 9:30, the rush is on since 10:00
INPUTS: Final[dict[Topic, Input]] = {
    Topic.CALL_ATTEMPTS: "calls",
    Topic.COUNTER_TICKETS: "tickets",
    Topic.LINE_READINGS: "readings",
    Topic.REQUESTS: "requests",
}


class Played:
    """The office after periods of Lozère and the morning after all of them; times are the events'."""

    def __init__(self, settings: Settings, periods: Sequence[LozerePeriod] = PERIODS) -> None:
        self._settings = settings
        self._zone = ZoneInfo(settings.timezone)
        self._partition = Partition(0, catalogue(Offices.alone(settings))._replace(home=lambda _: 0), {})
        self._reading = TopicReading(settings)
        self._morning = [*_morning(settings)]
        for offset, event in enumerate(chain(_past(settings, periods), self._morning)):
            name, record = _record(settings, event, offset)
            assert not self._partition.intakes[INPUTS[name]].take([record]), record

    def decide(self, review: Review) -> None:
        """Apply a person's decision on an incident, as the worker does."""
        line = self._partition.lines[f"{self._settings.site}/{desk_of(review).name}".encode()]
        line.review(review, milliseconds(review.at))

    def known(self) -> Known:
        """Return the state of a board that has read all topics."""
        for published in self._published():
            self._reading.take(published)
        return self._reading.known(Known(History(self._settings), {}, {}))

    def callbacks(self, known: Known) -> Callbacks:
        """Return the callback list of the morning."""
        reading = CallbackReading(self._settings)
        for event in self._morning:
            name, record = _record(self._settings, event, 0)
            if name == Topic.CALL_ATTEMPTS:
                reading.take(replace(record, topic=reading.topics[0]))
        published = known.history.incidents.of(self._settings.site).values()
        reading.believe(miscounts(self._settings, published, known.lines))
        return reading.at(0.0)

    def _published(self) -> Iterator[Record]:
        """Yield the records that a worker publishes."""
        settings = self._settings
        for key, day in self._partition.changed().days.items():
            yield Record(topic(settings, Topic.LEDGER), key, day)
        for line in self._partition.lines.values():
            for each in line.state.watch.incidents:
                told = {"site": settings.site, **incident_json(each, self._zone)}
                yield Record(topic(settings, Topic.INCIDENTS), each.id.encode(), msgspec.json.encode(told))
        for key, status in self._statuses():
            yield Record(topic(settings, Topic.STATUS), key, msgspec.json.encode(status))

    def _statuses(self) -> Iterator[tuple[bytes, Status]]:
        settings = self._settings
        now = max(desk.state.high for desk in self._partition.desks())

        def local(at: int) -> datetime:
            return datetime.fromtimestamp(at / 1000, self._zone)

        for key, line in self._partition.lines.items():
            about = settings.lines[line.name]
            yield key, line_status(line, about.label, about.target, now, local, line_month(line, about.target, local))
        is_open = settings.calendar().is_open(now / 1000)
        for key, service in self._partition.services.items():
            label = settings.services[service.name].label
            yield key, service_status(service, label, now, local, open=is_open)


def _past(settings: Settings, periods: Sequence[LozerePeriod]) -> Iterator[Event]:
    for period in periods:
        yield from period_events(period, office_days(settings, period.first, period.last), settings.site)


def _morning(settings: Settings) -> Iterator[Event]:
    for event in living(settings, PERIODS[-1].last + timedelta(days=1)):
        local = datetime.fromtimestamp(milliseconds(event.at) / 1000, ZoneInfo(settings.timezone))
        if local.time() > LATE:
            return
        yield event


def _record(settings: Settings, event: Event, offset: int) -> tuple[Topic, Record]:
    """Return an event's topic and record; the record names the topic without its prefix, as the intakes ignore it."""
    name, key = address(settings, event)
    return name, Record(name, key, msgspec.json.encode(event), offset=offset, timestamp=milliseconds(event.at))
