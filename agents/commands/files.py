"""What the commands that read files share: their arguments, and how a file is opened, read and told of."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, Self, get_args

import rich.progress
import typer

from agents.sources.kind import FileKind
from agents.terminal import Screen, say
from config.calendar import zone
from config.mapping import Of, Table, available
from config.refusal import ConfigError
from config.settings import Settings

if TYPE_CHECKING:
    from agents.sources.entry import Entry
    from agents.sources.pseudonym import Pseudonymizer
    from agents.sources.readers import Origin
    from agents.sources.refusals import Refusals


STANDARD_INPUT: Final = Path("-")
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
        "records, as CSV. ami: its manager interface, saved bytes. callcenter: FreeSWITCH's event socket, likewise. "
        "freeswitch-cdr: of mod_cdr_csv. "
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


def tell_aside(origin: Origin) -> None:
    """Say what a reader counted beside the events that it gave."""
    if origin.aside:
        counted = ", ".join(f"{what} {number}" for what, number in sorted(origin.aside.items()))
        say(f"counted aside in {origin.file}: {counted}", err=True)
