"""The records sent: calls, tickets and requests, some twice, out of order, late, torn or of unknown desks.

One line has a witness, which knows callers whom the line turned away. Its events are never so late that the two records
were already compared: otherwise it would depend on the topic that a worker read first whether they count as late.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from agents.ingest.send import address
from agents.kafka.client import Topic
from benchmarks.traffic import LineTraffic, traffic
from config.settings import Settings
from streams.events import CallEvent, RequestEvent, TicketEvent

LINES = [f"line-{number}" for number in range(8)]
WITNESSED, WITNESS = "line-w", "carrier"
SERVICES = [f"desk-{number}" for number in range(4)]
CHANNELS = ["email", "letter"]
SITE = "lozere"
SITES = ["aube", SITE, "creuse"]  # of a nation
LATER = "drome"  # joins them meanwhile
OFFICE = {
    "opening_hours": "Mo-Su 08:00-20:00",
    "holidays": {"country": None},
    "lines": {**{line: {} for line in LINES}, WITNESSED: {"witness": WITNESS}},
    "services": {service: {} for service in SERVICES},
    "requests": {channel: {"target_days": 5} for channel in CHANNELS},
}
CONFIG = {"site": SITE, "clock": "event", **OFFICE}
NINE = 1_399_964_400.0  # epoch s: nine o'clock in Paris, on a day in May
DAY_S = 86_400.0
FLOODED, FLOOD = 2, 18  # the day on which each good record comes with this number of records of unknown lines
HOURS_OPEN = 10  # a day


class SentRecord(NamedTuple):
    """A record for an input topic."""

    topic: Topic
    key: bytes
    value: bytes


def truth(
    offices: Sequence[Settings], count: int, rng: random.Random, first: int = 0
) -> tuple[list[SentRecord], Counter[str]]:
    """Return records in the order in which they are sent, and how many have each kind of trouble.

    They begin on the `first` day; the troubles include the number of days.
    """
    trouble: Counter[str] = Counter()
    sent: list[tuple[float, SentRecord]] = []
    day = first
    while len(sent) < count:
        told = ((each, event) for each in offices for event in _day(each.site, NINE + day * DAY_S, rng))
        for settings, event in told:
            site = settings.site
            witness = event.source == WITNESS
            where = address(settings, event, witness=witness)
            at, record = float(event.at), SentRecord(*where, msgspec.json.encode(event))  # type: ignore[arg-type]
            in_time = isinstance(event, CallEvent) and event.line == WITNESSED
            dice = rng.random()
            if dice < 0.05:
                at += rng.uniform(0, 119)
                trouble["out of order"] += 1
            elif dice < 0.055:
                at += rng.uniform(130, (1 if in_time else 6) * 3600)
                trouble["late"] += 1
            sent.append((at, record))
            if rng.random() < 0.03:
                again = [0.0, rng.uniform(0, 60), *([] if in_time else [rng.uniform(0, 3 * 3600)])]
                sent.append((at + rng.choice(again), record))
                trouble["twice"] += 1
            if rng.random() < 0.005:
                sent.append((at, record._replace(value=record.value[: rng.randrange(1, len(record.value) - 1)])))
                trouble["torn"] += 1
            if rng.random() < 0.005:
                about = record.key.decode().partition("/")[2]
                value = record.value.replace(about.encode(), b"nowhere")
                sent.append((at, SentRecord(record.topic, f"{site}/nowhere".encode(), value)))
                trouble["of nobody known"] += 1
            if day == FLOODED:
                for number in range(FLOOD):
                    value = record.value.replace(b"line-", b"l-%d-" % number)
                    sent.append((at, record._replace(key=f"{site}/l-{number}".encode(), value=value)))
                trouble["of a flood"] += FLOOD
        day += 1
    trouble["days"] = day - first
    sent.sort(key=lambda each: each[0])
    return [record for _, record in sent[:count]], trouble


def first_records(sent: list[SentRecord], site: str = SITE) -> bytes:
    """Return a site's records as the lines of a file, without the witness's records."""
    own = (each for each in sent if each.key.startswith(f"{site}/".encode()))
    return b"".join(each.value + b"\n" for each in own if each.topic is not Topic.CALL_WITNESSES)


def _day(site: str, opens: float, rng: random.Random) -> Iterator[CallEvent | TicketEvent | RequestEvent]:
    calls = [LineTraffic(line=line, calls_an_hour=60.0, lost=0.06) for line in LINES]
    yield from traffic(site, calls, [(opens, opens + HOURS_OPEN * 3600)], seed=rng.randrange(10**9))
    yield from _told_twice(site, opens, rng)
    for service in SERVICES:
        yield from _tickets(site, service, opens, rng)
    for channel in CHANNELS:
        yield from _requests(site, channel, opens, rng)


def _told_twice(site: str, opens: float, rng: random.Random) -> Iterator[CallEvent]:
    """Yield one day of the line with a witness, by both records; the line turned away every tenth caller."""
    calls = LineTraffic(line=WITNESSED, calls_an_hour=6.0, lost=0.2)
    told = list(traffic(site, [calls], [(opens, opens + HOURS_OPEN * 3600)], seed=rng.randrange(10**9)))
    away = {name for name in sorted({event.call for event in told}) if rng.random() < 0.1}
    for event in told:
        if event.call not in away:
            yield event
        yield msgspec.structs.replace(event, source=WITNESS)


def _tickets(site: str, service: str, opens: float, rng: random.Random) -> Iterator[TicketEvent]:
    """Yield one day's tickets, numbered from 1 every day; some are transferred to another service."""

    def say(kind: str, at: float, **more: str) -> TicketEvent:
        fields = {"service": service, "ticket": f"{service[-1]}{number:03}", "type": kind, "at": round(at, 3), **more}
        return msgspec.convert({"site": site, "source": "kiosk", **fields}, TicketEvent)

    at, number = opens, 0
    while (at := at + rng.expovariate(20 / 3600)) < opens + (HOURS_OPEN - 1) * 3600:
        number += 1
        yield say("issued", at)
        called, dice = at + rng.expovariate(1 / 900), rng.random()
        if dice < 0.04:
            continue  # still open when the day is over
        if dice < 0.06:
            yield say("cancelled", called)
            continue
        yield say("called", called, counter=f"c{rng.randrange(6)}")
        if dice < 0.12:
            yield say("recalled", called + 60)
            yield say("no_show", called + 120)
            continue
        yield say("served", called + 20, counter=f"c{rng.randrange(6)}")
        if dice < 0.25:
            yield say("transferred", called + 300, to=rng.choice([each for each in SERVICES if each != service]))
        else:
            yield say("completed", called + 20 + rng.expovariate(1 / 400))


def _requests(site: str, channel: str, opens: float, rng: random.Random) -> Iterator[RequestEvent]:
    """Yield one day's requests, with their later events."""
    at = opens
    while (at := at + rng.expovariate(20 / 3600)) < opens + HOURS_OPEN * 3600:
        steps = [("received", at)]
        if rng.random() < 0.9:
            kinds = rng.sample(["answered", "delivered", "withdrawn"], rng.choice([1, 1, 2]))
            steps += [(kind, at + rng.expovariate(1 / (4 * DAY_S))) for kind in kinds]
        for kind, when in steps:
            fields = {"channel": channel, "request": f"{opens:.0f}-{at:.3f}", "type": kind, "at": round(when, 3)}
            yield msgspec.convert({"site": site, "source": "register", **fields}, RequestEvent)
