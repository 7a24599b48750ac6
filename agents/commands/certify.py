"""The command `tocsin certify`: what was checked for a year's figures, and what would have been seen."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from io import StringIO
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from agents.commands.files import known_files, opened, origin_of, read
from agents.commands.options import Config, Lang, refusals, settings_of
from agents.language import language_of
from agents.progress import progress
from agents.sources.kind import FileKind
from agents.terminal import Screen, say

if TYPE_CHECKING:
    from agents.certificate.certificate import Certificate, CertifiedSample
    from agents.history.ledger import History
    from agents.language import Language
    from config.settings import Settings
    from streams.events import CallEvent
    from streams.indicators.annual import Annual


class CertificateFormat(StrEnum):
    """Name what a certificate is written as."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


def certify(
    year: Annotated[int, typer.Option(min=1970, max=2100, help="The year.")],
    line: Annotated[str | None, typer.Option(help="One line.", show_default="every line that has calls")] = None,
    written_as: Annotated[
        CertificateFormat, typer.Option("--format", help="table, html: for people. json: for programs.")
    ] = CertificateFormat.TABLE,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="The file to write.", show_default="standard output")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Draw so many calls of a line for a person to check, and end.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Where the drawn calls go, as CSV.", show_default="standard output"),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The drawn calls with right, wrong or unknown in `answer`."),
    ] = None,
    events: Annotated[
        list[Path] | None,
        typer.Option(callback=lambda files: known_files(files or []), help="The year's calls as events, JSON lines."),
    ] = None,
    limit: Annotated[float, typer.Option(min=0, help="Seconds that the faults of one line may take.")] = 300.0,
    config: Config = None,
    lang: Lang = None,
) -> None:
    """Tell what was checked for a year's figures, and the smallest fault that would have been told.

    It only reads. Faults are put into each line's own days; that takes a minute or two a line.
    """
    from agents.certificate.making import make
    from agents.history import ledger
    from agents.totals import history
    from streams.indicators.period import Period

    settings, language = settings_of(config), lang or language_of(os.environ)
    if line is not None and line not in settings.lines:
        raise typer.BadParameter(f"{line!r}; expected one of {', '.join(settings.lines)}", param_hint="--line")
    if (sample is not None or answers is not None) and line is None:
        raise typer.BadParameter("a sample is of one line; expected --line", param_hint="--line")
    by_totals = [name for name, each in settings.lines.items() if each.lifecycle == "totals"]
    if line in by_totals:
        says = f"{line}: only a counter's readings tell of it; no call is there to check"
        raise typer.BadParameter(says, param_hint="--line")
    period = Period.of_year(year)
    with refusals(), progress(quiet=written_as is CertificateFormat.JSON):
        told = _events(events or [], settings)
        known = ledger.read_history(settings)
        annual = history.figures(settings, known, period, _today(settings))
        if sample is not None and line is not None:
            _draw(settings, known, annual, line, told.get(line), sample, to)
            return
        checked = None if answers is None or line is None else _answers(answers, annual, line)
        begun = time.monotonic()
        made = make(settings, known, annual, line, told, limit, checked)
        say(f"made in {time.monotonic() - begun:.0f} s", err=True)
    if line is None and by_totals:
        say(f"not certified, as only readings tell of them: {', '.join(by_totals)}", err=True)
    if not made.lines:
        say(f"failed: no call of {year} was counted on {line or 'any line'}", err=True)
        raise typer.Exit(1)
    content = _written(made, written_as, settings, language, Screen() if out is None else None)
    if out is not None:
        with refusals():
            out.write_text(content, encoding="utf-8")
    elif content:
        sys.stdout.write(content)


def _today(settings: Settings) -> date:
    return datetime.fromtimestamp(time.time(), ZoneInfo(settings.timezone)).date()


def _events(files: list[Path], settings: Settings) -> Mapping[str, list[CallEvent]]:
    """Return the call events of files by line."""
    from agents.certificate.records import calls_of
    from agents.commands.files import Head
    from agents.dialling import numbers_of
    from agents.sources.pseudonym import Pseudonymizer

    if not files:
        return {}
    origin = origin_of(
        FileKind.EVENTS, files, settings, Pseudonymizer(token_bytes(32), numbers_of(settings)), None, None
    )
    with opened(files) as rows:
        return calls_of(read(FileKind.EVENTS, Head(files, rows), origin, settings), settings)


def _seed(annual: Annual, line: str) -> str:
    """Return what draws a line's sample: it names the figures, so that nobody picks the calls."""
    from streams.indicators.vintage import digest_of

    return f"{digest_of(annual)[:16]}-{line}"


def _draw(
    settings: Settings,
    known: History,
    annual: Annual,
    line: str,
    told: list[CallEvent] | None,
    number: int,
    to: Path | None,
) -> None:
    """Write a sample of the calls that no known miscount covers."""
    from agents.catalogue import lines
    from agents.certificate.answers import counted_calls, written
    from agents.certificate.records import calls_kept
    from agents.certificate.words import bound
    from agents.totals.checked import sound_slots
    from streams.certificate.attempts import told as told_calls
    from streams.certificate.sample import best

    of_line = told_calls(told if told is not None else calls_kept(settings, line), lines(settings)[line])
    calls = counted_calls(of_line, sound_slots(settings, known, annual.period, line))
    if not calls:
        say(
            f"failed: no call of {line} in {annual.period.name} is there to draw: call-attempts keeps them for a "
            "month, and those in miscounts are not drawn; give the year's events by --events FILE",
            err=True,
        )
        raise typer.Exit(1)
    text = written(calls, number, _seed(annual, line), ZoneInfo(settings.timezone))
    say(
        f"drawn from {len(calls)} calls of opening hours outside of miscounts; {annual.lines[line].raw.offered} were "
        f"counted in all. Answered right, all of them show the rate right within {bound(best(calls, number)).en}",
        err=True,
    )
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, encoding="utf-8", newline="")


def _answers(answers: Path, annual: Annual, line: str) -> CertifiedSample:
    from agents.certificate.answers import AnswersError, answered

    try:
        return answered(answers, _seed(annual, line))
    except AnswersError as error:
        raise typer.BadParameter(str(error), param_hint="--answers") from None


def _written(
    made: Certificate, written_as: CertificateFormat, settings: Settings, lang: Language, screen: Screen | None
) -> str:
    """Return a certificate as a format has it; a table goes to the screen where there is one."""
    import msgspec

    from agents.certificate.page import page
    from agents.certificate.table import show

    zone = ZoneInfo(settings.timezone)
    if written_as is CertificateFormat.JSON:
        return msgspec.json.format(msgspec.json.encode(made)).decode() + "\n"
    if written_as is CertificateFormat.HTML:
        return page(made, zone, lang)
    if screen is not None:
        show(made, zone, lang, screen)
        return ""
    text = StringIO()
    show(made, zone, lang, Screen(file=text, width=160))
    return text.getvalue()
