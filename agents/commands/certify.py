"""The command `tocsin certify`: which checks covered a year's figures, and which faults they would have caught."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

import typer

from agents.commands.files import Head, context_of, known_files, opened, read, unused
from agents.commands.options import Config, Site, failed, refusals, settings_of, to_write
from agents.draft import write_whole
from agents.garbage import collect_seldom
from agents.progress import progress
from agents.sources.kind import FileKind
from agents.terminal import Screen, say
from agents.translation import spoken_language, text, why

if TYPE_CHECKING:
    from agents.certificate.certificate import Certificate
    from agents.history.ledger import History
    from config.settings import Settings
    from streams.events import CallEvent
    from streams.indicators.annual import Annual


CertificateFormat: TypeAlias = Literal["table", "json", "html"]


def certify(
    year: Annotated[int, typer.Option(min=1970, max=2100, help="The year.")],
    line: Annotated[str | None, typer.Option(help="One line.", show_default="every line, service and channel")] = None,
    written_as: Annotated[
        CertificateFormat, typer.Option("--format", help="table, html: for people. json: for programs.")
    ] = "table",
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, callback=to_write, help="The file to write.", show_default="standard output"),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Draw this many calls of a line for a person to check, and exit.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, callback=to_write, help="File for the drawn calls, as CSV.", show_default="standard output"
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The drawn calls with right, wrong or unknown in `answer`."),
    ] = None,
    events: Annotated[
        list[Path] | None,
        typer.Option(callback=lambda files: known_files(files or []), help="The year's calls as events, JSON lines."),
    ] = None,
    limit: Annotated[float, typer.Option(min=0, help="Time limit for the faults of one line, in seconds.")] = 300.0,
    config: Config = None,
    site: Site = None,
) -> None:
    """Report what was checked for a year's figures, and the smallest fault that would have been detected.

    It changes nothing. It puts faults into each line's own days, which takes a minute or two per line. For services and
    channels, it gives the checks, the incidents and how each day was counted.
    """
    from agents.audit.stated import read_compared
    from agents.certificate.answers import answered
    from agents.certificate.making import make
    from agents.history.today import today
    from agents.totals import history
    from streams.indicators.period import Period

    collect_seldom()
    settings = settings_of(config, site)
    if line is not None and line not in settings.lines:
        raise typer.BadParameter(
            text("{found}; expected one of {known}", found=repr(line), known=", ".join(settings.lines)),
            param_hint="--line",
        )
    if (sample is not None or answers is not None) and line is None:
        raise typer.BadParameter(text("a sample needs one line; expected --line"), param_hint="--line")
    by_totals = [name for name, each in settings.lines.items() if each.lifecycle == "totals"]
    if line in by_totals:
        raise typer.BadParameter(
            text("{line} is counted by readings only, so it has no calls to check", line=line),
            param_hint="--line",
        )
    period = Period.of_year(year)
    with _refused_answers():
        checked = None if answers is None else answered(answers)  # refused before any question to the broker
    with refusals(), progress(quiet=written_as == "json"):
        told = _events(events or [], settings)
        known = read_compared(settings)
        annual = history.figures(settings, known, period, today(settings, known.days.dates(settings.site)))
        if sample is not None and line is not None:
            _draw(settings, known, annual, line, told.get(line), sample, to)
            return
        with _refused_answers():
            found = None if checked is None or line is None else checked.of_figures(_seed(annual, line))
        begun = time.monotonic()
        made = make(settings, known, annual, line, told, limit, found)
        say(text("computed in {seconds} s", seconds=round(time.monotonic() - begun)), err=True)
    if line is None and by_totals:
        say(
            text("not certified, because they are counted by readings only: {lines}", lines=", ".join(by_totals)),
            err=True,
        )
    if not made.lines and not made.desks:
        lacking = (
            text("nothing was counted in {year}", year=year)
            if line is None
            else text("{line} has no calls in {year}", year=year, line=line)
        )
        failed(lacking)
    content = _written(made, written_as, settings, Screen() if out is None else None)
    if out is not None:
        with refusals():
            write_whole(out, content.encode())
    elif content:
        sys.stdout.write(content)


def _events(files: list[Path], settings: Settings) -> Mapping[str, list[CallEvent]]:
    """Return the call events of files by line; end with status 1 if there are none."""
    from agents.certificate.records import calls_of
    from agents.dialling import numbers_of
    from agents.sources.entry import Refusals
    from agents.sources.pseudonym import Pseudonymizer

    if not files:
        return {}
    context = context_of(
        FileKind.EVENTS, files, settings, Pseudonymizer(token_bytes(32), numbers_of(settings)), None, None
    )
    refusals = Refusals()
    with opened(files) as rows:
        head = Head(files, rows)
        found = calls_of(read(FileKind.EVENTS, head, context, settings), settings, refusals)
    if not found:
        unused(FileKind.EVENTS, head, settings, refusals, FileKind.EVENTS, context.aside)
    return found


def _seed(annual: Annual, line: str) -> str:
    """Return the seed of a line's sample: it depends on the figures, so that nobody can choose the calls."""
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
    """Write a sample of the calls that are in no known miscount."""
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
        lacking = text(
            "no calls of {line} in {year} can be drawn: call-attempts keeps calls for a month, and calls in "
            "miscounts are not drawn; add the year's events with --events FILE",
            line=line,
            year=annual.period.name,
        )
        failed(lacking)
    rows = written(calls, number, _seed(annual, line), ZoneInfo(settings.timezone), spoken_language())
    say(
        text(
            "drawn from the {calls} calls in opening hours outside miscounts; {offered} were counted in all. "
            "If all answers are `right`, the rate is right to within {bound}",
            calls=len(calls),
            offered=annual.lines[line].raw.offered,
            bound=bound(best(calls, number)),
        ),
        err=True,
    )
    if to is None:
        sys.stdout.write(rows)
    else:
        with refusals():
            write_whole(to, rows.encode())


@contextmanager
def _refused_answers() -> Iterator[None]:
    """End with status 2 if the answers cannot be used."""
    from agents.certificate.answers import AnswersError

    try:
        yield
    except AnswersError as error:
        raise typer.BadParameter(why(error), param_hint="--answers") from None


def _written(made: Certificate, written_as: CertificateFormat, settings: Settings, screen: Screen | None) -> str:
    """Return a certificate in a format; print a table if there is a screen, and return nothing."""
    import msgspec

    from agents.certificate.page import page
    from agents.certificate.table import show

    zone = ZoneInfo(settings.timezone)
    if written_as == "json":
        return msgspec.json.format(msgspec.json.encode(made)).decode() + "\n"
    if written_as == "html":
        return page(made, zone)
    if screen is not None:
        show(made, zone, screen)
        return ""
    table = StringIO()
    show(made, zone, Screen(file=table))
    return table.getvalue()
