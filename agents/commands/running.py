"""The commands that run the main job: `worker` and `demo`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from agents.commands.options import Config, Site, chosen, followed, offices_of, refusals
from agents.ending import Last, telling
from agents.terminal import Screen, say
from agents.translation import text
from config.settings import located


def worker(
    config: Config = None,
    web_host: Annotated[str, typer.Option(help="Address of /metrics and /healthz.")] = "127.0.0.1",
    web_port: Annotated[int, typer.Option(help="Port of /metrics and /healthz; 0 takes a free one.")] = 6066,
    processes: Annotated[
        int, typer.Option(min=1, help="Worker processes on this machine, sharing one /metrics and /healthz.")
    ] = 1,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Faust's own log.")] = False,
) -> None:
    """Run a worker; any number of workers share the partitions."""
    from agents.kafka.client import client_options
    from agents.ports import listener

    offices, files = followed(config)
    with refusals():
        client_options(offices.shared)  # reports an unusable key now, rather than wait for the broker
        on = listener(web_host, web_port)  # a taken port is reported before joining the group, which moves partitions
        if processes == 1:
            from agents.worker.roster import Roster
            from agents.worker.run import run

            run(Roster(offices, files), on, verbose=verbose)
        from agents.worker.run_all import run_all

        run_all(offices, files, processes, on, verbose=verbose)


def demo(
    config: Config = None,
    site: Site = None,
    serve: Annotated[
        bool | None,
        typer.Option(
            "--serve/--no-serve",
            help="Serve the board from the start, then simulate live days until Ctrl-C; otherwise end after the year.",
            show_default="--serve on a terminal",
        ),
    ] = None,
    web_port: Annotated[int, typer.Option(help="Port of the board of --serve; 0 takes a free one.")] = 6067,
    metrics_port: Annotated[int, typer.Option(help="Port of the worker's metrics; 0 takes a free one.")] = 6066,
    out: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Write the simulated events as files to this folder, and run nothing."),
    ] = None,
) -> None:
    """Run the whole system on an embedded broker: a simulated year of Lozère, ingested, counted and shown.

    Without --config the office is Lozère. If the configuration has several offices, it plays a quarter of all of them.
    """
    from agents.simulation import demo as demonstration
    from agents.simulation import lozere, nation_demo
    from agents.simulation.system import claimed

    config = located(config)
    offices = offices_of(config)
    nation = site is None and offices.nation is not None
    with refusals(), telling(lambda: Last(text("the demonstration ended early"))):
        if out is not None:
            settings = chosen(offices, site)
            lozere.require_configured(settings, config)
            for path, rows in lozere.write_years(settings, out):
                say(text("{count} rows to {place}", count=rows, place=path))
            return
        served = claimed(web_port, metrics_port) if serve or (serve is None and sys.stdout.isatty()) else None
        if nation:
            nation_demo.run(offices, config, Screen(), served)
        else:
            demonstration.run(chosen(offices, site), config, Screen(), served)
