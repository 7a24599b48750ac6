"""The command `tocsin`."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import structlog
import typer

from agents.broker import embedded_broker
from agents.topics import check_topics, create_topics
from config.settings import ConfigError, Settings, load

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watch the telephone lines and counters of a public office, and tell a bad line from a bad count.",
)

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", envvar="TOCSIN_CONFIG", help="Configuration file.", show_default="config/lozere.yaml"
    ),
]


def settings_of(config: Path | None) -> Settings:
    """Return the configuration, or end with status 2 and what is wrong with it."""
    try:
        return load(config, os.environ)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@app.command()
def worker(
    config: Config = None,
    web_host: Annotated[str, typer.Option(help="Address of /metrics and /healthz.")] = "127.0.0.1",
    web_port: Annotated[int, typer.Option(help="Port of /metrics and /healthz; 0 takes a free one.")] = 6066,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show what Faust does.")] = False,
) -> None:
    """Run a worker: as many as wanted share the partitions."""
    from agents import worker as faust_worker

    faust_worker.run(settings_of(config), web_host=web_host, web_port=web_port, verbose=verbose)


@app.command()
def broker(
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.")] = 9092,
) -> None:
    """Run the embedded broker: in memory, for trials; Ctrl-C ends it, and its records with it."""
    with embedded_broker(port) as bootstrap, suppress(KeyboardInterrupt):
        typer.echo(f"broker on {bootstrap}; Ctrl-C ends it", err=True)
        threading.Event().wait()


@app.command()
def topics(
    config: Config = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing.")] = False,
) -> None:
    """Create the topics, or check them: partitions, policies, retention."""
    settings = settings_of(config)
    report = check_topics(settings) if check else create_topics(settings)
    for name in report.created:
        typer.echo(f"created  {name}")
    for difference in report.differences:
        typer.echo(f"differs  {difference}", err=True)
    for name in report.unverified:
        typer.echo(f"not verified  {name}", err=True)
    if report.differences:
        raise typer.Exit(1)
    typer.echo("topics as configured")


def main() -> None:
    """Run the command line."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    app()
