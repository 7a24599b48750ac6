"""What the commands that read files share: their arguments, and how a file is opened, read and told of."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches
from itertools import islice
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
from streams.said import said

if TYPE_CHECKING:
    from agents.sources.entry import Entry
    from agents.sources.pseudonym import Pseudonymizer
    from agents.sources.readers import Origin
    from agents.sources.refusals import Refusals


STANDARD_INPUT: Final = Path("-")
CALL_KINDS: Final = (  # that tell of calls
    *(FileKind.QUEUE_LOG, FileKind.ASTERISK_CEL, FileKind.ASTERISK_CDR, FileKind.AMI, FileKind.CALLCENTER),
    *(FileKind.FREESWITCH_CDR, FileKind.CUCM_CDR, FileKind.CALLS, FileKind.EVENTS),
)
BETWEEN_LOOKS: Final = 1_000  # rows after which the progress is looked at
REMEMBERED: Final = 400  # lines of a file, to tell what it looks like
_NOTHING: Final = {  # why a file that was read gave nothing
    FileKind.POLLS: said(
        "no two polls of a queue on one day differ; one poll alone tells no ticket, at least two are needed"
    )
}
NOTHING: Final = said("nothing in it is to be counted")


def known_files(files: list[Path]) -> list[Path]:
    """Return files that there are, standard input among them; end with status 2 where one is missing.

    Typer's own `allow_dash` does not know a `Path` of a dash.
    """
    for file in files:
        if file != STANDARD_INPUT and not file.exists():
            raise typer.BadParameter(text("file '{file}' does not exist", file=file))
    return files


def named(files: Sequence[Path]) -> str:
    """Return how files are named together."""
    return " ".join(map(str, files))


def known_zone(name: str | None) -> str | None:
    """Return a zone's name, or end with status 2 where there is no such zone."""
    try:
        return name if name is None else zone(name).key
    except ValueError as error:
        raise typer.BadParameter(text("{found}; expected {expected}", found=repr(name), expected=error)) from None


def kind_of(word: str) -> FileKind:
    """Return the kind of a name; end with status 2 where it is none, and say what was expected in its place."""
    if word in set(FileKind):
        return FileKind(word)
    told = text("{found} is no kind; expected one of {kinds}", found=repr(word), kinds=", ".join(FileKind))
    if near := get_close_matches(word, FileKind, 1):
        told = text("{found} is no kind; did you mean {kind}?", found=repr(word), kind=near[0])
    elif (file := Path(word)).is_file():
        told = text("{found} is a file; its kind is named before it: {kinds}", found=word, kinds=", ".join(FileKind))
        with opened([file]) as rows:
            told += hint(Head([file], rows), Settings(site="office"))
    raise typer.BadParameter(told)


KindOfFile = Annotated[
    FileKind,
    typer.Argument(
        parser=kind_of,
        metavar="KIND",
        help="queue-log: Asterisk's, file or exported table. asterisk-cel, asterisk-cdr: its channel events and call "
        "records, as CSV. ami: its manager interface, saved bytes. callcenter: FreeSWITCH's event socket, likewise. "
        "freeswitch-cdr: of mod_cdr_csv. "
        "cucm-cdr: Cisco's. calls, tickets: CSV or JSON lines, read by a mapping. "
        "polls: of a queue's display, likewise, or an array of answers; its tickets are estimates. "
        "readings: a counter's totals, likewise. requests: a register of them, likewise. events: JSON lines. "
        "survey: CSV of respondent, question, answer, perhaps date; it can only be analysed.",
    ),
]
Files = Annotated[
    list[Path],
    typer.Argument(
        callback=known_files,
        dir_okay=False,
        readable=True,
        metavar="FILE...",
        help="The file to read: UTF-8 or UTF-16, plain or packed by gzip; - is standard input. Several are read as "
        "one, in the order given.",
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
    files: Sequence[Path],
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
        table = table_of(kind, name, files, settings)
    return Origin(
        file=" ".join(file.name for file in files),
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


def is_by_number(kind: FileKind) -> bool:
    """Tell whether records of a kind name no queue: a line is a number dialled, which may be anybody's."""
    return kind in {FileKind.FREESWITCH_CDR, FileKind.CUCM_CDR}


def adoptable(kind: FileKind, settings: Settings) -> Callable[[str], bool]:
    """Return what tells whether a queue that the configuration does not name may become a line of its own."""
    return lambda queue: not is_by_number(kind) or settings.exchanges.may_be_a_line(queue)


def read(kind: FileKind, head: Head, origin: Origin, settings: Settings) -> Iterator[Entry]:
    """Read a file as events, or end with status 2 where its mapping does not fit."""
    from agents.sources.readers import READERS

    try:
        return READERS[kind](head, origin)
    except ConfigError as error:
        what = text("The file does not fit the kind {kind}:", kind=kind)
        if origin.table:
            what = text("The file does not fit the mapping {mapping}:", mapping=origin.mapping)
        say(f"{what}\n  {text(error.mistakes[0].sentence())}{hint(head, settings)}", err=True)
        raise typer.Exit(2) from None


def table_of(kind: FileKind, name: str, files: Sequence[Path], settings: Settings) -> Table:
    """Return the mapping of a name; where there is none of that kind, end with status 2 and say which fits the file."""
    known = available(settings.mappings)
    fitting = [each for each, table in known.items() if table.of == kind]
    if name not in fitting:
        said = text(
            "{found}; expected a mapping of {kind}: {known}",
            found=repr(name) if name else text("none"),
            kind=kind,
            known=", ".join(fitting),
        )
        if STANDARD_INPUT not in files:
            from agents.sources.columns_fit import told

            with opened(files) as rows:
                head = Head(files, rows).begun()
                said += hint(head, settings) or f"\n{told(head.lines, kind)}"
        raise typer.BadParameter(said, param_hint="--mapping")
    return known[name]


@contextmanager
def opened(files: Sequence[Path]) -> Iterator[Iterator[bytes]]:
    """Open files as the lines of one; end with status 1 where one has none, or has too many for the disk."""
    from agents.sources.lines import UnreadableError
    from agents.sources.spool import SpoolError

    try:
        yield _lines(files)
    except SpoolError as error:
        failed(f"{named(files)}: {error}")
    except UnreadableError as error:
        failed(error)


def _lines(files: Sequence[Path]) -> Iterator[bytes]:
    from agents.sources.lines import UnreadableError, lines

    for file in files:
        with nullcontext(sys.stdin.buffer) if file == STANDARD_INPUT else file.open("rb") as raw:
            bar = ProgressBar(file.name, None if file == STANDARD_INPUT else file.stat().st_size, of=text("rows"))
            try:
                for number, line in enumerate(lines(raw)):
                    if number and number % BETWEEN_LOOKS == 0:
                        bar.to(0 if file == STANDARD_INPUT else raw.tell(), number)
                    yield line
            except UnreadableError as error:
                raise UnreadableError(text("{file} cannot be read: {error}", file=file, error=error)) from None
            bar.close()


class Head:
    """Give the lines of files, once, and remember the first of them."""

    def __init__(self, files: Sequence[Path], rows: Iterator[bytes]) -> None:
        self.file = named(files)
        self._rows = rows
        self.lines: list[bytes] = []

    def begun(self) -> Self:
        """Read the first lines, as far as they are not read yet."""
        self.lines += islice(self._rows, REMEMBERED - len(self.lines))
        return self

    def __iter__(self) -> Iterator[bytes]:
        """Yield every line."""
        for line in islice(self._rows, REMEMBERED - len(self.lines)):
            self.lines.append(line)
            yield line
        yield from self._rows


def unused(kind: FileKind, head: Head, settings: Settings, refused: Refusals, read_as: str) -> NoReturn:
    """End with status 1, as nothing of a file could be used; say why, and what else the file looks like.

    `read_as` is the mapping by which it was read, or its kind.
    """
    if refused:
        what = text("all of its {count} lines were refused", count=len(refused))
        what = "\n".join([what, *refused.sentences()])
    else:
        what = text(_NOTHING.get(kind, NOTHING)) if head.lines else text("it is empty")
    why = text("{file} gave nothing as {kind}: {what}", file=head.file, kind=kind, what=what)
    failed(f"{why}{hint(head, settings, read_as)}")


def hint(head: Head, settings: Settings, read_as: str | None = None) -> str:
    """Return, as more words of a message, what a file looks like by its first lines.

    Empty where it looks like nothing, or like what it was read as: the same command would fail again.
    """
    from agents.sources.sniff import likely

    found = likely(head.begun().lines, settings)  # a first line may say nothing of its kind
    if found is None or ((found.mapping or found.kind) == read_as and not found.one_a_line):
        return ""
    return "\n" + text("This looks like {what}: `{command}`", what=text(found.what), command=found.command(head.file))


def tell_aside(origin: Origin) -> None:
    """Say what a reader counted beside the events that it gave."""
    from agents.sources.aside import sentences

    for sentence in sentences(origin.aside):
        say(labelled(origin.file, sentence), err=True)
