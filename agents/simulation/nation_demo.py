"""The demo of a nation: a quarter of all its offices, then live days with faults, one minute per second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress

from agents.ingest.send import ingest
from agents.kafka.client import topic
from agents.nation.figures import read_nation
from agents.nation.scope import scope_of
from agents.nation.table import show_nation
from agents.simulation.counted import await_checkpoint, consume
from agents.simulation.nation import SimulationPlan, UsualOffice
from agents.simulation.office import ALL
from agents.simulation.pace import LIVE_FROM, send_paced
from agents.simulation.system import DemoError, Served, System, system
from agents.sources.entry import Accepted, numbered
from agents.translation import text
from config.offices import Offices
from config.settings import Settings
from streams.events import Event
from streams.indicators.period import Period
from streams.simulation.nation import in_order
from streams.simulation.simulate import Arrival

PAST: Final = Period.of_months(2025, 1, 3)
LIVE: Final = tuple(PAST.last + timedelta(days=1 + passed) for passed in range(14))
RUSH: Final = 8.0  # times the usual calls
SEED: Final = 7
USUAL: Final = UsualOffice({ALL: 60.0}, {ALL: 20.0}, readings=None, icc=0.03, source_per_line=False, spread=0.5)


def run(offices: Offices, config: Path, console: Console, served: Served | None) -> None:
    """Play a quarter of a nation's offices through broker and worker, and print its figures.

    With `served`, the board is up from the beginning, and live days follow until the process is ended. Raises
    `DemoError` if a process ends early or stalls, or if these offices cannot be simulated.
    """
    with system(offices.shared, config, served, console) as running:
        offices = offices.sharing(offices.shared.model_copy(update={"kafka": running.kafka}))
        begins = min(each.calendar().day_bounds(LIVE[0])[0] for each in offices.sites.values())
        parts = groupby(_arrivals(offices), key=lambda arrival: arrival[0] < begins * 1000)
        _send(offices.together(), (event for _, event in next(parts)[1]), running, console)
        show_nation(scope_of(read_nation(offices, PAST)), console)
        if served is not None:
            _live(offices.together(), (event for _, event in next(parts)[1]), begins + LIVE_FROM, running, console)


def _arrivals(offices: Offices) -> Iterator[Arrival]:
    """Return the events of all offices in order."""
    plan = SimulationPlan(offices, PAST.first, LIVE[-1], SEED, USUAL)
    try:
        _plot(plan, offices)
        return in_order([each.play() for each in plan.sites.values()])
    except ValueError as error:
        raise DemoError(str(error)) from None


def _plot(plan: SimulationPlan, offices: Offices) -> None:
    """Plan what happens: the offices of one exchange are counted wrong, in February and again, and one has a rush."""
    sites = list(offices.sites.values())
    exchange = Counter(each.place.exchange for each in sites if each.place.exchange).most_common(1)
    for each in sites:
        if not exchange or each.place.exchange == exchange[0][0]:
            counted = f"{each.site}/{next(iter(each.lines))}:answered-as-lost"
            plan.fault(f"{counted}:{date(2025, 2, 3)}:{date(2025, 2, 14)}")
            plan.fault(f"{counted}:{LIVE[0]}T09:30:{LIVE[4]}")
    for number, day in enumerate(LIVE):
        if day.weekday() < 5:  # noqa: PLR2004 -- no Saturday
            drowns = sites[number % len(sites)]
            plan.overload(f"{drowns.site}/{list(drowns.lines)[-1]}:rush:{day}T10:00:{day}T12:00:{RUSH:g}")


def _send(settings: Settings, events: Iterable[Event], running: System, console: Console) -> None:
    """Send the past, and wait until the worker has counted it."""
    with Progress(console=console) as progress:
        bar = progress.add_task(text("sending {period} to Kafka", period=PAST.name), total=None)

        def rows() -> Iterator[Accepted]:
            for each in numbered(events):
                yield each
                if each.row % 1_000 == 1:
                    progress.update(bar, completed=each.row)

        sent = ingest(settings, rows(), "demo").records
        progress.update(bar, total=sent.total(), completed=sent.total())
        consume(running, {topic(settings, name): number for name, number in sent.items()}, progress)
    await_checkpoint(running)


def _live(settings: Settings, events: Iterable[Event], live_from: float, running: System, console: Console) -> None:
    """Play the live days, and serve until a process ends, with a `DemoError`."""
    console.print(
        text(
            "days continue from {day}, one minute per second: at 9:30 the offices of one exchange are counted wrong, "
            "and at 10:00 another office is really overloaded. Ctrl-C ends it all",
            day=LIVE[0],
        ),
        text("the wall of the nation: {address}", address=f"{running.board}?wall"),
        sep="\n",
        highlight=False,
        soft_wrap=True,
    )
    running.serve(console, lambda: send_paced(settings, events, live_from, running.runs))
