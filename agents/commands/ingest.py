"""The command `ingest`: sends the events of a file, a growing file or a running exchange to Kafka."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import structlog
import typer

from agents.commands.file_order import ordered
from agents.commands.files import (
    CALL_KINDS,
    STANDARD_INPUT,
    Head,
    KindOfFile,
    SourceName,
    Zone,
    context_of,
    named,
    opened,
    read,
    tell_aside,
    unused,
)
from agents.commands.mappings import MappedFiles, MappingNames, mapped, names_of
from agents.commands.options import (
    Config,
    Site,
    chosen,
    failed,
    offices_of,
    refusals,
    settings_of,
    settings_or_unknown,
)
from agents.ending import Last, asked, telling
from agents.ports import LAST_PORT
from agents.progress import counted as progressed
from agents.progress import progress
from agents.sources.kind import FileKind
from agents.state import state_dir
from agents.terminal import say
from agents.translation import counted, spoken_language, text
from config.settings import Settings

log = structlog.get_logger()

if TYPE_CHECKING:
    from agents.ingest.live import Connect, Listener
    from agents.ingest.send import Begins
    from agents.sources.asterisk.ami_calls import AmiCalls
    from agents.sources.context import Context
    from agents.sources.entry import Entry
    from agents.sources.freeswitch.callcenter_visits import QueueVisits


FilesOrAddress = Annotated[
    list[Path] | None,
    typer.Argument(
        dir_okay=False,
        metavar="FILE...",
        help="The file to read, or - for standard input; several are read as one, in the order of their first "
        "moments. For ami and callcenter also HOST:PORT, of an Asterisk's manager interface or a FreeSWITCH's event "
        "socket, until Ctrl-C.",
    ),
]


def ingest(
    kind: KindOfFile,
    files: FilesOrAddress = None,
    config: Config = None,
    site: Site = None,
    source: SourceName = None,
    timezone: Zone = None,
    mapping: MappingNames = None,
    live: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Follow the file as it grows, through rotations, until Ctrl-C; after a crash, resume where it "
            "stopped.",
        ),
    ] = False,
    witness: Annotated[
        bool,
        typer.Option(
            "--witness",
            help="Send it as the second record of its lines, which the worker matches with the first call by "
            "call; each line's `witness` must name its --source.",
        ),
    ] = False,
) -> None:
    """Send the events of a file to Kafka, with pseudonyms in place of callers' numbers."""
    if kind is FileKind.SURVEY:
        raise typer.BadParameter(text("a survey is not sent to Kafka; use `tocsin analyze survey`"), param_hint="KIND")
    groups = mapped(kind, files, mapping)
    if kind is FileKind.EVENTS:
        settings = senders_of(config, site)
    elif config is None:
        settings = settings_of(config, site)  # which asks for one
    else:
        settings = settings_or_unknown(config, site, names_of(mapping))
    if witness:
        for group in groups:
            known_witness(kind, source, group.mapping, settings)
    first, *others = (file for group in groups for file in group.files)
    addresses = [address for file in (first, *others) if (address := address_of(kind, file, live=live))]
    if (addresses or live) and others:
        words = text("only one file or one address can be followed; run one command for each")
        raise typer.BadParameter(words, param_hint="FILE...")
    if addresses:
        listen(kind, addresses[0], first, settings, source, witness=witness)
    elif live:
        tail_file(kind, first, settings, source, timezone, groups[0].mapping, witness=witness)
    else:
        send_files(kind, groups, settings, source, timezone, witness=witness)


def senders_of(config: Path | None, site: str | None) -> Settings:
    """Return the settings for sending; contract events name their own office, so these may cover several."""
    offices = offices_of(config)
    return chosen(offices, site) if site is not None or offices.nation is None else offices.together()


def known_witness(kind: FileKind, source: str | None, mapping: str | None, settings: Settings) -> None:
    """End with status 2 if no line names the file's source as its witness; contract events name their own source."""
    if kind not in CALL_KINDS:
        words = text("{kind} has no calls; expected one of {kinds}", kind=kind, kinds=", ".join(CALL_KINDS))
        raise typer.BadParameter(words, param_hint="--witness")
    named = sorted({line.witness for line in settings.lines.values() if line.witness is not None})
    by = source or mapping or kind.value
    if not named or (kind is not FileKind.EVENTS and by not in named):
        expected = ", ".join(named) or text("lines.NAME.witness: {source} in the configuration", source=by)
        words = text("no line names {source} as its witness; expected {expected}", source=repr(by), expected=expected)
        raise typer.BadParameter(words, param_hint="--witness")


def send_files(
    kind: FileKind,
    groups: Sequence[MappedFiles],
    settings: Settings,
    source: str | None,
    timezone: str | None,
    *,
    witness: bool,
) -> None:
    """Send the events of files, once."""
    from agents.dialling import numbers_of
    from agents.ingest.send import FileEntries, begins_of, ingest_together
    from agents.kafka.client import Topic
    from agents.sources.pseudonym import Pseudonymizer

    rows = [0] * len(groups)

    def so_far() -> Last:
        sentences = (
            text(
                "{file} was sent up to about line {row}; ingest it again: events already sent are not counted twice",
                file=named(group.files),
                row=row,
            )
            for group, row in zip(groups, rows, strict=True)
        )
        return Last("\n".join(sentences))

    def passing(place: int, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in progressed(entries, text("events"), None, of=text("sent")):
            rows[place] = entry.row
            yield entry

    def digested(head: Head) -> Begins:
        return begins_of(lambda: head.lines, pseudonym)

    with refusals():
        pseudonym = Pseudonymizer.from_environment(os.environ, state_dir(), numbers_of(settings))
        contexts = [context_of(kind, files, settings, pseudonym, source, timezone, by) for files, by in groups]
        in_order = [ordered(kind, group.files, context) for group, context in zip(groups, contexts, strict=True)]
    with telling(so_far), progress(), ExitStack() as files_open, refusals():
        heads = [Head(files, files_open.enter_context(opened(files))) for files in in_order]
        sending = list[FileEntries]()
        for place, (head, context) in enumerate(zip(heads, contexts, strict=True)):
            entries = read(kind, head, context, settings)
            begun = chain([*islice(entries, 1)], entries)  # an unusable file is refused before the broker is asked
            sending.append(FileEntries(passing(place, begun), head.file, digested(head)))
        known_topics(settings)
        sent = ingest_together(settings, sending, witness=witness)
    for name, count in sent.records.items():
        to = f"{settings.kafka.prefix}{name}"
        say(counted("{count} record to {place}", "{count} records to {place}", count, place=to))
    for context in contexts:
        tell_aside(context)
    if not sent.records.keys() - {Topic.DEAD_LETTERS}:
        unused(kind, heads[0], settings, sent.refusals, contexts[0].mapping)
    for sentence in sent.refusals.sentences():
        say(sentence, err=True)


def known_topics(settings: Settings) -> None:
    """End with status 1 if the broker lacks a topic."""
    from agents.kafka.topics import check_topics

    differences = check_topics(settings).differences
    if missing := [each.topic for each in differences if each.what == "topic"]:
        failed(text("topics are missing; create them with `tocsin topics`: {topics}", topics=", ".join(missing)))


def tail_file(
    kind: FileKind,
    file: Path,
    settings: Settings,
    source: str | None,
    timezone: str | None,
    mapping: str | None,
    *,
    witness: bool,
) -> None:
    """Follow a growing file until Ctrl-C or SIGTERM."""
    from agents.dialling import numbers_of
    from agents.ingest.follow import FileFollower
    from agents.ingest.logfile import unpacked
    from agents.ingest.voice import Voice
    from agents.sources.lines import UnreadableError
    from agents.sources.pseudonym import Pseudonymizer
    from agents.sources.registry import CONNECTORS

    try:
        with unpacked(file) if file.exists() else nullcontext():
            pass
    except UnreadableError as error:
        failed(text("{file} cannot be read: {error}", file=file, error=error))
    if file == STANDARD_INPUT:
        raise typer.BadParameter(text("standard input cannot be followed; leave out --follow"), param_hint="--follow")
    name = sha256(f"{settings.kafka.bootstrap} {settings.kafka.prefix} {settings.site} {file.resolve()}".encode())
    with refusals():
        pseudonym = Pseudonymizer.from_environment(os.environ, state_dir(), numbers_of(settings))
        context = context_of(kind, [file], settings, pseudonym, source, timezone, mapping, witness=witness)
        kept = state_dir() / "follow" / f"{name.hexdigest()[:16]}.json"
        voice = Voice(spoken_language(), settings.timezone, terminal=sys.stderr.isatty())
        follower = FileFollower(settings, file, kept, CONNECTORS[kind], context, voice)
        with asked(follower.stop), telling(follower.last, None if sys.stderr.isatty() else log):
            follower.run()


def address_of(kind: FileKind, file: Path, *, live: bool) -> tuple[str, int] | None:
    """Return host and port if FILE is not a file but `HOST:PORT`; end with status 2 if it is neither.

    A `live` file need not exist yet, but its folder must.
    """
    if file == STANDARD_INPUT or file.is_file():
        return None
    found = re.fullmatch(r"\[?([^\s/\]]+)\]?:(\d{1,5})", str(file))
    if found is not None and int(found[2]) <= LAST_PORT and kind in LISTENERS:
        return found[1], int(found[2])
    if not live or not file.parent.is_dir():
        words = text("file '{file}' does not exist", file=file)
        if kind in LISTENERS:
            words = text("'{file}' is neither a file nor HOST:PORT of a running exchange", file=file)
        if live:
            words = text("folder '{folder}' does not exist", folder=file.parent)
        raise typer.BadParameter(words, param_hint="FILE")
    return None


def listen(
    kind: FileKind, address: tuple[str, int], file: Path, settings: Settings, source: str | None, *, witness: bool
) -> None:
    """Send the events of a running exchange until Ctrl-C or SIGTERM."""
    from agents.dialling import numbers_of
    from agents.sources.pseudonym import Pseudonymizer

    name = sha256(f"{settings.kafka.bootstrap} {settings.kafka.prefix} {settings.site} {file}".encode())
    kept = state_dir() / "live" / f"{name.hexdigest()[:16]}.json"
    with refusals():
        pseudonym = Pseudonymizer.from_environment(os.environ, state_dir(), numbers_of(settings))
        context = context_of(kind, [file], settings, pseudonym, source, None, witness=witness)
        listener = LISTENERS[kind](address, settings, context, kept)
        with asked(listener.stop), telling(listener.last, log):
            try:
                listener.run()
            finally:
                tell_aside(context)


def _callcenter(address: tuple[str, int], settings: Settings, context: Context, kept: Path) -> Listener[QueueVisits]:
    from agents.ingest.live import Listener
    from agents.ingest.live_callcenter import CallCenterSession
    from agents.sources.freeswitch.callcenter import CallCenter
    from agents.sources.freeswitch.callcenter_visits import QueueVisits
    from agents.sources.freeswitch.event_socket_client import EventSocketClient, password_of

    password = password_of(settings.exchanges.freeswitch)

    def exchange(visits: QueueVisits) -> Connect:
        center = CallCenter(context, visits)
        return lambda: CallCenterSession(EventSocketClient(*address, password), center, settings.timezone)

    return Listener(settings, context.file, kept, QueueVisits, exchange, witness=context.witness)


def _ami(address: tuple[str, int], settings: Settings, context: Context, kept: Path) -> Listener[AmiCalls]:
    from agents.ingest.live import Listener
    from agents.ingest.live_ami import AmiSession
    from agents.sources.asterisk.ami import Ami
    from agents.sources.asterisk.ami_calls import AmiCalls
    from agents.sources.asterisk.ami_client import AmiClient, login_of

    login = login_of(settings.exchanges.asterisk)

    def exchange(calls: AmiCalls) -> Connect:
        by = (Ami(context, calls), context.pseudonym, context.source, settings.timezone)
        return lambda: AmiSession(AmiClient(*address, *login), *by)

    return Listener(settings, context.file, kept, AmiCalls, exchange, witness=context.witness)


LISTENERS: Final[dict[FileKind, Callable[[tuple[str, int], Settings, Context, Path], Listener[Any]]]] = {
    FileKind.CALLCENTER: _callcenter,
    FileKind.AMI: _ami,
}
