"""The cost of an event, a quarter of an hour and a scrape by the number of lines, in one process and without Kafka.

Run it by `make bench`. Four lines are busy; each of the others has a call first and then a share of one call in ten.
Another run takes a stream ten times as long, and one has one partition of ten of a hundred thousand lines. Each run has
a process of its own and time passes as for live events: the quarters of an hour end by the clock, each followed by a
checkpoint. Results: docs/performance.md.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import Any, Final, NamedTuple, cast
from zlib import crc32

import msgspec
from prometheus_client.exposition import generate_latest

from agents.catalogue import catalogue
from agents.garbage import THRESHOLDS
from agents.ingest.send import address
from agents.worker.figures import Figures
from agents.worker.ownership import Ownership
from agents.worker.progress import Progress
from agents.worker.roster import Roster
from agents.worker.surroundings import Surroundings
from benchmarks import page
from benchmarks.hot_path.traffic import FIRST_DAY, office_events
from benchmarks.process import memory
from config.offices import Offices
from config.settings import Kafka, Line, Settings
from streams.events import CallEvent, milliseconds
from streams.feed import Feed
from streams.kept.times import QUARTER_MS, slot_end
from streams.partition import Partition, Records
from tests.agents.scraping import Consumer, Health
from tests.streams.telling import Message

BUSY: Final = 4
SIZES: Final = (4, 400, 4_000, 10_000)
LARGEST: Final = 100_000  # lines, over ten partitions
PARTITIONS: Final = 10
LONGER: Final = 10
QUIET_CALLS: Final = 10  # one in this number of calls is on a quiet line
CHANGED: Final = 100  # lines that have a call between two scrapes
TAKEN: Final = 500  # records at once

_COLUMNS: Final = (
    *("lines", "events", "us an event", "a quarter's end, ms", "its longest step, ms", "checkpoint, ms"),
    *("first scrape, s", "nothing new, s", "100 lines new, s", "after a quarter, s", "its MB", "states, MB"),
    *("memory, MB", "kB a line"),
)


class Cost(NamedTuple):
    """The measurements with a number of lines; times are CPU times."""

    lines: int  # in this process
    office: int  # lines of the office
    events: int
    event: float  # us
    quarter: float  # ms, the median: letting time pass to the end of a quarter of an hour
    step: float  # ms, the longest of these and of the checkpoints: a desk of either
    checkpoint: float  # ms, the median
    scrape: float  # s, the first one
    again: float  # s, the next one, without changes
    some: float  # s, after calls on `CHANGED` lines
    later: float  # s, after the end of a quarter of an hour
    page: float  # MB
    states: float  # MB of records
    memory: float  # MB, of the process

    def row(self, fewest: Cost) -> str:
        """Return a row of the table; memory is per line beyond the `fewest`."""
        more = self.lines - fewest.lines
        line = f"{(self.memory - fewest.memory) * 1024 / more:.0f}" if more else ""
        lines = f"{self.lines:,}" if self.lines == self.office else f"{self.lines:,} of {self.office:,}"
        return (
            f"| {lines} | {self.events:,} | {self.event:.1f} | {self.quarter:.1f} | {self.step:.1f} "
            f"| {self.checkpoint:.1f} | {self.scrape:.2f} | {self.again:.2f} | {self.some:.2f} | {self.later:.2f} "
            f"| {self.page:.1f} | {self.states:.1f} | {self.memory:.0f} | {line} |"
        )


def office_of(lines: int, partitions: int) -> Settings:
    """Return an office of busy and quiet lines over a number of partitions."""
    names = [f"busy-{number}" for number in range(min(lines, BUSY))] + [f"quiet-{n}" for n in range(lines - BUSY)]
    return Settings(
        site="lozere",
        clock="wall",
        opening_hours="Mo-Fr 08:30-12:00,13:30-17:00",
        kafka=Kafka(partitions=partitions),
        lines={name: Line(expected_lost_rate=0.05) for name in names},
    )


def events_of(settings: Settings) -> Iterator[CallEvent]:
    """Yield the calls of the busy lines; one in `QUIET_CALLS` is moved to a quiet line, if there are any."""
    names = list(settings.lines)
    busy = settings.model_copy(update={"lines": dict.fromkeys(names[:BUSY], Line()), "services": {}})
    quiet = names[BUSY:]
    for event in office_events(busy):
        assert isinstance(event, CallEvent)
        chance = crc32(event.call.encode())
        if quiet and chance % QUIET_CALLS == 0:
            event.line = quiet[chance // QUIET_CALLS % len(quiet)]
        yield event


@dataclass
class Held:
    """The lines of an office as in a worker, and their metrics."""

    partition: Partition
    figures: Figures

    def scrape(self) -> bytes:
        return b"".join(asyncio.run(self.figures.exposition(generate_latest)))

    def timed_scrape(self) -> tuple[float, float]:
        """Return the seconds of CPU that a scrape takes, and the MB of its page."""
        begin = time.process_time()
        size = len(self.scrape()) / 1e6
        return time.process_time() - begin, size


def held(settings: Settings) -> Held:
    """Own the first partition of an office, with stand-ins for Kafka; a scrape is at the moment of the latest event."""
    names = ("calls", "tickets", "readings", "requests", "reviews", "witnesses")
    ownership = Ownership(catalogue(Offices.alone(settings)), {name: name for name in names})  # type: ignore[misc]
    asyncio.run(ownership.assign([0], {name: Feed(name) for name in names}))  # type: ignore[misc]
    ownership.caught_up = {0}
    health, app = cast("Any", Health()), cast("Any", Consumer({0: None}))
    replayed = settings.model_copy(update={"clock": "event"})
    progress = Progress(replayed, ownership, health, app)
    around = Surroundings(Offices.alone(settings), "tocsin.worker", {})
    return Held(
        ownership.partitions[0], Figures(Roster(Offices.alone(replayed)), ownership, progress, health, health, around)
    )


def first_calls(settings: Settings) -> Iterator[CallEvent]:
    """Yield a call of every line as the office opens, as the watch ignores lines that never had one."""
    (opens, _), *_ = settings.calendar().open_intervals(FIRST_DAY)
    for line in settings.lines:
        yield CallEvent(line=line, call="first", type="answered", at=opens, wait=9.0, site=settings.site)


def messages(settings: Settings, events: Iterable[CallEvent], first: int = 0) -> Iterator[Message]:
    """Yield the records of events, numbered from `first`, each written a moment after its event."""
    encode = msgspec.json.Encoder().encode
    for offset, event in enumerate(events, first):
        yield Message(offset, address(settings, event)[1], encode(event), milliseconds(event.at) + 500)


def one_call_each(settings: Settings, lines: int, now: int, first: int) -> Iterator[Message]:
    """Yield the record of a call on each of the first lines, at a moment (ms); offsets begin with `first`."""
    names = list(settings.lines)[:lines]
    calls = (
        CallEvent(line=name, call=f"at {now}", type="answered", at=now / 1000, wait=9.0, site=settings.site)
        for name in names
    )
    return messages(settings, calls, first)


def measure(office: int, partitions: int, count: int) -> Cost:
    """Return the cost of a number of events on the lines of one partition of an office."""
    gc.set_threshold(*THRESHOLDS)
    whole = office_of(office, partitions)
    own = held(whole)
    names = [each.name for each in own.partition.lines.values()]
    settings, lines = whole.model_copy(update={"lines": {name: whole.lines[name] for name in names}}), len(names)
    folded, quarters, checkpoints, steps = 0.0, [0.0], [0.0], [0.0]
    records: dict[bytes, bytes] = {}
    assert not own.partition.calls.take(messages(settings, first_calls(settings)))
    told, due = messages(settings, islice(events_of(settings), count), lines), 0
    while taken := list(islice(told, TAKEN)):
        begin = time.process_time()
        assert not own.partition.calls.take(taken)
        folded += time.process_time() - begin
        now = taken[-1].timestamp
        due = due or slot_end(now)
        while due <= now:
            begin = last = time.process_time()
            for _ in own.partition.advance(due):
                steps.append((at := time.process_time()) - last)
                last = at
            quarters.append(last - begin)
            begin, changed = last, Records.none()
            for _ in own.partition.changing(changed):
                steps.append((at := time.process_time()) - last)
                last = at
            checkpoints.append(last - begin)
            records |= changed.desks
            due += QUARTER_MS
    scrape, size = own.timed_scrape()
    again, _ = own.timed_scrape()
    assert not own.partition.calls.take(one_call_each(settings, CHANGED, now, count + lines))
    some, _ = own.timed_scrape()
    assert not own.partition.calls.take(one_call_each(settings, 1, due, count + lines + CHANGED))
    for _ in own.partition.advance(due):
        pass
    later, _ = own.timed_scrape()
    return Cost(
        lines,
        office,
        count,
        folded / count * 1e6,
        median(quarters) * 1e3,
        max(steps) * 1e3,
        median(checkpoints) * 1e3,
        scrape,
        again,
        some,
        later,
        size,
        sum(map(len, records.values())) / 1e6,
        memory(os.getpid()),
    )


def apart(lines: int, events: int, partitions: int = 1) -> Cost:
    """Return the same, measured in a process of its own."""
    asked = {"--one": lines, "--partitions": partitions, "--events": events}
    command = [sys.executable, "-m", "benchmarks.scale", *(str(each) for pair in asked.items() for each in pair)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return Cost(*json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--lines", type=int, nargs="+", default=SIZES)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)  # of the processes that it starts
    parser.add_argument("--partitions", type=int, default=1, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.partitions, given.events)))
        return
    rows, before, fewest = (
        [f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"],
        os.getloadavg(),
        given.lines[0],
    )
    first = apart(fewest, given.events)
    for lines, events in [*((each, given.events) for each in given.lines), (fewest, LONGER * given.events)]:
        cost = first if (lines, events) == (fewest, given.events) else apart(lines, events)
        rows.append(cost.row(first))
        print(rows[-1], flush=True)
    rows.append(apart(LARGEST, given.events, PARTITIONS).row(first))
    print(rows[-1], flush=True)
    text = "\n".join([page.machine(before), "", *rows])
    if given.write:
        page.write("scale", text)


if __name__ == "__main__":
    main()
