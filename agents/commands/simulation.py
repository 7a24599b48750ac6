"""The command `simulate`: a made-up office."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
import typer

from agents.commands.options import Config, Site, failed, offices_of, settings_of, to_write, unusable
from agents.draft import write_whole
from agents.progress import ProgressBar, progress
from agents.terminal import say
from agents.translation import text
from config.offices import Offices
from config.settings import located
from streams.events import Mode

T = TypeVar("T")
_DAY = ["%Y-%m-%d"]


def simulate(
    out: Annotated[Path, typer.Option(dir_okay=False, callback=to_write, help="File for the events, as JSON lines.")],
    truth: Annotated[Path, typer.Option(dir_okay=False, callback=to_write, help="File for the true figures, as JSON.")],
    first: Annotated[datetime, typer.Option("--from", formats=_DAY, help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=_DAY, help="Last day, included.")],
    config: Config = None,
    site: Site = None,
    seed: Annotated[int, typer.Option(help="Random seed; the same seed and options give the same bytes.")] = 1,
    calls: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE=PER_DAY", help="Calls on a usual day; LINE may be all. The default is 60."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LINE:MECHANISM:FROM:TO[:SEVERITY]",
            help="Make a counting fault: circulation:phantoms:2013-09-02:2013-10-31:0.22. LINE may be several, "
            "a+b, or all; FROM and TO are days or moments like 2013-09-02T08:30. --mechanisms lists the "
            "mechanisms.",
        ),
    ] = None,
    overload: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LINE:CAUSE:FROM:TO[:SEVERITY]",
            help="Make a real overload: rush, absence or overflow from the busiest other line.",
        ),
    ] = None,
    visitors: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SERVICE=PER_DAY",
            help="Visitors on a usual day at the counters; SERVICE may be all. The default is none.",
        ),
    ] = None,
    silent: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SITES:FROM:TO", help="Offices that send no events in this time, neither of lines nor of counters."
        ),
    ] = None,
    spread: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=2.0,
            help="Spread of the sizes of a nation's offices: standard deviation of the logarithm of their calls.",
        ),
    ] = 0.7,
    random_faults: Annotated[int, typer.Option(min=0, help="Number of faults to place at random.")] = 0,
    random_overloads: Annotated[int, typer.Option(min=0, help="Number of overloads to place at random.")] = 0,
    readings: Annotated[
        Literal[Mode, "none"], typer.Option(help="Totals that the counting software reports.")
    ] = "none",
    icc: Annotated[
        float, typer.Option(min=0.0, max=0.2, help="Variation of lost rates from day to day: intraclass correlation.")
    ] = 0.03,
    source_per_line: Annotated[
        bool, typer.Option("--source-per-line", help="Number the events of each line separately.")
    ] = False,
    mechanisms: Annotated[  # noqa: ARG001 -- its callback does the work
        bool,
        typer.Option(
            "--mechanisms",
            is_eager=True,
            callback=lambda asked: list_mechanisms() if asked else None,
            help="List the mechanisms and causes with their usual severities, and exit.",
        ),
    ] = False,
) -> None:
    """Simulate an office: callers in queues, counting faults, real overloads, and the true figures.

    Lines, expected lost rates and opening hours come from the configuration, by default Lozère's. If it has several
    offices, all are simulated, each with its own size, and their events are written in order of time. Put SITES/ before
    a fault or an overload to choose its offices: all, a site, several as a+b, or those that share a place, as
    exchange=NAME.
    """
    from agents.simulation import office as simulation
    from agents.simulation.nation import SimulationPlan, UsualOffice
    from streams.simulation.nation import in_order

    config = located(config)
    offices = offices_of(config) if site is None else Offices.alone(settings_of(config, site))
    if last < first:
        raise typer.BadParameter(text("the last day is before the first"), param_hint="--to")
    lines = {line for each in offices.sites.values() for line in each.lines}
    services = {service for each in offices.sites.values() for service in each.services}
    usual = UsualOffice(
        calls=dict(parsed("--calls", calls, lambda text: simulation.calls_of(text, sorted(lines)))),
        visitors=dict(parsed("--visitors", visitors, lambda text: simulation.visitors_of(text, sorted(services)))),
        readings=None if readings == "none" else readings,
        icc=icc,
        source_per_line=source_per_line,
        spread=spread,
    )
    plan = SimulationPlan(offices, first.date(), last.date(), seed, usual)
    if not plan.sites:
        raise typer.BadParameter(text("no office is open on these days"), param_hint="--from")
    parsed("--fault", fault, plan.fault)
    parsed("--overload", overload, plan.overload)
    parsed("--silent", silent, plan.silence)
    with progress():
        fitting, arriving = ProgressBar(text("fitting the lines"), len(plan.sites), of=text("offices")), []
        try:
            plan.at_random(random_faults, random_overloads)
            for number, each in enumerate(plan.sites.values(), 1):
                arriving.append(each.play())
                fitting.to(number, number)
        except ValueError as error:
            say(str(error), err=True)
            raise typer.Exit(2) from None
        fitting.close()
        start, end = plan.bounds()
        bar, written = ProgressBar(out.name, end - start, of=text("events")), 0
        try:
            for written, at in simulation.write_events((event for _, event in in_order(arriving)), out):
                if written % 1_000 == 0:
                    bar.to(at - start, written)
            write_whole(truth, msgspec.json.format(msgspec.json.encode(plan.truth())) + b"\n")
        except OSError as error:
            failed(unusable(error))
    say(
        text("events written to {file}: {count}; true figures written to {truth}", count=written, file=out, truth=truth)
    )


def parsed(option: str, texts: Iterable[str] | None, parse: Callable[[str], T]) -> list[T]:
    """Return the parsed values of an option; end with status 2 if one is invalid."""
    try:
        return [parse(text) for text in texts or ()]
    except ValueError as error:
        say(text("Invalid value for {option}: {why}", option=option, why=error), err=True)
        raise typer.Exit(2) from None


def list_mechanisms() -> None:
    """Print the mechanisms and the causes, and exit."""
    from agents.simulation.office import listed_causes, listed_mechanisms

    say("\n".join([text("faults (usual severity):"), listed_mechanisms()]))
    say("\n".join([text("overloads (usual severity):"), listed_causes()]))
    raise typer.Exit
