"""The command that makes an office up: `simulate`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from agents.commands.options import Config, Site, failed, settings_of, to_write, unusable
from agents.draft import write_whole
from agents.progress import ProgressBar, progress
from agents.terminal import say
from agents.translation import text

T = TypeVar("T")
_DAY = ["%Y-%m-%d"]


class ReportedTotals(StrEnum):
    """Name what the counting software reports of its totals."""

    CUMULATIVE = "cumulative"
    INTERVAL = "interval"
    NONE = "none"


def simulate(
    out: Annotated[Path, typer.Option(dir_okay=False, callback=to_write, help="Where the events go, as JSON lines.")],
    truth: Annotated[Path, typer.Option(dir_okay=False, callback=to_write, help="Where the truth goes, as JSON.")],
    first: Annotated[datetime, typer.Option("--from", formats=_DAY, help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=_DAY, help="Last day, included.")],
    config: Config = None,
    site: Site = None,
    seed: Annotated[int, typer.Option(help="The same seed and options give the same bytes.")] = 1,
    calls: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE=PER_DAY", help="Calls of a usual day; LINE may be all. 60 unless said otherwise."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LINE:MECHANISM:FROM:TO[:SEVERITY]",
            help="Put the counting wrong: circulation:phantoms:2013-09-02:2013-10-31:0.22. LINE may be several, "
            "a+b, or all; moments are days or 2013-09-02T08:30. --mechanisms lists what there is.",
        ),
    ] = None,
    overload: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LINE:CAUSE:FROM:TO[:SEVERITY]",
            help="Overload a line truly: rush, absence or overflow from the busiest other line.",
        ),
    ] = None,
    random_faults: Annotated[int, typer.Option(min=0, help="Place so many faults at random.")] = 0,
    random_overloads: Annotated[int, typer.Option(min=0, help="Place so many overloads at random.")] = 0,
    readings: Annotated[
        ReportedTotals, typer.Option(help="Totals that the counting software reports.")
    ] = ReportedTotals.NONE,
    icc: Annotated[
        float, typer.Option(min=0.0, max=0.2, help="How much lost rates differ by day: intraclass correlation.")
    ] = 0.03,
    source_per_line: Annotated[
        bool, typer.Option("--source-per-line", help="Number the events of each line by themselves.")
    ] = False,
    mechanisms: Annotated[  # noqa: ARG001 -- acts as soon as it is read
        bool,
        typer.Option(
            "--mechanisms",
            is_eager=True,
            callback=lambda asked: list_mechanisms() if asked else None,
            help="List the mechanisms and causes with their usual severities, and end.",
        ),
    ] = False,
) -> None:
    """Make an office up: queueing callers, faults of the counting, real overloads, and the truth beside them.

    The lines, their expected lost rates and the opening hours are the configuration's.
    """
    from agents.simulation import office as simulation
    from streams.events import Mode
    from streams.simulation import placing
    from streams.simulation.simulate import simulate as events_of

    settings = settings_of(config, site)
    if last < first:
        raise typer.BadParameter(text("the last day is before the first"), param_hint="--to")
    days = simulation.office_days(settings, first.date(), last.date())
    office = simulation.office_of(
        settings,
        dict(parsed("--calls", calls, lambda text: simulation.calls_of(text, settings))),
        None if readings is ReportedTotals.NONE else msgspec.convert(readings.value, Mode),
        icc,
        source_per_line=source_per_line,
    )
    faults = list(chain(*parsed("--fault", fault, lambda text: simulation.faults_of(text, settings))))
    overloads = list(chain(*parsed("--overload", overload, lambda text: simulation.overloads_of(text, settings))))
    with progress():
        fitting = ProgressBar(text("fitting the lines"))
        try:
            faults += placing.random_faults(random_faults, office, days, seed)
            overloads += placing.random_overloads(random_overloads, office, days, seed)
            events, known = events_of(office, days, seed, faults, overloads)
        except ValueError as error:
            say(str(error), err=True)
            raise typer.Exit(2) from None
        fitting.close()
        bar, written = ProgressBar(out.name, days[-1].end - days[0].start, of=text("events")), 0
        try:
            for written, at in simulation.write_events(events, out):
                if written % 1_000 == 0:
                    bar.to(at - days[0].start, written)
            answer = simulation.truth_document(known, days, settings.timezone)
            write_whole(truth, msgspec.json.format(msgspec.json.encode(answer)) + b"\n")
        except OSError as error:
            failed(unusable(error))
    say(text("{count} events to {file}, the truth to {truth}", count=written, file=out, truth=truth))


def parsed(option: str, texts: Iterable[str] | None, parse: Callable[[str], T]) -> list[T]:
    """Return what an option's values say, or end with status 2 and what was expected."""
    try:
        return [parse(text) for text in texts or ()]
    except ValueError as error:
        say(text("Invalid value for {option}: {why}", option=option, why=error), err=True)
        raise typer.Exit(2) from None


def list_mechanisms() -> None:
    """Print what can be put wrong, and end."""
    from agents.simulation.office import listed_causes, listed_mechanisms

    say("\n".join([text("faults (usual severity):"), listed_mechanisms()]))
    say("\n".join([text("overloads (usual severity):"), listed_causes()]))
    raise typer.Exit
