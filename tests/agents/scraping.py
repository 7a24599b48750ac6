"""A worker's metrics without Kafka, over partitions that a test feeds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
from faust.types import TP
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from agents.metrics.family import Family
from agents.metrics.written import Encoder, Page
from agents.worker import liveness
from agents.worker.figures import Figures
from agents.worker.ownership import Ownership
from agents.worker.progress import Progress
from agents.worker.roster import Roster
from agents.worker.surroundings import Surroundings
from config.offices import Offices
from config.settings import Channel, Line, Service, Settings
from streams.events import TicketEvent
from streams.feed import Feed, Input
from tests.streams.telling import Message
from tests.streams.telling import value as told

LINES = {"standard": Line(expected_lost_rate=0.02), "circulation": Line(lost_reasons=("abandoned", "closed"))}
OFFICE = Settings(
    site="lozere",
    clock="event",
    lines=LINES,
    services={"cards": Service(target_wait=1200.0)},
    requests={"email": Channel(target_days=5), "im341": Channel(days="calendar")},
    opening_hours="Mo-Fr 08:30-22:00",
)
HOMES = {
    b"lozere/standard": 0,
    b"lozere/circulation": 1,
    b"lozere/cards": 0,
    b"lozere/email": 1,
    b"lozere/im341": 1,
}
NOW = 1_543_600_000.0
TOPIC = "tocsin.call-attempts"
FEEDS: dict[Input, Feed] = {"calls": Feed("topic id"), "tickets": Feed("another id")}
TICKETS = "tocsin.counter-tickets"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Consumer:
    """A fake of Faust's consumer that knows only the end of each topic."""

    def __init__(self, ends: dict[int, int | None]) -> None:
        self.consumer = self
        self._ends = ends

    def highwater(self, tp: TP) -> int | None:
        assert tp.partition in self._ends, "Partition is not assigned"  # named as in aiokafka
        return self._ends.get(tp.partition) if tp.topic == TOPIC else 0


class Health:
    """A fake of the checkpoint and the liveness that knows only their ages."""

    status: liveness.Health = "ok"

    def age(self, now: float = 0.0) -> float:
        return now


class Worker:
    """A worker that owns both lines in two partitions, without Kafka."""

    def __init__(self, settings: Settings = OFFICE, ends: dict[int, int | None] | None = None) -> None:
        self.roster = Roster(Offices.alone(settings))
        self.ownership = Ownership(
            self.roster.catalogue._replace(home=HOMES.__getitem__),
            {
                "calls": TOPIC,
                "tickets": TICKETS,
                "readings": "tocsin.line-readings",
                "requests": "tocsin.requests",
                "reviews": "tocsin.reviews",
                "witnesses": "tocsin.call-witnesses",
            },
        )
        self.assign([0, 1])
        self.health = Health()
        clock, app = cast("Any", self.health), cast("Any", Consumer(ends or {}))
        self.progress = Progress(settings, self.ownership, clock, app)
        self.figures = Figures(
            self.roster,
            self.ownership,
            self.progress,
            clock,
            clock,
            Surroundings(self.roster.offices, "tocsin.worker", {}),
        )
        self._offset = -1

    def take(self, *values: bytes | None, line: str = "standard") -> None:
        messages = []
        for value in values:
            self._offset += 1
            messages.append(Message(self._offset, f"lozere/{line}".encode(), value))
        self.ownership.partitions[int(line == "circulation")].calls.take(messages)

    def call(self, *values: bytes) -> None:
        """Feed events of tickets."""
        messages = [Message(offset, b"lozere/cards", value) for offset, value in enumerate(values)]
        assert self.ownership.partitions[0].tickets.take(messages) == []

    def request(self, *values: bytes) -> None:
        """Feed events of requests, keyed by their channel."""
        keys = [f"lozere/{msgspec.json.decode(value)['channel']}".encode() for value in values]
        messages = [Message(offset, key, value) for offset, (key, value) in enumerate(zip(keys, values, strict=True))]
        assert self.ownership.partitions[1].requests.take(messages) == []

    def records(self, number: int) -> dict[bytes, bytes]:
        """Return the records of the states of a partition that changed."""
        records = self.ownership.partitions[number].changed()
        return records.states()

    def restart(self) -> None:
        """Write every state and read it back, as a new worker would."""
        for number in self.ownership.partitions:
            for key, record in self.records(number).items():
                self.ownership.restore(number, key, record)
        self.ownership.revoke()
        self.assign([0, 1])

    def assign(self, numbers: Sequence[int]) -> None:
        """Own these partitions, and show them."""
        asyncio.run(self.ownership.assign(numbers, FEEDS))
        self.ownership.caught_up = set(numbers)

    def exposition(self) -> str:
        return self.written(generate_latest)

    def written(self, encode: Encoder) -> str:
        return b"".join(asyncio.run(self.figures.exposition(encode))).decode()

    def scrape(self, encode: Encoder = generate_latest) -> Samples:
        samples = {}
        for family in text_string_to_metric_families(self.written(encode)):
            for sample in family.samples:
                at = (sample.name, frozenset(sample.labels.items()))
                assert at not in samples, f"{at} twice"
                samples[at] = sample.value
        return samples

    def value(self, name: str, **labels: str) -> float | None:
        return self.scrape().get((name, frozenset({"site": "lozere", "line": "standard", **labels}.items())))


def calls(count: int, kind: str = "lost", **more: Any) -> list[bytes]:
    return [told(kind, NOW + number, f"{kind} {number}", **{"wait": 10 + number, **more}) for number in range(count)]


def ticket(number: str, kind: str, at: float, counter: str | None = None) -> bytes:
    fields = {"service": "cards", "ticket": number, "type": kind, "at": NOW + at, "counter": counter}
    return msgspec.json.encode(msgspec.convert(fields, TicketEvent))


def samples_of(families: Iterable[Family]) -> list[Sample]:
    """Return the samples of families of desks."""
    pages = (generate_latest(Page([family.head()])) + family.text() for family in families)
    found = text_string_to_metric_families(b"".join(pages).decode())
    return [sample for family in found for sample in family.samples]
