"""The command `init`: proposes the configuration of a new office from a log of its exchange."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple, get_args

import typer

from agents.commands.asking import ask, attended
from agents.commands.file_order import ordered
from agents.commands.files import (
    Head,
    MappingName,
    Zone,
    adoptable,
    context_of,
    is_by_number,
    known_files,
    named,
    opened,
    read,
    tell_aside,
    unused,
)
from agents.commands.options import Config, failed, settings_of, to_write
from agents.commands.recognition import FilesRead, files_read, parted
from agents.draft import write_whole
from agents.language import Language
from agents.sources.kind import FileKind
from agents.terminal import Screen, say
from agents.translation import spoken_language, text
from config.mapping import Of, Table, available
from config.refusal import ConfigError
from config.settings import UNNAMED, Settings, checked

if TYPE_CHECKING:
    from agents.proposal.columns import GuessedOf, Guesses
    from agents.proposal.direct import Direct
    from agents.proposal.observed import Observation
    from agents.proposal.overflow import QueueOverflow
    from agents.proposal.reasons import ZoneFrom
    from agents.sources.context import Context
    from agents.sources.tables.sample import Sample

# Kinds in which the exchange always names the queue; in others, a queue may be a caller's own number.
NAMED_BY_THE_EXCHANGE: Final = frozenset({FileKind.QUEUE_LOG, FileKind.AMI, FileKind.CALLCENTER})


class UnknownTable(NamedTuple):
    """A table that no mapping describes, and what its columns seem to mean."""

    files: list[Path]
    table: Sample
    found: Guesses

    def as_read(self) -> FilesRead:
        """Return the files as the proposed mapping reads them."""
        from agents.proposal.mapping import NAME

        return FilesRead(FileKind(self.found.of), NAME, self.files)


class Place(NamedTuple):
    """The time zone of an office, and how it was found."""

    zone: str
    by: ZoneFrom


def init(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND] [FILE...]",
            help="The files to read, and their kind as for analyze; without a kind, it is guessed from the first "
            "lines. Without a file, a few questions are asked.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, callback=to_write, help="Write the configuration here.", show_default="standard output"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file of --to.")] = False,
    site: Annotated[
        str | None, typer.Option(help="Id of the office.", show_default="the events' own, or office")
    ] = None,
    timezone: Zone = None,
    mapping: MappingName = None,
    config: Config = None,
) -> None:
    """Propose the configuration of an office from a log of its calls, or from a few questions.

    Every value has a comment that says what it was guessed from. No caller's number is in it.
    """
    language = spoken_language()
    if to is not None and to.exists() and not force:
        there = text("the file exists; name another one, or add --force")
        raise typer.BadParameter(there, param_hint=f"--to {to}")
    if not words:
        write(questions(place_of(timezone), language), to)
        tell_next(None, to)
        return
    mappings = {} if config is None else settings_of(config).mappings  # includes the office's own mappings
    unknown = unknown_table(words, mapping, mappings)
    if unknown is not None:
        write(draft(unknown, place_of(timezone), language), to)
        tell_next(unknown.as_read(), to)
        return
    source = log_read(words, mapping, mappings)
    write(proposal(source, place_of(timezone, source.mapping, mappings), site, language, mappings), to)
    tell_next(source, to)


def place_of(timezone: str | None, mapping: str | None = None, mappings: Mapping[str, Table] = {}) -> Place:
    """Return the time zone that is given, else the mapping's, else this machine's, else the default."""
    from agents.proposal.asked import machine_zone

    if timezone is not None:
        return Place(timezone, "told")
    table = available(mappings).get(mapping or "")
    if table is not None and table.timezone is not None:
        return Place(table.timezone, "mapping")
    found = machine_zone(os.environ)
    return Place(found, "machine") if found else Place(str(Settings.model_fields["timezone"].default), "default")


def unknown_table(words: Sequence[str], mapping: str | None, mappings: Mapping[str, Table]) -> UnknownTable | None:
    """Return the table that the words of a command name, if no mapping fits it and its columns can be guessed."""
    from agents.proposal.columns import GuessedOf
    from agents.proposal.tables import NoTableError, guessed_table
    from agents.sources.sniff import likely

    kind, names = parted(words)
    files = known_files([Path(each) for each in names])
    of: GuessedOf | None = next((each for each in get_args(GuessedOf) if each == kind), None)
    if mapping is not None or not files or not files[0].is_file() or (kind is not None and of is None):
        return None
    with opened(files[:1]) as rows:
        head = Head(files, rows).begun()
        found = likely(head.lines, Settings(site=UNNAMED, mappings=mappings))
        if found is not None and kind in {None, found.kind}:
            return None
        try:
            best = guessed_table(head.lines, head, of)
        except NoTableError as error:
            raise typer.BadParameter(str(error), param_hint=named(files)) from None
    return None if best is None else UnknownTable(files, *best)


def log_read(words: Sequence[str], mapping: str | None, mappings: Mapping[str, Table]) -> FilesRead:
    """Return the files and their kind, with the mapping that fits if none is named; end with status 2 for a survey."""
    from agents.sources.sniff import likely

    settings = Settings(site=UNNAMED, mappings=mappings)
    source = files_read(words, mapping, settings)
    if source.kind is FileKind.SURVEY:
        raise typer.BadParameter(text("a survey has no lines; name a log of calls"), param_hint="KIND")
    if source.what is not None:
        facts = {"file": named(source.files), "what": text(source.what), "words": source.kind_words}
        say(text("{file} looks like {what}: reading it as {words}", **facts), err=True)
    if source.mapping is None and source.kind in get_args(Of) and source.files[0].is_file():
        with opened(source.files[:1]) as rows:
            found = likely(Head(source.files, rows).begun().lines, settings)
        return source._replace(mapping=found.mapping if found and found.kind is source.kind else None)
    return source


def proposal(
    source: FilesRead, place: Place, site: str | None, language: Language, mappings: Mapping[str, Table]
) -> str:
    """Return the proposed configuration; end with status 1 if no row of the files can be used."""
    from agents.dialling import numbers_of
    from agents.proposal.direct import NO_DIRECT
    from agents.proposal.observed import Observation
    from agents.proposal.office import propose
    from agents.proposal.reasons import Provenance
    from agents.proposal.written import written
    from agents.sources.pseudonym import Pseudonymizer
    from streams.number import withheld

    settings = office(site or UNNAMED, place).model_copy(update={"mappings": mappings})
    numbers = numbers_of(settings)
    pseudonym = Pseudonymizer(token_bytes(32), numbers)
    is_usual = adoptable(source.kind, settings)

    def may_be_a_line(queue: str) -> bool:
        return is_usual(queue) and (source.kind in NAMED_BY_THE_EXCHANGE or withheld(queue, numbers) == queue)

    context = context_of(source.kind, source.files, settings, pseudonym, None, None, source.mapping)
    source = source._replace(files=ordered(source.kind, source.files, context))
    twice = all(map(Path.is_file, source.files))
    direct = numbers_without_queue(source) if twice else NO_DIRECT

    def observed(overflows: Sequence[QueueOverflow] = ()) -> tuple[Observation, Head, Context]:
        seen = Observation(settings, round(time.time() * 1000), may_be_a_line, numbers, direct, overflows)
        own = replace(
            context,
            queues=seen.analysis.queues,
            line_of=seen.line_of,
            dialled=seen.line_of_number,
            aside=Counter(),
        )
        with source.opened(again=bool(overflows)) as rows:
            head = Head(source.files, rows)
            seen.take(read(source.kind, head, own, settings))
        return seen, head, own

    seen, head, context = observed()
    if twice and (overflows := seen.new_overflows()):
        seen, head, context = observed(overflows)
    tell_aside(context)
    refusals = seen.analysis.refusals
    if len(refusals) == seen.analysis.results.total():
        unused(source.kind, head, settings, refusals, context.mapping)
    screen = Screen(stderr=True)
    for sentence in refusals.sentences():
        screen.print(withheld(sentence, numbers), style="yellow")
    told = Provenance(
        words=source.words,
        site_told=site is not None or (source.kind is FileKind.EVENTS and seen.site is not None),
        zone=place.by,
        by_number=is_by_number(source.kind),
    )
    return written(propose(seen, settings.holidays.country, numbers_dialled(source, place, seen)), told, language)


def numbers_without_queue(source: FilesRead) -> Direct:
    """Return the numbers by which calls came that entered no queue; no number for a file that its reader refuses."""
    from agents.proposal.direct import NO_DIRECT, direct

    with opened(source.files, again=True) as rows:
        try:
            return direct(source.kind, rows, named(source.files))
        except ConfigError:
            return NO_DIRECT


def numbers_dialled(source: FilesRead, place: Place, seen: Observation) -> Mapping[str, tuple[str, ...]]:
    """Return the numbers that lead to each queue. The files are read again, so standard input yields none."""
    from agents.proposal.dialled import numbers_of_queues, ways

    if not all(map(Path.is_file, source.files)):
        return {}
    with opened(source.files, again=True) as rows:
        return numbers_of_queues(ways(source.kind, rows, place.zone, named(source.files)), seen.queues)


def draft(source: UnknownTable, place: Place, language: Language) -> str:
    """Return a configuration with a mapping of an unknown table."""
    from agents.proposal.mapping import written

    return written(source.found, source.table, named(source.files), place.zone, language)


def office(site: str, place: Place) -> Settings:
    """Return an office without lines; end with status 2 if its id is not valid."""
    from agents.proposal.asked import country_of

    try:
        return checked(
            {"site": site, "timezone": place.zone, "holidays": {"country": country_of(place.zone)}}, "--site"
        )
    except ConfigError as error:
        raise typer.BadParameter(text(error.mistakes[0].sentence()), param_hint="--site") from None


def questions(place: Place, language: Language) -> str:
    """Return the configuration made from answers; end with status 2 if no person can be asked."""
    from agents.proposal.asked import asked

    if not attended():
        raise typer.BadParameter(
            text(
                "no file is named, and standard input is not a terminal; name a log, as in: tocsin init queue-log FILE"
            ),
            param_hint="FILE",
        )

    return asked(ask, lambda wrong: say(wrong, err=True), place.zone, language)


def write(content: str, to: Path | None) -> None:
    """Write the configuration; end with status 1 if it cannot be written."""
    if to is None:
        say(content.removesuffix("\n"))
        return
    try:
        write_whole(to, content.encode())
    except OSError as error:
        failed(f"{to}: {error.strerror}")


def tell_next(source: FilesRead | None, to: Path | None) -> None:
    """Print the next steps."""
    name = to or Path("office.yaml")
    rows = [text("Next steps:")]
    if to is None:
        rows.append(text("  write it to a file with --to office.yaml"))
    rows.append(f"  tocsin check --config {name}")
    rows.append(f"  tocsin analyze {source.words if source else 'queue-log FILE'} --config {name}")
    say("\n".join(rows), err=True)
