"""The demo: a broker, a worker, the year of Lozère, and the worker's counts of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from prometheus_client import Metric
from rich.console import Console
from rich.progress import Progress

from agents.history import ledger
from agents.history.incident_schema import IncidentJson
from agents.ingest.send import ingest
from agents.kafka.client import topic
from agents.pages.words import head
from agents.simulation import living, lozere, minutes
from agents.simulation.counted import await_checkpoint, consume, samples, total
from agents.simulation.system import DemoError, Served, System, system
from agents.sources.entry import Accepted
from agents.translation import spoken_language, text
from config.settings import Settings
from streams.events import CallEvent, milliseconds
from streams.simulation.living import DROWNS, MISCOUNTED
from streams.simulation.lozere import PERIODS

COUNTERS = ("offered", "answered", "lost")


def run(settings: Settings, config: Path, console: Console, served: Served | None) -> None:
    """Play the years of Lozère through broker and worker, and print sent and counted events side by side.

    With `served`, the board is up from the beginning, and simulated days follow until the process is ended. Raises
    `DemoError` if a process ends early or stalls, and `ConfigError` for the configuration of another office.
    """
    lozere.require_configured(settings, config)
    with system(settings, config, served, console) as running:
        settings = settings.model_copy(update={"kafka": running.kafka})
        with Progress(console=console) as progress:
            outcomes, sent = _produce(settings, progress)
            figures = consume(running, sent, progress)
        await_checkpoint(running)
        exact = _compare(outcomes, figures, console)
        minutes.show_year(settings, console)
        if not exact:
            raise DemoError(text("the worker's counts differ from the calls sent"))
        require_planted(ledger.read_history(settings).incidents.of(settings.site).values())
        if served is not None:
            _live(settings, running, console)


def require_planted(incidents: Iterable[IncidentJson]) -> None:
    """Raise `DemoError` if an incident of the ledger is neither the planted miscount nor an overload."""
    wrong = lozere.unplanted(incidents)
    if wrong:
        raise DemoError(
            text(
                "the ledger has incidents that were not planted: {incidents}; expected only the miscount of {line}",
                incidents=", ".join(f"{each['id']} ({each['verdict']})" for each in wrong),
                line=MISCOUNTED,
            )
        )


def _live(settings: Settings, running: System, console: Console) -> None:
    """Play simulated days until a process ends, with a `DemoError`."""
    first = PERIODS[-1].last + timedelta(days=1)
    console.print(
        text(
            "days continue from {day}, one minute per second: at 9:30 a miscount begins on {miscounted}, and "
            "at 10:00 {drowns} is really overloaded. About a minute later, the board tells the two apart.",
            day=first,
            miscounted=MISCOUNTED,
            drowns=DROWNS,
        ),
        text(
            "Confirm the miscount on its page, and the counting is repaired at once; the incident ends after three "
            "days without a sign of it. Without a decision, the demo confirms it on the third morning. Ctrl-C ends it "
            "all"
        ),
        sep="\n",
        highlight=False,
    )
    running.serve(console, lambda: living.play(settings, first, running.runs))


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


def _compare(outcomes: Counter[tuple[str, str]], figures: list[Metric], console: Console) -> bool:
    """Return whether the worker's counts equal the calls sent, and print the result."""
    lines = {line for line, _ in outcomes}
    wrong = [
        text(
            "{line}: {kind} {counted}, sent {sent}",
            line=line,
            kind=head(kind, spoken_language()),
            counted=round(total(figures, f"tocsin_calls_{kind}_total", line)),
            sent=outcomes[line, kind],
        )
        for line in sorted(lines)
        for kind in COUNTERS
        if total(figures, f"tocsin_calls_{kind}_total", line) != outcomes[line, kind]
    ]
    results: Counter[str] = Counter()
    for sample in samples(figures, "tocsin_events_total"):
        results[sample.labels["result"]] += round(sample.value)
    counts = ", ".join(f"{name} {count}" for name, count in results.items())
    console.print(text("events on /metrics: {counts}", counts=counts))
    right = text("the counts of all {count} lines equal the calls sent", count=len(lines))
    console.print("; ".join(wrong) or right, style="bold")
    return not wrong
