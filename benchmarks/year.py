"""The cost of a year's figures of many lines, from the records of its ledger.

The records are made here and read in this process, without a broker and its client. Every line has a record of each
day; an opening day has about 80 calls, another one a few. One line in ten has an incident. Results:
docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from agents.garbage import collect_seldom
from agents.history.incident_json import incident_json
from agents.history.ledger import History
from agents.kafka.client import Topic, topic
from agents.totals.document import document
from agents.totals.history import figures, shown
from agents.totals.plan import plan_of
from benchmarks import page
from benchmarks.process import memory
from config.settings import Kafka, Line, Settings
from streams.calls.definition import LineDefinition
from streams.indicators.period import Period
from streams.indicators.vintage import digest_of
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LineDay, day_key, write_day
from streams.watch.incident import Incident

YEAR: Final = 2013
TODAY: Final = date(2014, 2, 1)
CALLS: Final = 3  # in a quarter of an hour of opening hours, on average
LOST: Final = 0.05
WITHIN: Final = 20.0  # s
_COLUMNS: Final = (
    *("lines", "records", "MB of records", "reading them, s", "figures, s", "document, s", "all, s of CPU"),
    "MB beyond the start, at most",
)
MISCOUNTED: Final = 10  # one in this number of lines has a miscount
DEFINITION: Final = LineDefinition(lost_reasons=("abandoned", "timeout"), short_call=5_000, within=round(WITHIN * 1000))


@dataclass
class Stored:
    """A record of a topic."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


def office_of(lines: int) -> Settings:
    """Return an office of `lines` lines."""
    return Settings(
        site="lozere",
        opening_hours="Mo-Fr 08:30-12:00,13:30-17:00",
        kafka=Kafka(partitions=1),
        lines={f"line-{number:03}": Line(expected_lost_rate=0.05) for number in range(lines)},
    )


def year_of(settings: Settings) -> Iterator[Stored]:
    """Yield the records of the ledger of a year, always the same."""
    ledger, plan, random = topic(settings, Topic.LEDGER), plan_of(settings), Random(400)
    days = [(day, plan.opened(day)) for day in Period.of_year(YEAR).days()]
    offset = 0
    for name in settings.lines:
        for day, hours in days:
            written = _day(f"{settings.site}/{name}", day, list(hours), random)
            yield Stored(ledger, 0, offset, 0, day_key(written).encode(), write_day(written))
            offset += 1


def _day(name: str, day: date, hours: list[int], random: Random) -> LineDay:
    found = LineDay(id=name, day=day.isoformat(), offset=day.toordinal(), closed=True, definitions=[DEFINITION])
    closed = [day.toordinal() * 96 - 69_035_000]  # before the office opens
    for slot_no in hours or closed:
        offered = random.randrange(2 * CALLS + 1) if hours else random.randrange(3)
        if not offered:
            continue
        lost = sum(random.random() < LOST for _ in range(offered))
        slot = found.slots[slot_no] = CallSlot(offered=offered, answered=offered - lost, lost=lost)
        if lost:
            slot.lost_for, slot.lost_short = {"abandoned": lost}, lost // 2
        for _ in range(offered - lost):
            wait = round(random.expovariate(1 / 12), 1)
            slot.within += wait <= WITHIN
            found.answered_waits.add(round(wait * 1000))
        for _ in range(lost):
            found.lost_waits.add(round(random.expovariate(1 / 45)) * 1000)
    return found


def miscounts(settings: Settings) -> Iterator[Stored]:
    """Yield the records of a miscount of two weeks on one line in `MISCOUNTED`."""
    for name in list(settings.lines)[::MISCOUNTED]:
        yield Stored(topic(settings, Topic.INCIDENTS), 0, 0, 0, *miscount(settings, name))


def miscount(settings: Settings, line: str) -> tuple[bytes, bytes]:
    """Return the key and the value of a miscount of two weeks."""
    zone = ZoneInfo(settings.timezone)
    start, end = (round(datetime(YEAR, 9, day, tzinfo=zone).timestamp() * 1000) for day in (2, 16))
    found = Incident(
        id=f"{line}-{YEAR}0902T000000Z-rise",
        line=line,
        cause="rise",
        verdict="miscount",
        kind="drift",
        start=start,
        end=end,
        detected=start + QUARTER_MS,
        calls=40,
    )
    value = msgspec.json.encode({"site": settings.site, **incident_json(found, zone)})
    return f"{settings.site}/{found.id}".encode(), value


class Cost(NamedTuple):
    """The measurements; times are seconds of CPU."""

    lines: int
    records: int
    size: float  # MB of records
    taking: float  # reading the records
    figures: float  # the year's, with breaches of their rules
    document: float  # those as JSON
    memory: float  # peak MB above the start
    digest: str  # of the figures

    def row(self) -> str:
        """Return a row of the table."""
        return (
            f"| {self.lines:,} | {self.records:,} | {self.size:.0f} | {self.taking:.1f} | {self.figures:.1f} "
            f"| {self.document:.1f} | {self.taking + self.figures + self.document:.1f} | {self.memory:.0f} |"
        )


def measure(lines: int) -> Cost:
    """Return the cost of the year for `lines` lines."""
    settings = office_of(lines)
    records = [*year_of(settings), *miscounts(settings)]
    collect_seldom()
    history, period, held = History(settings), Period.of_year(YEAR), memory(os.getpid())
    begin = time.process_time()
    for record in records:
        history.take(record)
    taken = time.process_time()
    breaches = history.breaches(settings.site, period)
    annual = figures(settings, history, period, TODAY)
    shown(history, annual)
    found = time.process_time()
    msgspec.json.encode(document(annual, ZoneInfo(settings.timezone), None, breaches))
    told = time.process_time()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(len(each.value or b"") for each in records) / 1e6
    return Cost(lines, len(records), size, taken - begin, found - taken, told - found, most - held, digest_of(annual))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.year", description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=(40, 400))
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)  # of the processes that it starts
    given = parser.parse_args()
    if given.one:
        print(measure(given.one).row())
        return
    rows, before = [f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"], os.getloadavg()
    for lines in given.lines:
        command = [sys.executable, "-m", "benchmarks.year", "--one", str(lines)]
        rows.append(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.strip())
        print(rows[-1], flush=True)
    if given.write:
        page.write("year", "\n".join([page.machine(before), "", *rows]))


if __name__ == "__main__":
    main()
