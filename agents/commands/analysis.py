"""The command `analyze`: the figures of files, without a broker."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from agents.commands.adoption import entries_of, told_to
from agents.commands.explain import explain_call
from agents.commands.file_order import ordered
from agents.commands.files import (
    CALL_KINDS,
    KINDS,
    Head,
    SourceName,
    Zone,
    context_of,
    hint,
    known_files,
    known_zone,
    named,
    opened,
    tell_aside,
    unused,
)
from agents.commands.mappings import MappingNames, names_of
from agents.commands.options import Config, Site, failed, settings_or_unknown
from agents.commands.recognition import FilesRead, groups_read
from agents.garbage import collect_seldom
from agents.progress import counted, progress
from agents.sources.kind import FileKind
from agents.terminal import Screen, say, say_json
from agents.translation import text
from config.refusal import ConfigError
from config.settings import Settings

if TYPE_CHECKING:
    from agents.analysis.answers import Answers
    from agents.analysis.fold import Analysis
    from agents.analysis.survey import SurveyResult
    from agents.sources.context import Context
    from agents.sources.entry import Entry
    from agents.sources.pseudonym import Pseudonymizer


def analyze(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND] FILE...",
            help="The file to read: UTF-8, UTF-16 or Windows-1252, plain or gzip; - is standard input. Several are "
            "read as one, in the order of their first moments. Their kind is recognised by their first lines, or named "
            "before them:\n\n" + KINDS,
        ),
    ] = None,
    config: Config = None,
    site: Site = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
    full: Annotated[
        bool,
        typer.Option("--full", help="Print everything: counts, waits, reasons, callers, staff and rows."),
    ] = False,
    source: SourceName = None,
    timezone: Zone = None,
    mapping: MappingNames = None,
    witness: Annotated[
        tuple[FileKind, Path] | None,
        typer.Option(
            metavar="KIND FILE",
            help="A second record of the same lines, matched with the first call by call; or a counter's "
            "readings, compared with its totals.",
        ),
    ] = None,
    source2: Annotated[str | None, typer.Option("--source2", help="The same option, for the second record.")] = None,
    timezone2: Annotated[
        str | None, typer.Option("--timezone2", callback=known_zone, help="The same option, for the second record.")
    ] = None,
    mapping2: Annotated[str | None, typer.Option("--mapping2", help="The same option, for the second record.")] = None,
    jobs: Annotated[
        int,
        typer.Option(
            min=1, help="Processes that fold events, in addition to the one that reads; with 1, one process does both."
        ),
    ] = 1,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Answers to what the lines ask, as JSON lines: the line, a call, right, wrong or cannot-tell, and "
            "the seconds after the question.",
        ),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(metavar="CALL", help="Print every row about a call, in order, with its effect."),
    ] = None,
) -> None:
    """Analyse files without a broker, by the same code as the worker.

    Without --config, every queue becomes a line of its own, without a target or a usual rate.
    """
    from agents.analysis.fold import Analysis
    from agents.analysis.report import document
    from agents.analysis.shared import SharedAnalysis
    from agents.analysis.table import show
    from agents.dialling import numbers_of
    from agents.sources.chronology import merged
    from agents.sources.pseudonym import Pseudonymizer

    settings = settings_or_unknown(config, site, [*names_of(mapping), mapping2 or ""])
    together(jobs, witness, explain, answers)
    groups = groups_read(words, mapping, settings)
    given, kind = groups[0], groups[0].kind
    if kind is FileKind.SURVEY:
        if explain is not None:
            raise typer.BadParameter(text("a survey has no calls"), param_hint="--explain")
        analyze_survey(given, settings, json=json)
        return
    # nothing is stored, so a key for this run is enough
    pseudonym = Pseudonymizer(token_bytes(32), numbers_of(settings))
    contexts = [context_of(kind, each.files, settings, pseudonym, source, timezone, each.mapping) for each in groups]
    adopts = config is None
    groups = [
        each._replace(files=ordered(kind, each.files, context)) for each, context in zip(groups, contexts, strict=True)
    ]
    if explain is not None:
        if len(groups) > 1:
            message = text("--explain reads the files of one mapping only; name one --mapping")
            raise typer.BadParameter(message, param_hint="--explain")
        explain_call(groups[0], contexts[0], settings, explain, adopts=adopts, json=json)
        return
    second = None
    if witness is not None:
        second = witness_of(witness, settings, pseudonym, source2, timezone2, mapping2)
        if second.kind is not FileKind.READINGS:
            settings = witnessed(settings, second.context.source)
    collect_seldom()
    now = round(time.time() * 1000)
    told = None if answers is None else answers_of(answers)
    analysis = Analysis(settings, now, told) if jobs == 1 else SharedAnalysis(settings, now, jobs=jobs)
    with progress(quiet=json), ExitStack() as files_open, beside(second, analysis, adopts=adopts) as others:
        heads = [Head(each.files, files_open.enter_context(each.opened())) for each in groups]
        events = merged(
            [
                entries_of(kind, head, told_to(context, analysis, kind, adopts=adopts), analysis, adopts=adopts)
                for head, context in zip(heads, contexts, strict=True)
            ]
        )
        fold(analysis, counted(events, text("events"), None, of=text("told")), others)
    nothing = len(analysis.refusals) == analysis.results.total()
    if json:
        say_json(document(analysis))
    elif not nothing:
        screen = Screen()
        tell_kind(given, screen)
        show(analysis, screen, full=full)
    if nothing:
        unused(kind, heads[0], settings, analysis.refusals, contexts[0].mapping, analysis.aside)


def tell_kind(source: FilesRead, screen: Screen) -> None:
    """Print what the files look like, unless the command named their kind."""
    if source.what is not None:
        screen.print(text("{file}: read as {what}", file=named(source.files), what=text(source.what)))


def together(jobs: int, witness: object, explain: object, answers: object) -> None:
    """End with status 2 if two options exclude each other."""
    if explain is not None and witness is not None:
        raise typer.BadParameter(text("--explain uses one record only; leave out --witness"), param_hint="--explain")
    if jobs > 1 and (witness is not None or explain is not None or answers is not None):
        words = text("--witness, --answers and --explain run in a single process; leave out --jobs")
        raise typer.BadParameter(words, param_hint="--jobs")


def answers_of(file: Path) -> Answers:
    """Return the answers in a file; end with status 2 if it cannot be used."""
    from agents.analysis.answers import AnswersFileError, read_answers

    known_files([file])
    try:
        return read_answers(file)
    except AnswersFileError as error:
        raise typer.BadParameter(str(error), param_hint="--answers") from None


def fold(analysis: Analysis, entries: Iterable[Entry], others: Iterable[Entry]) -> None:
    """Fold a file and its second record; end with status 1 if a job process dies."""
    from agents.analysis.shared import JobError

    try:
        analysis.take(entries, others)
    except JobError as error:
        failed(error)


class SecondFile(NamedTuple):
    """The second record of an analysis."""

    kind: FileKind
    file: Path
    context: Context


def witness_of(
    witness: tuple[FileKind, Path],
    settings: Settings,
    pseudonym: Pseudonymizer,
    source: str | None,
    timezone: str | None,
    mapping: str | None,
) -> SecondFile:
    """Return the second record that `--witness KIND FILE` names; end with status 2 if its kind has no calls."""
    kind, file = witness
    if kind not in (known := (*CALL_KINDS, FileKind.READINGS)):
        words = text("{kind} has no calls; expected one of {kinds}", kind=kind, kinds=", ".join(known))
        raise typer.BadParameter(words, param_hint="--witness")
    known_files([file])
    return SecondFile(kind, file, context_of(kind, [file], settings, pseudonym, source, timezone, mapping))


def witnessed(settings: Settings, source: str) -> Settings:
    """Return settings in which every line has this source as its witness."""
    heard = {"witness": source}
    lines = {name: line.model_copy(update=heard) for name, line in settings.lines.items()}
    return settings.model_copy(
        update={"lines": lines, "line_defaults": settings.line_defaults.model_copy(update=heard)}
    )


@contextmanager
def beside(second: SecondFile | None, analysis: Analysis, *, adopts: bool) -> Iterator[Iterable[Entry]]:
    """Open the second record, if any; end with status 1 if none of its events can be used."""
    if second is None:
        yield ()
        return
    kind, file, context = second
    with opened([file]) as rows:
        head = Head([file], rows)
        told = replace(told_to(context, analysis, kind, adopts=adopts, totals=False), aside=context.aside)
        yield entries_of(kind, head, told, analysis, adopts=adopts)
    tell_aside(context)
    if not analysis.witness.results:
        unused(kind, head, analysis.settings, analysis.witness.refusals, context.mapping)


def analyze_survey(source: FilesRead, settings: Settings, *, json: bool) -> None:
    from agents.analysis.survey import document, show

    found, screen = survey_of(source, settings), Screen()
    if json:
        say_json(document(found, settings.site))
        return
    tell_kind(source, screen)
    show(found, screen)


def survey_of(source: FilesRead, settings: Settings) -> SurveyResult:
    """Return the shares of a survey; end with status 2 if the file is not a survey, 1 if it has no answers."""
    from agents.analysis.survey import survey
    from agents.sources.tables.survey import read as answers

    with source.opened() as rows:
        head = Head(source.files, rows)
        try:
            found = survey(answers(head, head.file))
        except ConfigError as error:
            no_survey = text("The file is not a survey:")
            say(f"{no_survey}\n  {text(error.mistakes[0].sentence())}{hint(head, settings)}", err=True)
            raise typer.Exit(2) from None
    if not found.figures.shares:
        unused(FileKind.SURVEY, head, settings, found.refusals, FileKind.SURVEY)
    return found
