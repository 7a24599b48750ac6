"""The commands that read files: `analyze` and `ingest`."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, BinaryIO, get_args

import msgspec
import rich.progress
import typer
from rich.console import Console

from agents.commands.options import Config, refusals, settings_of
from agents.sources.kind import FileKind
from agents.state import state_dir
from config.calendar import zone
from config.mapping import Of, Table, available
from config.refusal import ConfigError
from config.settings import Settings

if TYPE_CHECKING:
    from agents.analysis.survey import SurveyResult
    from agents.sources.entry import Entry
    from agents.sources.pseudonym import Pseudonymizer
    from agents.sources.readers import Origin


def known_zone(name: str | None) -> str | None:
    """Return a zone's name, or end with status 2 where there is no such zone."""
    try:
        return name if name is None else zone(name).key
    except ValueError as error:
        raise typer.BadParameter(f"{name!r}; expected {error}") from None


KindOfFile = Annotated[
    FileKind,
    typer.Argument(
        help="queue-log: Asterisk's, file or exported table. asterisk-cel, asterisk-cdr: its channel events and "
        "call records, as CSV. calls, tickets: CSV or JSON lines, read by a mapping. "
        "polls: of a queue's display, likewise, or an array of answers; its tickets are estimates. "
        "readings: a counter's totals, likewise. requests: a register of them, likewise. events: JSON lines. "
        "survey: CSV of respondent, question, answer; it can only be analysed."
    ),
]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file to read.")]
SourceName = Annotated[
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
    source: SourceName = None,
    timezone: Zone = None,
    mapping: MappingName = None,
) -> None:
    """Analyse a file with no broker: the same fold as the worker's.

    Without --config, a queue that config/lozere.yaml does not name becomes a line of its own.
    """
    from agents.analysis.fold import Analysis
    from agents.analysis.report import document
    from agents.analysis.table import show
    from agents.sources.pseudonym import Pseudonymizer

    settings = settings_of(config)
    if kind is FileKind.SURVEY:
        analyze_survey(file, settings, json=json)
        return
    analysis = Analysis(settings)
    lines = settings.lines_by_queue()
    pseudonym = Pseudonymizer(token_bytes(32))  # nothing is kept, so no key need be
    origin = origin_of(kind, file, settings, pseudonym, source, timezone, mapping)._replace(queues=analysis.queues)
    if config is None:
        origin = origin._replace(line_of=lambda queue: lines.get(queue) or analysis.adopt(queue))
    with opened(file) as rows:
        analysis.take(read(kind, rows, origin))
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(document(analysis))).decode())
    else:
        show(analysis, Console())
    tell_aside(origin)


def ingest(
    kind: KindOfFile,
    file: File,
    config: Config = None,
    source: SourceName = None,
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
    from agents.sources.pseudonym import Pseudonymizer

    if kind is FileKind.SURVEY:
        raise typer.BadParameter("a survey has no topic; expected `tocsin analyze survey`", param_hint="KIND")
    settings = settings_of(config)
    if live:
        tail_file(kind, file, settings, source, timezone)
        return
    with opened(file) as rows, refusals():
        pseudonym = Pseudonymizer.from_environment(os.environ, state_dir())
        origin = origin_of(kind, file, settings, pseudonym, source, timezone, mapping)
        entries = read(kind, rows, origin)
        missing = [each for each in check_topics(settings).differences if each.what == "topic"]
        if missing:
            typer.echo("\n".join(map(str, missing)), err=True)
            raise typer.Exit(1)
        sent = send(settings, entries, str(file))
    for name, count in sent.records.items():
        typer.echo(f"{count} records to {settings.kafka.prefix}{name}")
    for reason, refused in sent.refused.items():
        typer.echo(f"{reason}: first in line {refused.row}: {refused.why.detail}", err=True)
    tell_aside(origin)


def survey_of(file: Path) -> SurveyResult:
    """Return what a survey comes to, or end with status 2 where the file is none."""
    from agents.analysis.survey import survey
    from agents.sources.survey import read as answers

    with opened(file) as rows:
        try:
            return survey(answers(rows, file.name))
        except ConfigError as error:
            typer.echo(f"The file is no survey:\n  {error.mistakes[0]}", err=True)
            raise typer.Exit(2) from None


def analyze_survey(file: Path, settings: Settings, *, json: bool) -> None:
    """Print the shares of a survey."""
    from agents.analysis.survey import document, show

    found = survey_of(file)
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(document(found, settings.site))).decode())
    else:
        show(found, Console())


def tail_file(kind: FileKind, file: Path, settings: Settings, source: str | None, timezone: str | None) -> None:
    """Follow a live file until Ctrl-C or SIGTERM."""
    from agents.ingest.follow import follow
    from agents.sources.pseudonym import Pseudonymizer
    from agents.sources.readers import FOLLOWERS

    if kind not in FOLLOWERS:
        raise typer.BadParameter(f"a live file is a {' or '.join(FOLLOWERS)}, not {kind}", param_hint="--follow")
    name = sha256(f"{settings.kafka.bootstrap} {settings.kafka.prefix} {settings.site} {file.resolve()}".encode())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with refusals(), suppress(KeyboardInterrupt):
        pseudonym = Pseudonymizer.from_environment(os.environ, state_dir())
        origin = origin_of(kind, file, settings, pseudonym, source, timezone)
        kept = state_dir() / "follow" / f"{name.hexdigest()[:16]}.json"
        known, reader = FOLLOWERS[kind]
        follow(settings, file, kept, known, lambda first, calls: reader(first, calls, origin))


def origin_of(
    kind: FileKind,
    file: Path,
    settings: Settings,
    pseudonym: Pseudonymizer,
    source: str | None,
    timezone: str | None,
    mapping: str | None = None,
) -> Origin:
    """Return where the rows of a file come from, or end with status 2 where there is no such mapping of its kind."""
    from agents.sources.readers import Origin

    name, table = kind.value, None
    if kind in get_args(Of):
        name = mapping or ("" if kind is FileKind.CALLS else name)  # no mapping of calls is the usual one
        table = table_of(kind, name, settings)
    return Origin(
        file=file.name,
        mapping=name,
        source=source or name,
        site=settings.site,
        zone=timezone or settings.timezone,
        line_of=settings.lines_by_queue().get,
        pseudonym=pseudonym,
        table=table,
        queues={},
        dialled=settings.lines_by_queue().get,
        aside=Counter(),
    )


def tell_aside(origin: Origin) -> None:
    """Say what a reader counted beside the events that it gave."""
    if origin.aside:
        counted = ", ".join(f"{what} {number}" for what, number in sorted(origin.aside.items()))
        typer.echo(f"counted aside in {origin.file}: {counted}", err=True)


def read(kind: FileKind, rows: BinaryIO, origin: Origin) -> Iterator[Entry]:
    """Read a file as events, or end with status 2 where its mapping does not fit."""
    from agents.sources.readers import READERS

    try:
        return READERS[kind](rows, origin)
    except ConfigError as error:
        what = f"the mapping {origin.mapping}" if origin.table else f"the kind {kind}"
        typer.echo(f"The file does not fit {what}:\n  {error.mistakes[0]}", err=True)
        raise typer.Exit(2) from None


def table_of(kind: FileKind, name: str, settings: Settings) -> Table:
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
