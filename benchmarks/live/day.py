"""A nation and a ministry at the pace of their day: what each event costs one worker, part by part.

The worker reads from Apache Kafka with the wall's clock. It first folds the last quarter of an hour, then events come
at the rate of the day's mean or of the year's peak (docs/scale.md), and a page of metrics is read every 15 s, as by
Prometheus. The desks have sizes as docs/scale.md assumes, and are open day and night.
"""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple
from urllib.request import Request, urlopen

import numpy as np

from agents.kafka.apache import apache_broker
from agents.kafka.topics import create_topics
from agents.simulation.pace import send_paced
from agents.sources.call_source import CallSource
from benchmarks.capacity.inputs import AskedScale, asked, figures
from benchmarks.capacity.need import HOURS
from benchmarks.capacity.skew import sites_of, sizes
from benchmarks.capacity.tables import SCALE, number, row, table
from benchmarks.hot_path.traffic import CounterTraffic, LineTraffic, OfficeEvent
from benchmarks.live.latency import quantile
from benchmarks.live.meter import FILE, METERED, PACKING, PARTS, SCRAPE, Told, told_by
from benchmarks.nation.configuration import Desks, write_nation
from config.offices import OfficeFiles, Offices
from streams.events import milliseconds
from streams.simulation.office import CALLS_BY_HOUR, CALLS_BY_WEEKDAY, OfficeDay
from tests.agents.running import HOST, Running, worker_of

PARTITIONS: Final = 8
BEFORE: Final = 900.0  # s of events that are folded before
MOST_FOLDED: Final = 0.6  # of the events to expect before, as calls and visits that began earlier are left out
SETTLING: Final = 30.0  # s of the flow before the meter begins
SCRAPE_SECONDS: Final = 15.0
SCALES: Final = ("101 prefectures", "a ministry")
EVENTS_A_CALL: Final = 3.24  # of `LineTraffic`, and of a ticket about as many
MEAN, PEAK = "mean of the day", "peak of the year"


class Pace(NamedTuple):
    """A scale, and the events a second at a time of its day."""

    scale: AskedScale
    when: str
    rate: float

    @property
    def name(self) -> str:
        return f"{self.scale.name}, {self.when}"


class Cost(NamedTuple):
    """The readings of a worker's meter, and the wall seconds of its scrapes."""

    told: Told
    first_scrape: float
    scrapes: list[float]


def paces() -> list[Pace]:
    """Return the paces of docs/scale.md."""
    needs, found = table(SCALE, "needs"), []
    for scale in (each for each in asked() if each.name in SCALES):
        a_day = number(row(needs, "events an opening day")[scale.name])
        found.append(Pace(scale, MEAN, a_day / (HOURS * 3600)))
        found.append(Pace(scale, PEAK, number(row(needs, "events a second at the year's peak")[scale.name])))
    return found


def offices_of(scale: AskedScale, folder: Path) -> Path:
    """Write the configuration of a scale's offices, and return its file."""
    lines = {f"line-{n}": 0.05 for n in range(scale.lines)}
    desks = Desks(lines, [f"counter-{n}" for n in range(scale.counters)])
    return write_nation(folder, sites=scale.sites, desks=desks, hours="Mo-Su 00:00-24:00", clock="wall")


def events_of(offices: Offices, rate: float, begins: float, ends: float) -> list[OfficeEvent]:
    """Return the events of all desks between two moments (epoch s), in order of time, `rate` of them a second."""
    at = datetime.fromtimestamp(begins, UTC)
    # The traffic has more calls at some hours and on some days, which are taken out here: the rate is given.
    usual = CALLS_BY_HOUR[0] * CALLS_BY_WEEKDAY[at.weekday()]
    day = OfficeDay(at.date(), begins, ends, ((begins, ends),))
    lines = [(site, name) for site, office in offices.sites.items() for name in office.lines]
    services = [(site, name) for site, office in offices.sites.items() for name in office.services]
    shares = sizes(sites_of([*lines, *services]), figures("assumed")["spread of offices"], np.random.default_rng(1917))
    an_hour = shares / shares.sum() * rate / EVENTS_A_CALL * 3600 / usual
    traffic: list[LineTraffic | CounterTraffic] = [
        LineTraffic(CallSource("pbx", site), name, 0.05, calls, 1)
        for (site, name), calls in zip(lines, an_hour.tolist(), strict=False)
    ]
    traffic += [
        CounterTraffic(site, name, tickets, 1)
        for (site, name), tickets in zip(services, an_hour[len(lines) :].tolist(), strict=True)
    ]
    events = [event for each in traffic for event in each.day(day) if milliseconds(event.at) < 1000 * ends]
    return sorted(events, key=lambda event: milliseconds(event.at))


def flow(path: str, environ: dict[str, str], rate: float, begins: float, now: float, ends: float) -> None:
    """Send the events up to `now` at once, and the others when they are due; all in epoch s."""
    offices = OfficeFiles(Path(path), environ).load()
    send_paced(offices.together(), events_of(offices, rate, begins, ends), now, lambda: True, pace=1.0)


@contextmanager
def flowing(path: Path, environ: dict[str, str], rate: float, seconds: float) -> Iterator[None]:
    """Let the events flow in a process of their own while the block runs, for some seconds at most."""
    now = time.time()
    given = (str(path), environ, rate, now - BEFORE, now, now + seconds)
    process = get_context("spawn").Process(target=flow, args=given, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def scrape(running: Running) -> float:
    """Return the wall seconds that a page of metrics takes."""
    begin = time.monotonic()
    asked = Request(f"http://{HOST}:{running.port}/metrics", headers={"Accept-Encoding": "gzip"})
    with urlopen(asked, timeout=300) as answer:
        answer.read()
    return time.monotonic() - begin


def measure(pace: Pace, seconds: float) -> Cost:
    """Play a pace for some seconds on a new broker and worker, and return the cost of its events."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        path, meter = offices_of(pace.scale, folder), folder / "meter.json"
        environ = {
            "TOCSIN_KAFKA_BOOTSTRAP": stack.enter_context(apache_broker()),
            "TOCSIN_KAFKA_PARTITIONS": str(PARTITIONS),
        }
        shared = OfficeFiles(path, environ).load().together()
        create_topics(shared)
        environment = {
            "TOCSIN_CONFIG": str(path),
            "TOCSIN_CHECKPOINT_EVERY": "5",
            FILE: str(meter),
        }
        running = stack.enter_context(worker_of(METERED, shared, **environment))
        running.await_page("/healthz", '"ok"')
        stack.enter_context(flowing(path, environ, pace.rate, 3600))
        while told_by(running, meter).events < MOST_FOLDED * BEFORE * pace.rate:
            time.sleep(1)
        first = scrape(running)
        time.sleep(SETTLING)
        running.process.send_signal(signal.SIGUSR1)
        begin, scrapes = time.monotonic(), []
        while time.monotonic() - begin < seconds:
            time.sleep(SCRAPE_SECONDS)
            scrapes.append(scrape(running))
        return Cost(told_by(running, meter), first, scrapes)


TITLES: Final = (
    *("pace", "events/s", *(f"{part}, us" for part in PARTS), "Faust, us", "client, us", "all, us", "of a core"),
    *("longest step, ms", "of", "append to fold: p50, s", "p99, s", "first scrape, s", "later, s"),
)


def cells(pace: Pace, cost: Cost) -> tuple[str, ...]:
    """Return a row of the table, one cell for each of `TITLES`."""
    told, each = cost.told, 1e6 / max(1, cost.told.events)
    spent = told.spent | {SCRAPE: told.spent.get(SCRAPE, 0.0) + told.spent.get(PACKING, 0.0)}
    parts = [spent.get(part, 0.0) for part in PARTS]
    faust = told.main - sum(told.spent.get(part, 0.0) for part in PARTS)
    client = told.process - told.main - told.spent.get(PACKING, 0.0)
    return (
        pace.name,
        f"{told.events / told.wall:.1f}",
        *(f"{each * taken:,.0f}" for taken in (*parts, faust, client, told.process)),
        f"{100 * told.process / told.wall:.1f} %",
        f"{1e3 * told.longest:.0f}",
        told.longest_part,
        *(f"{quantile(told.to_fold_ms, share) / 1e3:.3f}" for share in (0.5, 0.99)),
        f"{cost.first_scrape:.2f}",
        f"{quantile(cost.scrapes, 0.5):.2f}",
    )
