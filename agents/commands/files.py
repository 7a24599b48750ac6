"""The commands that read files: `analyze` and `ingest`."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from itertools import islice
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, Self, get_args

import msgspec
import rich.progress
import structlog
import typer

from agents.commands.options import Config, refusals, settings_of
from agents.ending import Last, asked, telling
from agents.sources.kind import FileKind
from agents.state import state_dir
from agents.terminal import Screen, say
from config.calendar import zone
from config.mapping import Of, Table, available
from config.refusal import ConfigError
from config.settings import Settings

log = structlog.get_logger()

if TYPE_CHECKING:
    from agents.analysis.survey import SurveyResult
    from agents.sources.entry import Entry
    from agents.sources.pseudonym import Pseudonymizer
    from agents.sources.readers import Origin
    from agents.sources.refusals import Refusals


STANDARD_INPUT: Final = Path("-")
MOST_PORTS: Final = 65_535
REMEMBERED: Final = 50  # lines of a file, to tell what it looks like


def known_file(file: Path) -> Path:
    """Return a file that there is, or standard input; end with status 2 where there is none.

    Typer's own `allow_dash` does not know a `Path` of a dash.
    """
    if file != STANDARD_INPUT and not file.exists():
        raise typer.BadParameter(f"file '{file}' does not exist")
    return file


def known_zone(name: str | None) -> str | None:
    """Return a zone's name, or end with status 2 where there is no such zone."""
    try:
        return name if name is None else zone(name).key
    except ValueError as error:
        raise typer.BadParameter(f"{name!r}; expected {error}") from None


KindOfFile = Annotated[
    FileKind,
    typer.Argument(
        help="queue-log: Asterisk's, file or exported table. asterisk-cel, asterisk-cdr: its channel events and call "
        "records, as CSV. callcenter: FreeSWITCH's event socket, saved bytes. freeswitch-cdr: of mod_cdr_csv. "
        "cucm-cdr: Cisco's. calls, tickets: CSV or JSON lines, read by a mapping. "
        "polls: of a queue's display, likewise, or an array of answers; its tickets are estimates. "
        "readings: a counter's totals, likewise. requests: a register of them, likewise. events: JSON lines. "
        "survey: CSV of respondent, question, answer; it can only be analysed."
    ),
]
File = Annotated[
    Path,
    typer.Argument(
        callback=known_file,
        dir_okay=False,
        readable=True,
        help="The file to read: UTF-8 or UTF-16, plain or packed by gzip; - is standard input.",
    ),
]
FileOrAddress = Annotated[
    Path,
    typer.Argument(
        dir_okay=False,
        help="The file to read, or - for standard input; for callcenter also HOST:PORT of a FreeSWITCH's event socket, "
        "until Ctrl-C.",
    ),
]
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
    from agents.dialling import numbers_of
    from agents.sources.pseudonym import Pseudonymizer

    settings = settings_of(config)
    if kind is FileKind.SURVEY:
        analyze_survey(file, settings, json=json)
        return
    analysis = Analysis(settings, round(time.time() * 1000))
    lines = settings.lines_by_queue()
    pseudonym = Pseudonymizer(token_bytes(32), numbers_of(settings))  # nothing is kept, so no key need be
    origin = origin_of(kind, file, settings, pseudonym, source, timezone, mapping)._replace(queues=analysis.queues)
    if config is None:
        by_number = kind in {FileKind.FREESWITCH_CDR, FileKind.CUCM_CDR}

        def line_of(queue: str) -> str | None:
            adopted = not by_number or settings.exchanges.may_be_a_line(queue)
            return lines.get(queue) or (analysis.adopt(pseudonym.id(queue)) if adopted else None)

        origin = origin._replace(line_of=line_of)
    with opened(file) as rows:
        head = Head(file, rows)
        analysis.take(read(kind, head, origin, settings))
    if json:
        say(msgspec.json.format(msgspec.json.encode(document(analysis))).decode())
    else:
        show(analysis, Screen())
    tell_aside(origin)
    if len(analysis.refusals) == analysis.results.total():
        unused(kind, head, settings, analysis.refusals)


def ingest(
    kind: KindOfFile,
    file: FileOrAddress,
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
    if kind is FileKind.SURVEY:
        raise typer.BadParameter("a survey has no topic; expected `tocsin analyze survey`", param_hint="KIND")
    settings = settings_of(config)
    if address := address_of(kind, file):
        listen(address, file, settings, source)
        return
    if live:
        tail_file(kind, file, settings, source, timezone)
        return
    send_file(kind, file, settings, source, timezone, mapping)


def send_file(
    kind: FileKind, file: Path, settings: Settings, source: str | None, timezone: str | None, mapping: str | None
) -> None:
    """Send what stands in a file, once."""
    from agents.dialling import numbers_of
    from agents.ingest.send import ingest as send
    from agents.kafka.client import Topic
    from agents.kafka.topics import check_topics
    from agents.sources.pseudonym import Pseudonymizer

    row = 0

    def so_far() -> Last:
        return Last(f"{file} was sent up to about line {row}; ingest it again: what is there already counts once")

    def counted(entries: Iterable[Entry]) -> Iterator[Entry]:
        nonlocal row
        for entry in entries:
            row = entry.row
            yield entry

    with telling(so_far), opened(file) as rows, refusals():
        pseudonym = Pseudonymizer.from_environment(os.environ, state_dir(), numbers_of(settings))
        head = Head(file, rows)
        origin = origin_of(kind, file, settings, pseudonym, source, timezone, mapping)
        entries = read(kind, head, origin, settings)
        missing = [each for each in check_topics(settings).differences if each.what == "topic"]
        if missing:
            say("\n".join(map(str, missing)), err=True)
            raise typer.Exit(1)
        sent = send(settings, counted(entries), str(file))
    for name, count in sent.records.items():
        say(f"{count} records to {settings.kafka.prefix}{name}")
    tell_aside(origin)
    if not sent.records.keys() - {Topic.DEAD_LETTERS}:
        unused(kind, head, settings, sent.refusals)
    for sentence in sent.refusals.sentences():
        say(sentence, err=True)


def survey_of(file: Path, settings: Settings) -> SurveyResult:
    """Return what a survey comes to; end with status 2 where the file is none, 1 where it holds no answer."""
    from agents.analysis.survey import survey
    from agents.sources.survey import read as answers

    with opened(file) as rows:
        head = Head(file, rows)
        try:
            found = survey(answers(head, file.name))
        except ConfigError as error:
            say(f"The file is no survey:\n  {error.mistakes[0]}{hint(head, settings)}", err=True)
            raise typer.Exit(2) from None
    if not found.shares:
        unused(FileKind.SURVEY, head, settings, found.refusals)
    return found


def analyze_survey(file: Path, settings: Settings, *, json: bool) -> None:
    """Print the shares of a survey."""
    from agents.analysis.survey import document, show

    found = survey_of(file, settings)
    if json:
        say(msgspec.json.format(msgspec.json.encode(document(found, settings.site))).decode())
    else:
        show(found, Screen())


def tail_file(kind: FileKind, file: Path, settings: Settings, source: str | None, timezone: str | None) -> None:
    """Follow a live file until Ctrl-C or SIGTERM."""
    from agents.dialling import numbers_of
    from agents.ingest.follow import FileFollower
    from agents.sources.pseudonym import Pseudonymizer
    from agents.sources.readers import FOLLOWERS

    if file == STANDARD_INPUT:
        raise typer.BadParameter("standard input is no live file; leave --follow out", param_hint="--follow")
    if kind not in FOLLOWERS:
        raise typer.BadParameter(f"a live file is a {' or '.join(FOLLOWERS)}, not {kind}", param_hint="--follow")
    name = sha256(f"{settings.kafka.bootstrap} {settings.kafka.prefix} {settings.site} {file.resolve()}".encode())
    with refusals():
        pseudonym = Pseudonymizer.from_environment(os.environ, state_dir(), numbers_of(settings))
        origin = origin_of(kind, file, settings, pseudonym, source, timezone)
        kept = state_dir() / "follow" / f"{name.hexdigest()[:16]}.json"
        known, reader = FOLLOWERS[kind]
        follower = FileFollower(settings, file, kept, known, lambda first, calls: reader(first, calls, origin))
        with asked(follower.stop), telling(follower.last, log):
            follower.run()


def address_of(kind: FileKind, file: Path) -> tuple[str, int] | None:
    """Return host and port where a FILE is no file but those, or end with status 2 where it is neither."""
    if file == STANDARD_INPUT or file.is_file():
        return None
    found = re.fullmatch(r"\[?([^\s/\]]+)\]?:(\d{1,5})", str(file))
    if found is None or int(found[2]) > MOST_PORTS or kind is not FileKind.CALLCENTER:
        raise typer.BadParameter(f"File {str(file)!r} does not exist.", param_hint="FILE")
    return found[1], int(found[2])


def listen(address: tuple[str, int], file: Path, settings: Settings, source: str | None) -> None:
    """Send what a running exchange tells until Ctrl-C or SIGTERM."""
    from agents.dialling import numbers_of
    from agents.ingest.live import Listener
    from agents.sources.event_socket_client import EventSocketClient, password_of
    from agents.sources.pseudonym import Pseudonymizer

    name = sha256(f"{settings.kafka.bootstrap} {settings.kafka.prefix} {settings.site} {file}".encode())
    with refusals():
        password = password_of(settings.exchanges.freeswitch)
        pseudonym = Pseudonymizer.from_environment(os.environ, state_dir(), numbers_of(settings))
        origin = origin_of(FileKind.CALLCENTER, file, settings, pseudonym, source, None)
        kept = state_dir() / "live" / f"{name.hexdigest()[:16]}.json"
        listener = Listener(settings, str(file), kept, origin.callcenter, lambda: EventSocketClient(*address, password))
        with telling(listener.last, log):
            try:
                listener.run()
            finally:
                tell_aside(origin)


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
        table = table_of(kind, name, file, settings)
    return Origin(
        file=file.name,
        mapping=name,
        source=pseudonym.id(source or name),
        site=settings.site,
        zone=timezone or settings.timezone,
        line_of=settings.lines_by_queue().get,
        pseudonym=pseudonym,
        table=table,
        queues={},
        exchanges=settings.exchanges,
        dialled=settings.lines_by_queue().get,
        aside=Counter(),
    )


def tell_aside(origin: Origin) -> None:
    """Say what a reader counted beside the events that it gave."""
    if origin.aside:
        counted = ", ".join(f"{what} {number}" for what, number in sorted(origin.aside.items()))
        say(f"counted aside in {origin.file}: {counted}", err=True)


def read(kind: FileKind, head: Head, origin: Origin, settings: Settings) -> Iterator[Entry]:
    """Read a file as events, or end with status 2 where its mapping does not fit."""
    from agents.sources.readers import READERS

    try:
        return READERS[kind](head, origin)
    except ConfigError as error:
        what = f"the mapping {origin.mapping}" if origin.table else f"the kind {kind}"
        say(
            f"The file does not fit {what}:\
  {error.mistakes[0]}{hint(head, settings)}",
            err=True,
        )
        raise typer.Exit(2) from None


def unused(kind: FileKind, head: Head, settings: Settings, refused: Refusals) -> NoReturn:
    """End with status 1, as nothing of a file could be used; say why, and what the file looks like."""
    if refused:
        what = f"all of its {len(refused)} line(s) were refused\n" + "\n".join(refused.sentences())
    else:
        what = "nothing in it is to be counted" if head.lines else "it is empty"
    say(f"failed: {head.file} gave nothing as {kind}: {what}{hint(head, settings)}", err=True)
    raise typer.Exit(1)


def hint(head: Head, settings: Settings) -> str:
    """Return, as more words of a message, what a file looks like by its first lines; empty where like nothing."""
    from agents.sources.sniff import likely

    found = likely(head.lines, settings)
    return f"\nThis looks like {found.what}: `tocsin analyze {found.words} {head.file}`" if found else ""


def table_of(kind: FileKind, name: str, file: Path, settings: Settings) -> Table:
    """Return the mapping of a name; where there is none of that kind, end with status 2 and say which fits the file."""
    known = available(settings.mappings)
    fitting = [each for each, table in known.items() if table.of == kind]
    if name not in fitting:
        said = f"{name!r}; expected a mapping of {kind}: {', '.join(fitting)}"
        if file != STANDARD_INPUT:
            with opened(file) as rows:
                said += hint(Head(file, rows).begun(), settings)
        raise typer.BadParameter(said, param_hint="--mapping")
    return known[name]


class Head:
    """Give the lines of a file, once, and remember the first of them."""

    def __init__(self, file: Path, rows: Iterator[bytes]) -> None:
        self.file = file
        self._rows = rows
        self.lines: list[bytes] = []

    def begun(self) -> Self:
        """Read the first lines alone."""
        self.lines = list(islice(self._rows, REMEMBERED))
        return self

    def __iter__(self) -> Iterator[bytes]:
        """Yield every line."""
        for line in self._rows:
            if len(self.lines) < REMEMBERED:
                self.lines.append(line)
            yield line


@contextmanager
def opened(file: Path) -> Iterator[Iterator[bytes]]:
    """Open a file as lines, with a progress bar where somebody is there to see it; end with 1 where it has none."""
    from agents.sources.lines import UnreadableError, lines

    console = Screen(stderr=True)
    try:
        with (
            nullcontext(sys.stdin.buffer)
            if file == STANDARD_INPUT
            else rich.progress.open(
                file, "rb", description=file.name, console=console, transient=True, disable=not console.is_terminal
            )
        ) as raw:
            yield lines(raw)
    except UnreadableError as error:
        say(f"failed: {file} cannot be read: {error}", err=True)
        raise typer.Exit(1) from None
