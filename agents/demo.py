"""The main job in one command: a broker, a worker, a made-up year, and what the worker counts of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

import msgspec
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from agents.broker import embedded_broker
from agents.child import child, free_port
from agents.ingest import ingest
from agents.sources.files import Told
from agents.topics import create_topics
from config.settings import Settings
from streams.office import OfficeLine, year

YEAR = 2013
SEED = 2013
HOST = "127.0.0.1"
PATIENCE = 90.0  # seconds for the worker to start, and then between two steps forward
CALLS_AN_HOUR = {"standard": 14.0, "circulation": 10.0, "cni-passeport": 7.0, "etrangers": 5.0}
# From 2 September on, the counter of circulation invents lost calls: enough of them to show, over the
# year, about the 19.56 % that nobody believed.
FAULTY, FAULTY_FROM, PHANTOMS = "circulation", date(YEAR, 9, 2), 0.63
COUNTERS = ("offered", "answered", "lost", "diverted", "unresolved")


class DemoError(RuntimeError):
    """Tell why the demonstration did not come to its end."""


def run(settings: Settings, config: Path | None, console: Console, *, serve: bool) -> None:
    """Play a year through broker and worker, and print what was told beside what was counted.

    Raises `DemoError` where the worker ends early or stands still.
    """
    with embedded_broker() as bootstrap, tempfile.TemporaryFile() as said:
        kafka = settings.kafka.model_copy(update={"bootstrap": bootstrap})
        settings = settings.model_copy(update={"kafka": kafka})
        create_topics(settings)
        port = free_port(HOST)
        address = f"http://{HOST}:{port}/metrics"
        console.print(f"broker on {bootstrap}, worker's figures on {address}")
        command = [sys.executable, "-m", "agents.cli", "worker", "--web-port", str(port)]
        command += [] if config is None else ["--config", str(config)]
        env = {**os.environ, "TOCSIN_KAFKA_BOOTSTRAP": bootstrap, "TOCSIN_CLOCK": "event"}
        with child(command, env=env, said=said) as worker:
            with Progress(console=console) as progress:
                told = _produce(settings, progress)
                figures = _consume(address, told.total(), progress, worker, said)
            _show(settings, told, figures, console)
            if serve:
                console.print(f"{address} stays up; Ctrl-C ends it")
                worker.wait()


def _produce(settings: Settings, progress: Progress) -> Counter[tuple[str, str]]:
    """Send the year into Kafka; return how many events of which type each line was told."""
    told: Counter[tuple[str, str]] = Counter()
    encode = msgspec.json.Encoder().encode

    def events() -> Iterator[Told]:
        days = [date(YEAR, 1, 1) + timedelta(day) for day in range(365)]
        calendar = settings.calendar()
        for day in progress.track(days, description=f"{YEAR} into Kafka"):
            for row, event in enumerate(year(settings.site, office(settings), calendar.open_intervals(day), SEED)):
                told[event.line, event.type] += 1
                yield Told(row, event, encode(event))

    ingest(settings, events(), "demo")
    return told


def office(settings: Settings) -> list[OfficeLine]:
    """Return the made-up office: every line of the configuration, one of them with a faulty counter."""
    begins, _ = settings.calendar().day_bounds(FAULTY_FROM)
    return [
        OfficeLine(
            line=name,
            calls_an_hour=CALLS_AN_HOUR.get(name, 6.0),
            lost=line.expected_lost_rate or line.target,
            phantoms=PHANTOMS if name == FAULTY else 0.0,
            phantoms_from=begins,
        )
        for name, line in settings.lines.items()
    ]


def _consume(
    address: str, total: int, progress: Progress, worker: subprocess.Popen[bytes], said: IO[bytes]
) -> list[Metric]:
    """Wait until the worker has folded everything; return its figures."""
    bar = progress.add_task("counted by the worker", total=total)
    counted, moved = -1.0, time.monotonic()
    while counted < total:
        time.sleep(0.3)
        figures = _scrape(address)
        seen = sum(sample.value for sample in _samples(figures, "tocsin_events_total"))
        if seen > counted:
            counted, moved = seen, time.monotonic()
        progress.update(bar, completed=counted)
        if worker.poll() is not None or time.monotonic() - moved > PATIENCE:
            said.seek(0)
            words = said.read().decode(errors="replace")[-2000:]
            raise DemoError(f"the worker stopped at {counted:.0f} of {total} events:\n{words}")
    return figures


def _scrape(address: str) -> list[Metric]:
    try:
        with urlopen(address, timeout=10) as answer:  # noqa: S310 -- an address of our own
            return list(text_string_to_metric_families(answer.read().decode()))
    except URLError:
        return []  # it is still starting


def _samples(figures: Iterable[Metric], name: str) -> Iterator[Sample]:
    return (sample for family in figures for sample in family.samples if sample.name == name)


def _total(figures: list[Metric], name: str, line: str) -> float:
    return sum(sample.value for sample in _samples(figures, name) if sample.labels["line"] == line)


def _show(settings: Settings, told: Counter[tuple[str, str]], figures: list[Metric], console: Console) -> None:
    """Print each line's totals from the worker's metrics; what was told stands beside, to compare."""
    table = Table(
        title=f"{settings.site}, {YEAR}, counted by the worker",
        title_justify="left",
        box=None,
        padding=(0, 1, 0, 0),
    )
    table.add_column("line", no_wrap=True)
    for column in (*COUNTERS, "lost rate", "as told"):
        table.add_column(column, justify="right", no_wrap=True)
    for name in settings.lines:
        counts = [round(_total(figures, f"tocsin_calls_{kind}_total", name)) for kind in COUNTERS]
        offered, answered, lost, *_ = counts
        rate = f"{lost / offered:.2%}" if offered else ""
        as_told = [offered, answered, lost] == [told[name, kind] for kind in COUNTERS[:3]]
        table.add_row(name, *map(str, counts), rate, "yes" if as_told else "NO")
    console.print(table)
    results: Counter[str] = Counter()
    for sample in _samples(figures, "tocsin_events_total"):
        results[sample.labels["result"]] += round(sample.value)
    console.print("/metrics answered; events: " + ", ".join(f"{count} {name}" for name, count in results.items()))
