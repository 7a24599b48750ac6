"""The commands that read files: `analyze` and `ingest`."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, BinaryIO

import msgspec
import rich.progress
import typer
from rich.console import Console

from agents.commands.options import Config, refusals, settings_of
from agents.state import state_dir
from config.calendar import zone
from config.mapping import Table, available
from config.refusal import ConfigError
from config.settings import Settings

if TYPE_CHECKING:
    from agents.analysis.survey import Survey
    from agents.sources.files import Refused, Told
    from agents.sources.pseudonym import Pseudonym
    from streams.tickets.polls import PolledQueue


class Kind(StrEnum):
    """Name what a file holds."""

    QUEUE_LOG = "queue-log"
    CALLS = "calls"
    TICKETS = "tickets"
    POLLS = "polls"
    READINGS = "readings"
    REQUESTS = "requests"
    EVENTS = "events"
    SURVEY = "survey"


def known_zone(name: str | None) -> str | None:
    """Return a zone's name, or end with status 2 where there is no such zone."""
    try:
        return name if name is None else zone(name).key
    except ValueError as error:
        raise typer.BadParameter(f"{name!r}; expected {error}") from None


KindOfFile = Annotated[
    Kind,
    typer.Argument(
        help="queue-log: Asterisk's, file or exported table. calls, tickets: CSV or JSON lines, read by a mapping. "
        "polls: of a queue's display, likewise, or an array of answers; its tickets are estimates. "
        "readings: a counter's totals, likewise. requests: a register of them, likewise. events: JSON lines. "
        "survey: CSV of respondent, question, answer; it can only be analysed."
    ),
]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file to read.")]
Source = Annotated[
    str | None,
    typer.Option(help="Name of the system that wrote the file.", show_default="queue-log, or the mapping's name"),
]
MappingName = Annotated[
    str | None,
    typer.Option(
        "--mapping", help="Which column says what: a name under `mappings`, or of those that come with Tocsin."
    ),
]
Zone = Annotated[
    str | None,
    typer.Option("--timezone", callback=known_zone, help="Zone of times written without one; the site's by default."),
]


def analyze(
    kind: KindOfFile,
    file: File,
    config: Config = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
    source: Source = None,
    timezone: Zone = None,
    mapping: MappingName = None,
) -> None:
    """Analyse a file with no broker: the same fold as the worker's.

    Without --config, a queue that config/lozere.yaml does not name becomes a line of its own.
    """
    from agents.analysis.fold import Analysis
    from agents.analysis.report import document, show
    from agents.sources.pseudonym import Pseudonym

    settings = settings_of(config)
    if kind is Kind.SURVEY:
        analyze_survey(file, settings, json=json)
        return
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
                mapping=mapping,
                queues=analysis.queues,
            )
        )
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(document(analysis))).decode())
    else:
        show(analysis, Console())


def ingest(
    kind: KindOfFile,
    file: File,
    config: Config = None,
    source: Source = None,
    timezone: Zone = None,
    mapping: MappingName = None,
    live: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Go on with what the file gets, through rotations, until Ctrl-C; after a crash from where it stopped.",
        ),
    ] = False,
) -> None:
    """Send what a file tells of into Kafka, with pseudonyms for callers' numbers."""
    from agents.ingest.send import ingest as send
    from agents.kafka.topics import check_topics
    from agents.sources.pseudonym import Pseudonym

    if kind is Kind.SURVEY:
        raise typer.BadParameter("a survey has no topic; expected `tocsin analyze survey`", param_hint="KIND")
    settings = settings_of(config)
    if live:
        tail_file(kind, file, settings, source, timezone)
        return
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
            mapping=mapping,
            queues={},
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


def survey_of(file: Path) -> Survey:
    """Return what a survey comes to, or end with status 2 where the file is none."""
    from agents.analysis.survey import survey
    from agents.sources.survey import read as answers

    with opened(file) as rows:
        try:
            return survey(answers(rows, file.name))
        except ConfigError as error:
            typer.echo(f"The file is no survey:\n  {error.faults[0]}", err=True)
            raise typer.Exit(2) from None


def analyze_survey(file: Path, settings: Settings, *, json: bool) -> None:
    """Print the shares of a survey."""
    from agents.analysis.survey import document, show

    found = survey_of(file)
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(document(found, settings.site))).decode())
    else:
        show(found, Console())


def tail_file(kind: Kind, file: Path, settings: Settings, source: str | None, timezone: str | None) -> None:
    """Follow a live file until Ctrl-C or SIGTERM."""
    from agents.ingest.follow import Reader, follow
    from agents.sources import files
    from agents.sources.pseudonym import Pseudonym
    from agents.sources.queue_log import QueueLog
    from agents.sources.queue_log_calls import Calls
    from agents.sources.queue_log_rows import reader_for

    if kind not in {Kind.QUEUE_LOG, Kind.EVENTS}:
        raise typer.BadParameter(f"a live file is a queue-log or events, not {kind}", param_hint="--follow")

    def readers(first: bytes, calls: Calls) -> Reader:
        if kind is Kind.EVENTS:
            return files.event
        row_of = reader_for(first.rstrip(b"\r\n"), timezone or settings.timezone)
        log = QueueLog(settings.lines_by_queue(), source or kind, settings.site, pseudonym, calls)
        return lambda number, line: files.queue_log_line(row_of, number, line, log, pseudonym)

    name = sha256(f"{settings.kafka.bootstrap} {settings.kafka.prefix} {settings.site} {file.resolve()}".encode())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with refusals(), suppress(KeyboardInterrupt):
        pseudonym = Pseudonym.from_environment(os.environ, state_dir())
        follow(settings, file, state_dir() / "follow" / f"{name.hexdigest()[:16]}.json", readers)


def read(
    kind: Kind,
    rows: BinaryIO,
    settings: Settings,
    *,
    line_of: Callable[[str], str | None],
    pseudonym: Pseudonym,
    source: str | None,
    timezone: str | None,
    mapping: str | None,
    queues: dict[str, PolledQueue],
) -> Iterator[Told | Refused]:
    """Read a file of a kind as events, or end with status 2 where the mapping is unknown or does not fit."""
    from agents.sources import files
    from agents.sources.columns import Columns
    from agents.sources.columns_polls import Polls
    from agents.sources.columns_readings import Readings
    from agents.sources.columns_requests import Requests
    from agents.sources.queue_log import QueueLog

    if kind is Kind.EVENTS:
        return files.events(rows)
    zone_name = timezone or settings.timezone
    if kind is Kind.QUEUE_LOG:
        log = QueueLog(line_of, source or kind, settings.site, pseudonym)
        return files.queue_log(rows, log, pseudonym, zone_name)
    name = mapping or (kind if kind in {Kind.TICKETS, Kind.POLLS, Kind.READINGS, Kind.REQUESTS} else "")
    table = table_of(kind, name, settings)
    columns = Columns(table, source or name, settings.site, zone_name, pseudonym, line_of)
    try:
        if kind is Kind.POLLS:
            return files.polls(rows, Polls(columns, queues), pseudonym, Path(rows.name).name)
        if kind is Kind.READINGS:
            return files.readings(rows, Readings(columns), pseudonym, Path(rows.name).name)
        if kind is Kind.REQUESTS:
            return files.requests(rows, Requests(columns), pseudonym, Path(rows.name).name)
        return files.table(rows, columns, pseudonym, Path(rows.name).name)
    except ConfigError as error:
        typer.echo(f"The file does not fit the mapping {name}:\n  {error.faults[0]}", err=True)
        raise typer.Exit(2) from None


def table_of(kind: Kind, name: str, settings: Settings) -> Table:
    """Return the mapping of a name, or end with status 2 where there is none of that kind."""
    known = available(settings.mappings)
    fitting = [each for each, table in known.items() if table.of == kind]
    if name not in fitting:
        raise typer.BadParameter(
            f"{name!r}; expected a mapping of {kind}: {', '.join(fitting)}", param_hint="--mapping"
        )
    return known[name]


def opened(file: Path) -> AbstractContextManager[BinaryIO]:
    """Open a file with a progress bar, where somebody is there to see it."""
    console = Console(stderr=True)
    return rich.progress.open(
        file, "rb", description=file.name, console=console, transient=True, disable=not console.is_terminal
    )
