"""Shared by the commands that read files: their arguments, and opening and reading the files."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, Self, get_args

import typer

from agents.commands.options import failed
from agents.progress import ProgressBar
from agents.sources.kind import FileKind
from agents.terminal import say
from agents.translation import labelled, text
from config.calendar import zone
from config.mapping import Of, Table, available
from config.refusal import ConfigError
from config.settings import Settings
from streams.said import Said, said

if TYPE_CHECKING:
    from agents.sources.context import Context
    from agents.sources.entry import Entry, Refusals
    from agents.sources.pseudonym import Pseudonymizer


STANDARD_INPUT: Final = Path("-")
CALL_KINDS: Final = (  # kinds with calls
    *(FileKind.QUEUE_LOG, FileKind.ASTERISK_CEL, FileKind.ASTERISK_CDR, FileKind.AMI, FileKind.CALLCENTER),
    *(FileKind.FREESWITCH_CDR, FileKind.CUCM_CDR, FileKind.CALLS, FileKind.EVENTS),
)
BETWEEN_LOOKS: Final = 1_000  # rows between two updates of the progress
REMEMBERED: Final = 400  # first lines of a file, to guess its kind from
REMEMBERED_BYTES: Final = 4_000_000
_NOTHING: Final = {  # possible reasons why a readable file has no events
    FileKind.POLLS: said(
        "all polls of a queue on a day are the same; tickets can only be estimated from polls that differ"
    )
}
NOTHING: Final = said("it has nothing to count")


def known_files(files: list[Path] | None) -> list[Path]:
    """Return the files, if any; end with status 2 if one is missing, is a folder or may not be read.

    Standard input (`-`) always exists; Typer's own `allow_dash` does not work for a `Path`.
    """
    for file in files or []:
        if file == STANDARD_INPUT:
            continue
        if not file.exists():
            raise typer.BadParameter(text("file '{file}' does not exist", file=file))
        if file.is_dir():
            raise typer.BadParameter(text("{file} is a folder", file=repr(str(file))))
        if not os.access(file, os.R_OK):
            raise typer.BadParameter(text("{file} cannot be read", file=repr(str(file))))
    return files or []


def named(files: Sequence[Path]) -> str:
    return " ".join(map(str, files))


def known_zone(name: str | None) -> str | None:
    """Return a time zone's name; end with status 2 if it does not exist."""
    try:
        return name if name is None else zone(name).key
    except ValueError as error:
        raise typer.BadParameter(text("{found}; expected {expected}", found=repr(name), expected=error)) from None


def kind_of(word: str) -> FileKind:
    """Return the kind with this name; end with status 2 and a suggestion if there is none."""
    if word in set(FileKind):
        return FileKind(word)
    message = text(
        "{found} is not a kind of file; expected one of {kinds}", found=repr(word), kinds=", ".join(FileKind)
    )
    if near := get_close_matches(word, FileKind, 1):
        message = text("{found} is not a kind of file; did you mean {kind}?", found=repr(word), kind=near[0])
    elif (file := Path(word)).is_file():
        message = text(
            "{found} is a file; put its kind before it, one of {kinds}", found=word, kinds=", ".join(FileKind)
        )
        with opened([file]) as rows:
            message += hint(Head([file], rows), Settings(site="office"))
    raise typer.BadParameter(message, param_hint="KIND")


KINDS: Final = (
    "queue-log: Asterisk's, file or exported table. asterisk-cel, asterisk-cdr: its channel events "
    "and call records, as CSV. ami: saved bytes of its manager interface. callcenter: saved bytes of "
    "FreeSWITCH's event socket. freeswitch-cdr: its mod_cdr_csv. cucm-cdr: Cisco's call records. "
    "calls, tickets: CSV or JSON lines, by a mapping. polls: a queue's display, by a mapping, or an "
    "array of answers; its tickets are estimates. readings: a counter's totals, by a mapping. "
    "requests: a register of requests, by a mapping. events: JSON lines. survey: CSV of respondent, "
    "question, answer, perhaps date; for analyze only."
)
KindOfFile = Annotated[FileKind, typer.Argument(parser=kind_of, metavar="KIND", help=KINDS)]
SourceName = Annotated[
    str | None,
    typer.Option(help="Name of the system that wrote the file.", show_default="queue-log, or the mapping's name"),
]
MappingName = Annotated[
    str | None,
    typer.Option(
        "--mapping",
        help="The mapping of the file's columns: a name under `mappings` in the configuration, or one that "
        "comes with Tocsin.",
    ),
]
Zone = Annotated[
    str | None,
    typer.Option("--timezone", callback=known_zone, help="Time zone of times without one; the site's by default."),
]


def context_of(
    kind: FileKind,
    files: Sequence[Path],
    settings: Settings,
    pseudonym: Pseudonymizer,
    source: str | None,
    timezone: str | None,
    mapping: str | None = None,
    *,
    witness: bool = False,
) -> Context:
    """Return the context of a file; end with status 2 if its kind has no such mapping."""
    from agents.sources.context import Context

    name, table = kind.value, None
    if kind in get_args(Of):
        name = mapping or ("" if kind is FileKind.CALLS else _own_mapping(kind, files))  # calls have no default mapping
        table = table_of(kind, name, files, settings)
    return Context(
        source=pseudonym.id(source or name),
        site=settings.site,
        zone=timezone or settings.timezone,
        pseudonym=pseudonym,
        line_of=settings.lines_by_queue().get,
        dialled=settings.lines_by_queue().get,
        file=" ".join(file.name for file in files),
        exchanges=settings.exchanges,
        mapping=name,
        table=table,
        witness=witness,
    )


def _own_mapping(kind: FileKind, files: Sequence[Path]) -> str:
    """Return the default mapping of a kind; readings without a line are of services."""
    if kind is not FileKind.READINGS or STANDARD_INPUT in files:
        return kind.value
    from agents.sources.tables.fit import header

    with opened(files) as rows:
        names = header(Head(files, rows).begun().lines)
    return "service-readings" if "service" in names and "line" not in names else kind.value


def is_by_number(kind: FileKind) -> bool:
    """Return whether the records have no queue, but only the dialled number, which may be anybody's."""
    return kind in {FileKind.FREESWITCH_CDR, FileKind.CUCM_CDR}


def adoptable(kind: FileKind, settings: Settings) -> Callable[[str], bool]:
    """Return a function that says whether a queue that the configuration does not name may become a line."""
    return lambda queue: not is_by_number(kind) or settings.exchanges.may_be_a_line(queue)


def read(kind: FileKind, head: Head, context: Context, settings: Settings) -> Iterator[Entry]:
    """Yield the entries of a file; end with status 2 if its mapping does not fit."""
    from agents.sources.registry import CONNECTORS

    try:
        return CONNECTORS[kind].read(head, context)
    except ConfigError as error:
        what = text("The file does not fit the kind {kind}:", kind=kind)
        if context.table:
            what = text("The file does not fit the mapping {mapping}:", mapping=context.mapping)
        known = hint(head, settings, context.mapping if context.table else kind)
        say(f"{what}\n  {text(error.mistakes[0].sentence())}{known}", err=True)
        raise typer.Exit(2) from None


def table_of(kind: FileKind, name: str, files: Sequence[Path], settings: Settings) -> Table:
    """Return the mapping with a name; if its kind has none, end with status 2 and name one that fits the file."""
    known = available(settings.mappings)
    fitting = [each for each, table in known.items() if table.of == kind]
    if name not in fitting:
        message = text(
            "{found}; expected a mapping of {kind}: {known}",
            found=repr(name) if name else text("none"),
            kind=kind,
            known=", ".join(fitting),
        )
        if STANDARD_INPUT not in files:
            from agents.sources.tables.fit import told

            with opened(files) as rows:
                head = Head(files, rows).begun()
                message += hint(head, settings) or f"\n{told(head.lines, settings, kind)}"
        raise typer.BadParameter(message, param_hint="--mapping")
    return known[name]


@contextmanager
def opened(
    files: Sequence[Path], begun: Iterator[bytes] | None = None, *, again: bool = False
) -> Iterator[Iterator[bytes]]:
    """Open files as the lines of one; end with status 1 if one is unreadable or does not fit on the disk.

    `begun` are their lines, if some of them had to be read before. If they are read `again`, their encoding is known.
    """
    from agents.sources.lines import UnreadableError
    from agents.sources.tables.spool import SpoolError

    try:
        yield lines_of(files, again=again) if begun is None else begun
    except SpoolError as error:
        failed(f"{named(files)}: {error}")
    except UnreadableError as error:
        failed(error)


def lines_of(files: Sequence[Path], *, again: bool = False) -> Iterator[bytes]:
    """Yield the lines of files as of one; raise `UnreadableError` if one is unreadable."""
    from agents.sources.lines import UnreadableError, lines

    for file in files:
        with nullcontext(sys.stdin.buffer) if file == STANDARD_INPUT else file.open("rb") as raw:
            size = file.stat().st_size if file.is_file() else None  # a pipe has none
            bar = ProgressBar(file.name, size, of=text("rows"))
            notices: list[Said] = []
            try:
                for number, line in enumerate(lines(raw, notices.append)):
                    if number and number % BETWEEN_LOOKS == 0:
                        bar.to(0 if size is None else raw.tell(), number)
                    yield line
            except UnreadableError as error:
                raise UnreadableError(text("{file} cannot be read: {error}", file=file, error=error)) from None
            bar.close()
        for notice in notices if not again else ():
            say(labelled(file, text(notice)), err=True)


class Head:
    """The lines of files, read once; the first are remembered."""

    def __init__(self, files: Sequence[Path], rows: Iterator[bytes]) -> None:
        self.file = named(files)
        self._rows = rows
        self.lines: list[bytes] = []

    def begun(self) -> Self:
        """Read the first lines, unless they are read already."""
        for _ in self._first():
            pass
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield from self._first()
        yield from self._rows

    def _first(self) -> Iterator[bytes]:
        """Yield the lines that are to be remembered; a line of an SQL dump may have a megabyte."""
        size = sum(map(len, self.lines))
        while len(self.lines) < REMEMBERED and size < REMEMBERED_BYTES and (line := next(self._rows, None)) is not None:
            self.lines.append(line)
            size += len(line)
            yield line


def unused(
    kind: FileKind, head: Head, settings: Settings, refused: Refusals, read_as: str, aside: Counter[str] | None = None
) -> NoReturn:
    """End with status 1, because no row of a file was used; report why, and what else the file looks like.

    `read_as` is its mapping, or else its kind. `aside` are the rows left out, if they are not printed yet.
    """
    from agents.sources.aside import sentences

    if refused:
        what = text("its {count} lines were all refused", count=len(refused))
        what = "\n".join([what, *refused.sentences()])
    else:
        what = text(_NOTHING.get(kind, NOTHING)) if head.lines else text("it is empty")
    what = "\n".join([what, *sentences(aside or Counter())])
    why = text("Found no events in {file} when reading it as {kind}: {what}", file=head.file, kind=kind, what=what)
    failed(f"{why}{hint(head, settings, read_as)}")


def hint(head: Head, settings: Settings, read_as: str | None = None) -> str:
    """Return a sentence about the likely kind of a file, to append to a message.

    It is empty if the kind is unknown, or if the file was read as that kind: the same command would fail again.
    """
    from agents.sources.sniff import likely

    found = likely(head.begun().lines, settings)  # the first line alone may not show the kind
    if found is None or ((found.mapping or found.kind) == read_as and not found.one_a_line):
        return ""
    return "\n" + text("This looks like {what}: `{command}`", what=text(found.what), command=found.command(head.file))


def tell_aside(context: Context) -> None:
    """Print how many rows a reader set aside, and why."""
    from agents.sources.aside import sentences

    for sentence in sentences(context.aside):
        say(labelled(context.file, sentence), err=True)
