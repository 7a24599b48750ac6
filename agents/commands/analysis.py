"""The command `analyze`: a file without a broker."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated

import msgspec
import structlog
import typer

from agents.commands.files import (
    Files,
    Head,
    KindOfFile,
    MappingName,
    SourceName,
    Zone,
    hint,
    opened,
    origin_of,
    read,
    tell_aside,
    unused,
)
from agents.commands.options import Config, settings_of
from agents.progress import counted, progress
from agents.sources.kind import FileKind
from agents.terminal import Screen, say
from config.refusal import ConfigError
from config.settings import Settings

log = structlog.get_logger()

if TYPE_CHECKING:
    from agents.analysis.survey import SurveyResult


def analyze(
    kind: KindOfFile,
    files: Files,
    config: Config = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
    source: SourceName = None,
    timezone: Zone = None,
    mapping: MappingName = None,
) -> None:
    """Analyse files with no broker: the same fold as the worker's.

    Without --config, a queue that config/lozere.yaml does not name becomes a line of its own.
    """
    from agents.analysis.fold import Analysis
    from agents.analysis.report import document
    from agents.analysis.table import show
    from agents.dialling import numbers_of
    from agents.sources.pseudonym import Pseudonymizer

    settings = settings_of(config)
    if kind is FileKind.SURVEY:
        analyze_survey(files, settings, json=json)
        return
    analysis = Analysis(settings, round(time.time() * 1000))
    lines = settings.lines_by_queue()
    pseudonym = Pseudonymizer(token_bytes(32), numbers_of(settings))  # nothing is kept, so no key need be
    origin = origin_of(kind, files, settings, pseudonym, source, timezone, mapping)._replace(queues=analysis.queues)
    if config is None:
        by_number = kind in {FileKind.FREESWITCH_CDR, FileKind.CUCM_CDR}

        def line_of(queue: str) -> str | None:
            adopted = not by_number or settings.exchanges.may_be_a_line(queue)
            return lines.get(queue) or (analysis.adopt(pseudonym.id(queue)) if adopted else None)

        origin = origin._replace(line_of=line_of)
    with progress(quiet=json), opened(kind, files) as rows:
        head = Head(files, rows)
        analysis.take(counted(read(kind, head, origin, settings), "events", None, of="told"))
    if json:
        say(msgspec.json.format(msgspec.json.encode(document(analysis))).decode())
    else:
        show(analysis, Screen())
    tell_aside(origin)
    if len(analysis.refusals) == analysis.results.total():
        unused(kind, head, settings, analysis.refusals)


def analyze_survey(files: Sequence[Path], settings: Settings, *, json: bool) -> None:
    """Print the shares of a survey."""
    from agents.analysis.survey import document, show

    found = survey_of(files, settings)
    if json:
        say(msgspec.json.format(msgspec.json.encode(document(found, settings.site))).decode())
    else:
        show(found, Screen())


def survey_of(files: Sequence[Path], settings: Settings) -> SurveyResult:
    """Return what a survey comes to; end with status 2 where the file is none, 1 where it holds no answer."""
    from agents.analysis.survey import survey
    from agents.sources.survey import read as answers

    with opened(FileKind.SURVEY, files) as rows:
        head = Head(files, rows)
        try:
            found = survey(answers(head, head.file))
        except ConfigError as error:
            say(f"The file is no survey:\n  {error.mistakes[0]}{hint(head, settings)}", err=True)
            raise typer.Exit(2) from None
    if not found.shares:
        unused(FileKind.SURVEY, head, settings, found.refusals)
    return found
