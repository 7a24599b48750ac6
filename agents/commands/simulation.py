"""The command that makes an office up: `simulate`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from agents.commands.options import Config, Site, failed, offices_of, settings_of, to_write, unusable
from agents.draft import write_whole
from agents.progress import ProgressBar, progress
from agents.terminal import say
from agents.translation import text
from config.offices import Offices
from streams.events import Mode

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
    visitors: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SERVICE=PER_DAY", help="Visitors of a usual day at the counters; SERVICE may be all. None else."
        ),
    ] = None,
    silent: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SITES:FROM:TO", help="Offices of which nothing is told in this time: lines nor counters."
        ),
    ] = None,
    spread: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=2.0,
            help="How much a nation's offices differ in size: sigma of the logarithm of their calls.",
        ),
    ] = 0.7,
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

    The lines, their expected lost rates and the opening hours are the configuration's. Of a nation's configuration all
    offices are made up, each of a size of its own, and told in the order of time; SITES/ before a fault or an overload
    says where it falls: all, a site, several a+b, or those that share a place, as exchange=NAME.
    """
    from agents.simulation import office as simulation
    from agents.simulation.nation import SimulationPlan, UsualOffice
    from streams.simulation.nation import in_order

    offices = offices_of(config) if site is None else Offices.alone(settings_of(config, site))
    if last < first:
        raise typer.BadParameter(text("the last day is before the first"), param_hint="--to")
    lines = {line for each in offices.sites.values() for line in each.lines}
    services = {service for each in offices.sites.values() for service in each.services}
    usual = UsualOffice(
        calls=dict(parsed("--calls", calls, lambda text: simulation.calls_of(text, sorted(lines)))),
        visitors=dict(parsed("--visitors", visitors, lambda text: simulation.visitors_of(text, sorted(services)))),
        readings=None if readings is ReportedTotals.NONE else msgspec.convert(readings.value, Mode),
        icc=icc,
        source_per_line=source_per_line,
        spread=spread,
    )
    plan = SimulationPlan(offices, first.date(), last.date(), seed, usual)
    if not plan.sites:
        raise typer.BadParameter(text("no office is in service on these days"), param_hint="--from")
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
