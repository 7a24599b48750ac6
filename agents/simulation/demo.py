"""The demo: a broker, a worker, the year of Lozère, and the worker's counts of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from rich.console import Console
from rich.progress import Progress

from agents.analysis.survey import survey
from agents.ending import Last, telling
from agents.history import ledger
from agents.ingest.send import ingest
from agents.kafka.broker import embedded_broker
from agents.kafka.child import child
from agents.kafka.client import topic
from agents.kafka.topics import create_topics
from agents.pages.words import head
from agents.ports import free_port
from agents.simulation import living, lozere
from agents.sources.entry import Accepted
from agents.sources.survey import read
from agents.table import PrintedTable
from agents.totals import table
from agents.totals.history import figures as annual
from agents.totals.history import publish
from agents.translation import spoken_language, text
from config.settings import Settings
from streams.events import CallEvent, milliseconds
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.simulation.living import DROWNS, MISCOUNTED
from streams.simulation.lozere import PERIODS, PUBLISHED, PUBLISHED_AFTER, PUBLISHED_BEFORE, PUBLISHED_YEAR

HOST = "127.0.0.1"
STALLED_AFTER = 90.0  # s: longest time that the worker may take to start, and may later make no progress
CHECKPOINT_EVERY = 2.0  # s
COUNTERS = ("offered", "answered", "lost")


class DemoError(RuntimeError):
    """The demo failed."""


class Served(NamedTuple):
    """The ports of the pages, both free."""

    board: int
    worker: int


def claimed(board: int, worker: int) -> Served:
    """Return these ports, or free ones for 0; raise `PortError` if one is taken."""
    return Served(free_port(HOST, board, "--web-port"), free_port(HOST, worker, "--metrics-port"))


def run(settings: Settings, config: Path | None, console: Console, served: Served | None) -> None:
    """Play the year of Lozère through broker and worker, and print sent and counted events side by side.

    With `served`, continue with simulated days, board and metrics until the process is ended. Raises `DemoError` if the
    worker ends early or stalls, and `ConfigError` for the configuration of another office.
    """
    lozere.require_configured(settings, config)
    with embedded_broker() as bootstrap, tempfile.TemporaryFile() as log:
        kafka = settings.kafka.model_copy(update={"bootstrap": bootstrap})
        settings = settings.model_copy(update={"kafka": kafka})
        create_topics(settings)
        port = free_port(HOST) if served is None else served.worker
        address = f"http://{HOST}:{port}/metrics"
        console.print(text("broker at {broker}, worker's metrics at {address}", broker=bootstrap, address=address))
        own = {"KAFKA_BOOTSTRAP": bootstrap, "CLOCK": "event", "CHECKPOINT_EVERY": f"{CHECKPOINT_EVERY:g}s"}
        env = os.environ | {f"TOCSIN_{name}": value for name, value in own.items()}
        with child(_command("worker", port, config), env=env, said=log) as worker:
            with Progress(console=console) as progress:
                outcomes, sent = _produce(settings, progress)
                figures = _consume(address, sent, progress, worker, log)
            _await_checkpoint(address)
            exact = _compare(outcomes, figures, console)
            _show_year(settings, console)
            if not exact:
                raise DemoError(text("the worker's counts differ from the calls sent"))
            if served is not None:
                with child(_command("board", served.board, config), env=env, said=log):
                    _live(settings, served, worker, console)
                    raise DemoError(text("the worker ended unexpectedly:\n{words}", words=_last_words(log)))


def _live(settings: Settings, served: Served, worker: subprocess.Popen[bytes], console: Console) -> None:
    """Play simulated days until the worker ends."""
    first = PERIODS[-1].last + timedelta(days=1)
    board, figures = f"http://{HOST}:{served.board}/", f"http://{HOST}:{served.worker}/metrics"
    console.print(
        text("board at {board}, metrics at {figures}", board=board, figures=figures),
        text(
            "days continue from {day}, one minute per second: at 9:30 a miscount begins on {miscounted}, and "
            "at 10:00 {drowns} is really overloaded. About a minute later, the board tells the two apart. "
            "Ctrl-C ends it all",
            day=first,
            miscounted=MISCOUNTED,
            drowns=DROWNS,
        ),
        sep="\n",
        highlight=False,
    )
    with telling(lambda: Last(text("board and metrics have ended"), finished=True)):
        living.play(settings, first, lambda: worker.poll() is None)


def _command(name: str, port: int, config: Path | None) -> list[str]:
    """Return the command line of a process that serves pages on a port."""
    command = [sys.executable, "-m", "agents", name, "--web-port", str(port)]
    return command if config is None else [*command, "--config", str(config)]


def _produce(settings: Settings, progress: Progress) -> tuple[Counter[tuple[str, str]], dict[str, int]]:
    """Send the years to Kafka; return the calls by line and outcome, and the records by topic."""
    outcomes: Counter[tuple[str, str]] = Counter()
    known: set[tuple[str, str]] = set()

    def events() -> Iterator[Accepted]:
        for period in PERIODS:
            calendar = settings.calendar()
            start, end = calendar.day_bounds(period.first)[0], calendar.day_bounds(period.last)[1]
            bar = progress.add_task(text("simulating {year}", year=period.year), total=len(period.lines) or None)
            for lines in lozere.fitted(settings, period):
                progress.update(bar, completed=lines)
            for each in lozere.period_rows(settings, period):
                if isinstance(each.event, CallEvent):
                    call = each.event.line, each.event.call
                    if call not in known:  # at its offer, or at its outcome if it has no offer
                        known.add(call)
                        outcomes[each.event.line, "offered"] += 1
                    if each.event.type != "offered":
                        outcomes[each.event.line, each.event.type] += 1
                if each.row % 1_000 == 1:
                    passed = milliseconds(each.event.at) / 1000 - start
                    name = text("sending {year} to Kafka", year=period.year)
                    progress.update(bar, description=name, total=end - start, completed=passed)
                yield each
            progress.update(bar, completed=end - start)

    sent = ingest(settings, events(), "demo")
    return outcomes, {topic(settings, name): number for name, number in sent.records.items()}


def _consume(
    address: str, sent: Mapping[str, int], progress: Progress, worker: subprocess.Popen[bytes], log: IO[bytes]
) -> list[Metric]:
    """Wait until the worker has folded every record of its topics; return its metrics."""
    bar = progress.add_task(text("counted by the worker"), total=None)
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
        if worker.poll() is not None or time.monotonic() - moved > STALLED_AFTER:
            words = _last_words(log)
            raise DemoError(
                text(
                    "the worker stopped after {counted} of {total} events:\n{words}",
                    counted=counted,
                    total=total,
                    words=words,
                )
            )
    return figures


def _last_words(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode(errors="replace")[-2000:]


def _scrape(address: str) -> list[Metric]:
    try:
        with urlopen(address, timeout=10) as answer:  # noqa: S310 -- an address of our own
            return list(text_string_to_metric_families(answer.read().decode()))
    except OSError:
        return []  # the worker is starting, or has just ended


def _samples(figures: Iterable[Metric], name: str) -> Iterator[Sample]:
    return (sample for family in figures for sample in family.samples if sample.name == name)


def _total(figures: list[Metric], name: str, line: str) -> float:
    return sum(sample.value for sample in _samples(figures, name) if sample.labels["line"] == line)


def _await_checkpoint(address: str) -> None:
    """Wait until a checkpoint has begun and ended, so that everything counted is in the ledger."""
    begin = time.monotonic()
    ended: list[float] = []  # the first of these may have begun earlier
    while len(ended) < 2:  # noqa: PLR2004 -- two of them
        for sample in _samples(_scrape(address), "tocsin_checkpoint_age_seconds"):
            last = time.monotonic() - sample.value
            if last > max([begin, *(each + CHECKPOINT_EVERY / 2 for each in ended)]):
                ended.append(last)
        if time.monotonic() - begin > STALLED_AFTER:
            raise DemoError(text("the worker wrote no checkpoint within {seconds} s", seconds=round(STALLED_AFTER)))
        time.sleep(CHECKPOINT_EVERY / 5)


def _compare(outcomes: Counter[tuple[str, str]], figures: list[Metric], console: Console) -> bool:
    """Return whether the worker's counts equal the calls sent, and print the result."""
    lines = {line for line, _ in outcomes}
    wrong = [
        text(
            "{line}: {kind} {counted}, sent {sent}",
            line=line,
            kind=head(kind, spoken_language()),
            counted=round(_total(figures, f"tocsin_calls_{kind}_total", line)),
            sent=outcomes[line, kind],
        )
        for line in sorted(lines)
        for kind in COUNTERS
        if _total(figures, f"tocsin_calls_{kind}_total", line) != outcomes[line, kind]
    ]
    results: Counter[str] = Counter()
    for sample in _samples(figures, "tocsin_events_total"):
        results[sample.labels["result"]] += round(sample.value)
    counts = ", ".join(f"{name} {count}" for name, count in results.items())
    console.print(text("events on /metrics: {counts}", counts=counts))
    right = text("the counts of all {count} lines equal the calls sent", count=len(lines))
    console.print("; ".join(wrong) or right, style="bold")
    return not wrong


def _show_year(settings: Settings, console: Console) -> None:
    """Print the year's indicators from the ledger, raw beside corrected, then raw beside the council's minutes."""
    now = time.time()
    zone = ZoneInfo(settings.timezone)
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "survey.csv"
        lozere.write_survey(answers)
        with answers.open("rb") as rows:
            surveyed = survey(read(rows, answers.name))
    history = ledger.read_history(settings)
    figures = annual(
        settings,
        history,
        Period.of_year(PUBLISHED_YEAR),
        datetime.fromtimestamp(now, zone).date(),
        surveyed.shares,
        surveyed.asked,
    )
    vintage = publish(settings, history, figures, round(now * 1000))
    table.show(figures, zone, vintage, console, history.breaches(settings.site, figures.period))
    console.print(beside_minutes(figures))


def beside_minutes(figures: Annual) -> PrintedTable:
    """Return the year's raw figures beside those in the minutes of the council."""
    beside = PrintedTable(text("raw / minutes"))
    beside.words(text("indicator"))
    beside.figures(text("counted"), text("minutes of the council"), "")
    for each in figures.indicators:
        rows_of = (
            (str(PUBLISHED_YEAR), each.raw.value, PUBLISHED.get(each.id)),
            (str(PUBLISHED_YEAR - 1), None if each.before is None else each.before.raw, PUBLISHED_BEFORE.get(each.id)),
            (str(PUBLISHED_YEAR + 1), None if each.after is None else each.after.raw, PUBLISHED_AFTER.get(each.id)),
        )
        for when, value, published in rows_of:
            if published is not None:
                counted = _rounded(value, each, published)
                beside.row(f"{each.id} {when}", counted, published, "=" if counted == published else text("differs"))
    return beside


def _rounded(value: float | None, indicator: Indicator, published: str) -> str:
    """Return a value in the unit and with the decimals of the minutes."""
    decimals = len(published.partition(".")[2])
    return "" if value is None else f"{value * (100 if indicator.unit == 'share' else 1):.{decimals}f}"
