"""The cost of a nation's figures of a year: 101 offices of four lines and two services, from records of the ledger.

The records are made here, always the same: 300 calls on a line's opening day, one office in 25 with a miscount of two
weeks, one silent. With `--broker` they are sent to a broker first, to time whole commands. Results:
docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import msgspec

from agents.garbage import collect_seldom
from agents.history.ledger import History
from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from agents.nation.figures import nation_figures
from agents.totals.plan import plan_of
from benchmarks.process import memory
from benchmarks.year import DEFINITION, TODAY, YEAR, Stored, miscount
from config.nation import Nation
from config.office import Location, Signatory
from config.offices import Offices
from config.settings import Line, Service, Settings
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LedgerDay, LineDay, ServiceDay, TicketSlot, day_key, write_day

OFFICES: Final = 101
REGIONS: Final = 13
LINES: Final = {"standard": 0.002, "circulation": 0.02, "cni-passeport": 0.04, "etrangers": 0.07}
SERVICES: Final = ("cartes-grises", "etrangers")
MISCOUNTED: Final = 25  # one in this number of offices has a miscount on its second line
SILENT: Final = 50  # the office without events
BAD: Final = 70  # the office that loses three times the usual share


def office(number: int) -> Settings:
    return Settings(
        site=f"prefecture-{number:03}",
        opening_hours="Mo-Fr 08:30-12:00,13:30-17:00",
        office=Signatory(name=f"Préfecture {number:03}"),
        place=Location(region=f"Region {number % REGIONS:02}", department=f"Department {number:03}"),
        lines={name: Line(label=name, target=0.1, expected_lost_rate=rate) for name, rate in LINES.items()},
        services={name: Service(label=name) for name in SERVICES},
    )


def nation(count: int) -> Offices:
    """Return a nation of `count` offices."""
    every = {each.site: each for each in map(office, range(count))}
    return Offices(Nation.model_validate({"sites": ["offices"], "office": {"name": "Nation"}}), every)


def ledger(offices: Offices) -> Iterator[LedgerDay]:
    """Yield the days of a year of all offices but the silent one."""
    random = Random(101)
    for number, settings in enumerate(offices.sites.values()):
        if number == SILENT:
            continue
        plan, calls = plan_of(settings), random.choice((2, 4, 12, 30))
        factor = (3.0 if number == BAD else 1.0) * random.gauss(1.0, 0.1)
        days = [(day, plan.opened(day)) for day in Period.of_year(YEAR).days()]
        for name, rate in LINES.items():
            for day, hours in days:
                yield _line(f"{settings.site}/{name}", day, list(hours), calls, min(0.5, rate * factor), random)
        for name in SERVICES:
            for day, hours in days:
                if hours:
                    yield _service(f"{settings.site}/{name}", day, list(hours), random)


def _line(name: str, day: date, hours: list[int], calls: int, rate: float, random: Random) -> LineDay:
    found = LineDay(id=name, day=day.isoformat(), offset=day.toordinal(), closed=True, definitions=[DEFINITION])
    for slot_no in hours:
        offered = random.randrange(2 * calls + 1)
        if not offered:
            continue
        lost = sum(random.random() < rate for _ in range(offered))
        slot = found.slots[slot_no] = CallSlot(
            offered=offered, answered=offered - lost, lost=lost, within=offered - lost
        )
        if lost:
            slot.lost_for, slot.lost_short = {"abandoned": lost}, lost // 2
        found.answered_waits.add(round(random.expovariate(1 / 12) * 1000))
        for _ in range(lost):
            found.lost_waits.add(round(random.expovariate(1 / 45)) * 1000)
    return found


def _service(name: str, day: date, hours: list[int], random: Random) -> ServiceDay:
    found = ServiceDay(id=name, day=day.isoformat(), offset=day.toordinal(), closed=True)
    for slot_no in hours:
        issued = random.randrange(6)
        found.slots[slot_no] = TicketSlot(issued=issued, served=issued)
        for _ in range(issued):
            found.waits.add(round(random.expovariate(1 / 900)) * 1000)
            found.times_in_service.add(round(random.expovariate(1 / 400)) * 1000)
    return found


def records(offices: Offices) -> Iterator[tuple[Topic, bytes, bytes]]:
    """Yield all records of the topics for the year."""
    for day in ledger(offices):
        yield Topic.LEDGER, day_key(day).encode(), write_day(day)
    for settings in list(offices.sites.values())[::MISCOUNTED]:
        yield Topic.INCIDENTS, *miscount(settings, "circulation")


class NationCost(NamedTuple):
    """The measurements; times are seconds of CPU."""

    records: int
    size: float  # MB
    taking: float
    figures: float
    memory: float  # peak MB above the start


def measure(count: int) -> NationCost:
    """Return the cost of the year for `count` offices."""
    offices = nation(count)
    stored = [Stored(topic(offices.shared, of), 0, at, 0, *both) for at, (of, *both) in enumerate(records(offices))]
    collect_seldom()
    history, held = History(offices.shared), memory(os.getpid())
    begin = time.process_time()
    for record in stored:
        history.take(record)
    taken = time.process_time()
    found = nation_figures(offices, history, Period.of_year(YEAR), TODAY)
    told = time.process_time()
    assert len(found.rolled.nation.sites) == count
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(len(each.value or b"") for each in stored) / 1e6
    return NationCost(len(stored), size, taken - begin, told - taken, most - held)


def send(folder: Path, count: int, bootstrap: str) -> None:
    """Send the year to a broker, and write the configuration of the nation into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    offices = nation(count)
    (folder / "offices").mkdir(exist_ok=True)
    for settings in offices.sites.values():
        kept = settings.model_dump(
            mode="json", include={"site", "opening_hours", "office", "place", "lines", "services"}
        )
        (folder / "offices" / f"{settings.site}.yaml").write_bytes(msgspec.json.encode(kept))
    shared = {"kafka": {"bootstrap": bootstrap}, "office": {"name": "Nation"}, "sites": ["offices"]}
    (folder / "nation.yaml").write_bytes(msgspec.json.encode(shared))
    kafka = offices.shared.kafka.model_copy(update={"bootstrap": bootstrap})
    there = offices.shared.model_copy(update={"kafka": kafka})
    create_topics(there)
    client = producer(there)
    for of, key, value in records(offices):
        client.send(topic(there, of), key=key, value=value)
    client.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nation.year", description=__doc__)
    parser.add_argument("--offices", type=int, default=OFFICES)
    parser.add_argument("--broker", metavar="HOST:PORT", help="send the year there")
    parser.add_argument("--folder", type=Path, default=Path("nation"), help="for the configuration, with --broker")
    given = parser.parse_args()
    if given.broker:
        send(given.folder, given.offices, given.broker)
        return
    sys.stdout.write(f"{measure(given.offices)}\n")


if __name__ == "__main__":
    main()
