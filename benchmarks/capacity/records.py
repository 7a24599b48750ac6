"""The bytes that a line writes: its events, its state at each checkpoint, its days of the ledger.

One partition in this process, without Kafka: lines of different numbers of calls, and a counter, on eight opening days.
A checkpoint falls every five seconds if any event came, as a worker's does.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

import msgspec

from agents.ingest.send import address
from agents.sources.call_source import CallSource
from benchmarks.hot_path.traffic import FIRST_DAY, CounterTraffic, LineTraffic, OfficeEvent, in_order_of_coming
from benchmarks.scale import held
from config.settings import Kafka, Line, Service, Settings
from streams.events import CallEvent, milliseconds
from streams.kept.times import slot_end
from streams.simulation.chance import chance
from streams.simulation.office import OfficeDay
from tests.streams.telling import Message

CALLS_A_DAY: Final = (10, 40, 160, 640)
TICKETS_A_DAY: Final = 40
HOURS: Final = 6.5
DAYS: Final = 10
CHECKPOINT_MS: Final = 5_000
BATCH: Final = 300  # events that a producer packs together, 64 KB


class Written(NamedTuple):
    """The mean output of a desk on an opening day."""

    desk: str
    cases: float  # calls or tickets
    events: float  # a case
    event: float  # bytes of JSON
    packed: float  # bytes of an event in a batch of gzip
    state: float  # bytes of its record at the end
    changelog: float  # bytes of state a day
    drafts: float  # bytes of the ledger's drafts of the day, a day
    day: float  # bytes of the ledger's day once it is closed


def office() -> Settings:
    """Return the office whose lines are named by their calls a day."""
    return Settings(
        site="office",
        clock="wall",
        opening_hours="Mo-Fr 08:30-12:00,13:30-16:30",
        kafka=Kafka(partitions=1),
        lines={f"calls-{calls}": Line(expected_lost_rate=0.05) for calls in CALLS_A_DAY},
        services={"counter": Service()},
    )


def events_of(settings: Settings, days: int) -> Iterator[OfficeEvent]:
    """Yield the events of a number of days, in the order of their arrival."""
    calendar, source, random = settings.calendar(), CallSource("pbx", settings.site), chance("delay")
    desks: list[LineTraffic | CounterTraffic] = [
        LineTraffic(source, f"calls-{calls}", 0.05, calls / HOURS, 1) for calls in CALLS_A_DAY
    ]
    desks.append(CounterTraffic(settings.site, "counter", TICKETS_A_DAY / HOURS, 1))
    for number in range(days):
        date = FIRST_DAY + timedelta(number)
        day = OfficeDay(date, *calendar.day_bounds(date), tuple(calendar.open_intervals(date)))
        yield from in_order_of_coming([event for each in desks for event in each.day(day)], random)


def measure(days: int = DAYS) -> list[Written]:
    """Return the measurements of each desk."""
    settings = office()
    own, encode = held(settings), msgspec.json.Encoder().encode
    partition = own.partition
    sent: defaultdict[str, list[bytes]] = defaultdict(list)
    cases: defaultdict[str, set[str]] = defaultdict(set)
    changelog, drafts, states = Counter[str](), Counter[str](), dict[str, int]()
    closing: dict[str, int] = {}
    opened, due, quarter = set[object](), 0, 0

    def keep() -> None:
        records = partition.changed()
        for key, value in records.days.items():
            desk = key.decode().split("/")[1]
            drafts[desk] += len(value)
            closing[key.decode()] = len(value)
        for key, value in records.desks.items():
            desk = key.decode().rpartition("/")[2]
            changelog[desk] += len(value)
            states[desk] = len(value)

    offset = {"calls": 0, "tickets": 0}
    for event in events_of(settings, days):
        at = milliseconds(event.at)
        intake = "calls" if isinstance(event, CallEvent) else "tickets"
        if due and at >= due:
            keep()
            due = 0
        if at >= quarter:
            for _ in partition.advance(at):
                pass
            quarter = slot_end(at)
        due = due or at + CHECKPOINT_MS
        _, key = address(settings, event)
        value = encode(event)
        desk = key.decode().rpartition("/")[2]
        sent[desk].append(value)
        cases[desk].add(f"{at // 86_400_000} {event.ticket}" if not isinstance(event, CallEvent) else event.call)
        opened.add(at // 86_400_000)
        assert not partition.intakes[intake].take([Message(offset[intake], key, value, at + 500)])  # type: ignore[index]
        offset[intake] += 1
    for _ in partition.advance(at + 3 * 86_400_000):
        pass
    keep()
    many = len(opened)
    return [
        Written(
            desk=desk,
            cases=len(cases[desk]) / many,
            events=len(values) / len(cases[desk]),
            event=sum(map(len, values)) / len(values),
            packed=len(_packed(values)) / len(values),
            state=states[desk],
            changelog=changelog[desk] / many,
            drafts=drafts[desk] / many,
            day=sum(size for key, size in closing.items() if key.split("/")[1] == desk) / many,
        )
        for desk, values in sent.items()
    ]


def _packed(values: list[bytes]) -> bytes:
    batches = (values[at : at + BATCH] for at in range(0, len(values), BATCH))
    return b"".join(zlib.compress(b"".join(batch)) for batch in batches)
