"""The command `tocsin`."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, BinaryIO

import msgspec
import rich.progress
import structlog
import typer
from rich.console import Console

from agents.state import state_dir
from config.calendar import zone
from config.settings import ConfigError, Settings, load

if TYPE_CHECKING:
    from agents.pseudonym import Pseudonym
    from agents.sources.files import Refused, Told

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watch the telephone lines and counters of a public office, and tell a bad line from a bad count.",
)

Config = Annotated[
    Path | None,
    typer.Option("--config", envvar="TOCSIN_CONFIG", help="Configuration file.", show_default="config/lozere.yaml"),
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

    settings = settings_of(config)
    try:
        faust_worker.run(settings, web_host=web_host, web_port=web_port, verbose=verbose)
    except faust_worker.TopicsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def broker(
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.")] = 9092,
    apache: Annotated[bool, typer.Option("--apache", help="Run Apache Kafka, which keeps its records.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(help="Apache Kafka's folder.", file_okay=False, show_default="kafka in the state folder"),
    ] = None,
) -> None:
    """Run a broker for trials until Ctrl-C: embedded, in memory alone, or Apache Kafka by Java and Maven."""
    from agents.apache import apache_broker
    from agents.broker import embedded_broker, listens

    if data and not apache:
        raise typer.BadParameter("the embedded broker keeps nothing; --data goes with --apache", param_hint="--data")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the broker is stopped, not killed
    started = apache_broker(port, data or state_dir() / "kafka") if apache else embedded_broker(port)
    with refusals(), suppress(KeyboardInterrupt), started as bootstrap:
        typer.echo(f"broker on {bootstrap}; Ctrl-C ends it", err=True)
        while listens(bootstrap):
            time.sleep(1)


@app.command()
def topics(
    config: Config = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing.")] = False,
) -> None:
    """Create the topics, or check them: partitions, policies, retention."""
    from agents.topics import check_topics, create_topics

    settings = settings_of(config)
    with refusals():
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


@app.command()
def check(config: Config = None) -> None:
    """Validate the configuration, reach the broker, compare the topics; say how to mend what is wrong."""
    from agents.kafka import KafkaError, admin
    from agents.topics import check_topics

    settings = settings_of(config)
    typer.echo(
        f"configuration  site {settings.site}: {len(settings.lines)} lines, {len(settings.services)} services, "
        f"{len(settings.requests)} channels; open {settings.opening_hours}, {settings.timezone}"
    )
    try:
        with admin(settings) as client:
            brokers = client.describe_cluster()["brokers"]
        typer.echo(f"broker         {settings.kafka.bootstrap} answers, {len(brokers)} in the cluster")
        report = check_topics(settings)
    except (KafkaError, OSError) as error:
        typer.echo(f"broker         {settings.kafka.bootstrap}: {error}", err=True)
        typer.echo("               set kafka.bootstrap, or start one: tocsin broker", err=True)
        raise typer.Exit(1) from None
    for difference in report.differences:
        typer.echo(f"topic          {difference}", err=True)
    for name in report.unverified:
        typer.echo(f"topic          {name}: the broker does not tell its policies")
    if report.differences:
        raise typer.Exit(1)
    typer.echo("topics         as configured")


@app.command()
def demo(
    config: Config = None,
    serve: Annotated[bool, typer.Option("--serve", help="Keep the metrics up until Ctrl-C.")] = False,
) -> None:
    """Run the main job on an embedded broker: a made-up year, told and counted."""
    from agents import demo as demonstration

    settings = settings_of(config)
    with refusals(), suppress(KeyboardInterrupt):
        demonstration.run(settings, config, Console(), serve=serve)


class Kind(StrEnum):
    """Name what a file holds."""

    QUEUE_LOG = "queue-log"
    EVENTS = "events"


def known_zone(name: str | None) -> str | None:
    """Return a zone's name, or end with status 2 where there is no such zone."""
    try:
        return name if name is None else zone(name).key
    except ValueError as error:
        raise typer.BadParameter(f"{name!r}; expected {error}") from None


KindOfFile = Annotated[Kind, typer.Argument(help="queue-log: Asterisk's, file or exported table. events: JSON lines.")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file to read.")]
Source = Annotated[str, typer.Option(help="Name of the system that wrote the file.")]
Zone = Annotated[
    str | None,
    typer.Option("--timezone", callback=known_zone, help="Zone of times written without one; the site's by default."),
]


@app.command()
def analyze(
    kind: KindOfFile,
    file: File,
    config: Config = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
    source: Source = "queue-log",
    timezone: Zone = None,
) -> None:
    """Analyse a file with no broker: the same fold as the worker's.

    Without --config, a queue that config/lozere.yaml does not name becomes a line of its own.
    """
    from agents.analyze import Analysis
    from agents.pseudonym import Pseudonym
    from agents.report import document, show

    settings = settings_of(config)
    analysis = Analysis(settings)
    lines = settings.lines_by_queue()
    with opened(file) as rows:
        analysis.take(
            read(
                kind,
                rows,
                settings,
                line_of=lines.get if config else lambda queue: lines.get(queue) or analysis.adopt(queue),
                pseudonym=Pseudonym(token_bytes(32)),  # nothing is kept, so no key need be
                source=source,
                timezone=timezone,
            )
        )
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(document(analysis))).decode())
    else:
        show(analysis, Console())


@app.command()
def ingest(
    kind: KindOfFile,
    file: File,
    config: Config = None,
    source: Source = "queue-log",
    timezone: Zone = None,
) -> None:
    """Send what a file tells of into Kafka, with pseudonyms for callers' numbers."""
    from agents.ingest import ingest as send
    from agents.pseudonym import Pseudonym
    from agents.topics import check_topics

    settings = settings_of(config)
    with opened(file) as rows, refusals():
        pseudonym = Pseudonym.from_environment(os.environ, state_dir())
        told = read(
            kind,
            rows,
            settings,
            line_of=settings.lines_by_queue().get,
            pseudonym=pseudonym,
            source=source,
            timezone=timezone,
        )
        missing = [each for each in check_topics(settings).differences if each.what == "topic"]
        if missing:
            typer.echo("\n".join(map(str, missing)), err=True)
            raise typer.Exit(1)
        sent = send(settings, told, str(file))
    for name, count in sent.records.items():
        typer.echo(f"{count} records to {settings.kafka.prefix}{name}")
    for reason, refused in sent.refused.items():
        typer.echo(f"{reason}: first in line {refused.row}: {refused.why.detail}", err=True)


@app.command(name="dead-letters")
def dead_letters(
    config: Config = None,
    reason: Annotated[str | None, typer.Option(help="Only those of this reason.")] = None,
    replay: Annotated[bool, typer.Option("--replay", help="Send those again that are good events by now.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone, one letter a line.")] = False,
) -> None:
    """List what could not be used, and after a mend of the configuration send it again."""
    from agents import replay as again
    from agents.dead_letters import encode

    settings = settings_of(config)
    with refusals():
        letters = [letter for letter in again.waiting(settings) if reason in {None, letter.reason}]
        if replay:
            done = again.replay(settings, letters)
            typer.echo(f"{done.sent} sent again, {len(done.left)} left")
            for why, count in Counter(why for _, why in done.left).most_common(20):
                typer.echo(f"  {count} x {why}", err=True)
        elif json:
            for letter in letters:
                typer.echo(encode(letter).decode())
        else:
            for letter in letters:
                place = (
                    f"{letter.file}:{letter.row}"
                    if letter.file
                    else f"{letter.topic}/{letter.partition}@{letter.offset}"
                )
                typer.echo(f"{place}  {letter.reason}: {letter.detail}\n    {letter.text[:200]}")
            typer.echo(f"{len(letters)} dead letters")


def read(
    kind: Kind,
    rows: Iterable[bytes],
    settings: Settings,
    *,
    line_of: Callable[[str], str | None],
    pseudonym: Pseudonym,
    source: str,
    timezone: str | None,
) -> Iterator[Told | Refused]:
    """Read a file of a kind as events."""
    from agents.sources import files
    from agents.sources.queue_log import QueueLog

    if kind is Kind.EVENTS:
        return files.events(rows)
    log = QueueLog(line_of, source, settings.site, pseudonym)
    return files.queue_log(rows, log, pseudonym, timezone or settings.timezone)


def opened(file: Path) -> AbstractContextManager[BinaryIO]:
    """Open a file with a progress bar, where somebody is there to see it."""
    console = Console(stderr=True)
    return rich.progress.open(
        file, "rb", description=file.name, console=console, transient=True, disable=not console.is_terminal
    )


@contextmanager
def refusals() -> Iterator[None]:
    """End with status 2 on a wrong configuration, 1 on work that failed, and say which."""
    from agents.broker import BrokerError
    from agents.demo import DemoError
    from agents.kafka import KafkaError

    try:
        yield
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except (BrokerError, DemoError, KafkaError, OSError) as error:
        typer.echo(f"failed: {error}", err=True)
        raise typer.Exit(1) from None


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


if __name__ == "__main__":
    main()
