"""The main job in one command: a broker, a worker, the year of Lozère, and what the worker counts of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from agents import lozere
from agents.broker import embedded_broker
from agents.child import child, free_port
from agents.ingest import ingest
from agents.kafka import topic
from agents.sources.files import Told
from agents.topics import create_topics
from config.settings import Settings
from streams.events import CallEvent, milliseconds
from streams.simulation.lozere import PERIODS, YEAR

HOST = "127.0.0.1"
PATIENCE = 90.0  # seconds for the worker to start, and then between two steps forward
# What is shown are totals of all that was told, so the year that is only there to compare with is left out.
PLAYED = [period for period in PERIODS if period.year <= YEAR]
COUNTERS = ("offered", "answered", "lost", "diverted", "unresolved")


class DemoError(RuntimeError):
    """Tell why the demonstration did not come to its end."""


def run(settings: Settings, config: Path | None, console: Console, *, serve: bool) -> None:
    """Play the year of Lozère through broker and worker, and print what was told beside what was counted.

    Raises `DemoError` where the worker ends early or stands still, `ConfigError` where the office is another.
    """
    lozere.check(settings, config)
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
                told, sent = _produce(settings, progress)
                figures = _consume(address, sent, progress, worker, said)
            show(settings, told, figures, console)
            if serve:
                console.print(f"{address} stays up; Ctrl-C ends it")
                worker.wait()


def _produce(settings: Settings, progress: Progress) -> tuple[Counter[tuple[str, str]], dict[str, int]]:
    """Send the years into Kafka; return how many calls of which outcome each line was told, and records by topic."""
    told: Counter[tuple[str, str]] = Counter()

    def events() -> Iterator[Told]:
        for period in PLAYED:
            calendar = settings.calendar()
            start, end = calendar.day_bounds(period.first)[0], calendar.day_bounds(period.last)[1]
            bar = progress.add_task(f"{period.year} is drawn", total=None)
            for each in lozere.told(settings, period):
                if isinstance(each.event, CallEvent):
                    told[each.event.line, each.event.type] += 1
                if each.row % 1_000 == 1:
                    passed = milliseconds(each.event.at) / 1000 - start
                    progress.update(bar, description=f"{period.year} into Kafka", total=end - start, completed=passed)
                yield each
            progress.update(bar, completed=end - start)

    sent = ingest(settings, events(), "demo")
    return told, {topic(settings, name): number for name, number in sent.records.items()}


def _consume(
    address: str, sent: Mapping[str, int], progress: Progress, worker: subprocess.Popen[bytes], said: IO[bytes]
) -> list[Metric]:
    """Wait until the worker has folded everything in the topics that it reads; return its figures."""
    bar = progress.add_task("counted by the worker", total=None)
    counted, total, moved = -1, None, time.monotonic()
    while total is None or counted < total:
        time.sleep(0.3)
        figures = _scrape(address)
        seen: Counter[str] = Counter()
        for sample in _samples(figures, "tocsin_events_total"):
            seen[sample.labels["topic"]] += round(sample.value)
        total = sum(sent.get(name, 0) for name in seen) or None
        if seen.total() > counted:
            counted, moved = seen.total(), time.monotonic()
        progress.update(bar, completed=counted, total=total)
        if worker.poll() is not None or time.monotonic() - moved > PATIENCE:
            said.seek(0)
            words = said.read().decode(errors="replace")[-2000:]
            raise DemoError(f"the worker stopped at {counted} of {total} events:\n{words}")
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


def show(settings: Settings, told: Counter[tuple[str, str]], figures: list[Metric], console: Console) -> None:
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
