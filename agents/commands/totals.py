"""The command `tocsin totals`: a period's indicators, raw beside corrected."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from agents.commands.options import Config, Site, offices_of, refusals, settings_of, to_write
from agents.commands.totals_nation import hand_out, of_one_office, refuse_unit, totals_of_nation, unit_named
from agents.commands.totals_warehouse import LIBRARIES, refuse_beside_tables, write_tables
from agents.garbage import collect_seldom
from agents.language import Language
from agents.progress import progress
from agents.report.format import Format
from agents.terminal import Screen, say
from agents.translation import labelled, semicolon, spoken_language, text

if TYPE_CHECKING:
    from agents.history.ledger import History
    from config.settings import Settings
    from streams.chain.breach import Breach
    from streams.indicators.annual import Annual
    from streams.indicators.breakdown import SurveyFigures
    from streams.indicators.period import Period
    from streams.indicators.vintage import Vintage


Year = Annotated[
    int | None,
    typer.Option(min=1970, max=2100, help="The year."),
]
Quarter = Annotated[str | None, typer.Option(help="Instead of a year: a quarter, like 2013-Q2.", metavar="YYYY-QN")]
Month = Annotated[str | None, typer.Option(help="Instead of a year: a month, like 2013-06.", metavar="YYYY-MM")]
First = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Instead of a year: the first day.")
]
Last = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, included.")]
As = Annotated[
    Format,
    typer.Option(
        "--format",
        help="table, html, pdf: for people. notice: for the waiting room. xlsx, csv: for spreadsheets. "
        "open-data: a zip. parquet: a folder of files by year and month, for SQL. postgres: tables of a server.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        callback=to_write, help="The file to write, or for parquet the folder.", show_default="standard output"
    ),
]
Number = Annotated[
    int | None,
    typer.Option("--vintage", min=1, help="The period as published in this vintage, without anything found later."),
]


def totals(
    year: Year = None,
    quarter: Quarter = None,
    month: Month = None,
    first: First = None,
    last: Last = None,
    written_as: As = Format.TABLE,
    out: Out = None,
    number: Number = None,
    csv: Annotated[
        Language | None,
        typer.Option("--csv", help="Instead of --format csv: CSV for a spreadsheet in this language."),
    ] = None,
    survey: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Answers of a satisfaction survey, in CSV."),
    ] = None,
    vintages: Annotated[bool, typer.Option("--vintages", help="List the vintages of the period.")] = False,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Publish a vintage of the period, if a figure has changed since the last one."),
    ] = False,
    despite: Annotated[
        bool,
        typer.Option("--despite-breaches", help="Publish even if the audit fails; all outputs mark the figures."),
    ] = False,
    region: Annotated[
        str | None,
        typer.Option(help="Of several offices, only those in this region.", show_default="all of the nation"),
    ] = None,
    department: Annotated[
        str | None,
        typer.Option(help="Of several offices, only those in this department.", show_default="all of the nation"),
    ] = None,
    config: Config = None,
    site: Site = None,
) -> None:
    """Report a period's indicators from the ledger: raw beside corrected, each with its components.

    It changes nothing, except with --publish. If the configuration has several offices, it reports the sums of the
    nation, a region or a department, unless --site names one office.
    """
    from agents.audit.stated import read_compared
    from agents.history.today import today
    from agents.report.written import edition_of, written
    from agents.totals import history
    from agents.totals.table import show

    collect_seldom()
    period = _period(year, quarter, month, first, last)
    chosen = {
        "--publish": publish,
        "--vintages": vintages,
        "--vintage": number is not None,
        "--survey": survey is not None,
    }
    if written_as in LIBRARIES:
        refuse_beside_tables(written_as, {**chosen, "--csv": csv is not None})
        write_tables(offices_of(config), site, unit_named(region, department), period, written_as, out)
        return
    offices = offices_of(config) if site is None else None
    if offices is not None and offices.nation is not None:
        of_one_office({**chosen, "--format": written_as in {Format.NOTICE, Format.PROMETHEUS}})
        file = _format(written_as, csv, out)
        totals_of_nation(offices, period, file, out, csv, unit_named(region, department))
        return
    refuse_unit(unit_named(region, department))
    settings = settings_of(config, site) if offices is None else next(iter(offices.sites.values()))
    written_as, zone = _format(written_as, csv, out), ZoneInfo(settings.timezone)
    if publish and (vintages or number is not None):
        raise typer.BadParameter(text("an existing vintage cannot be published again"), param_hint="--publish")
    asked = None if survey is None else _asked(survey, settings)
    with refusals():
        with progress(quiet=written_as is Format.JSON):
            known = read_compared(settings)
            breaches, days = known.breaches(settings.site, period), known.days.dates(settings.site)
            if publish and not despite:
                _refuse([*breaches, *_further(settings, known, period, breaches)], period)
        if vintages:
            _list(known.publications.vintages(settings.site, period), breaches, zone)
            return
        vintage: Vintage | None = None
        publication: str | None = None
        if number is None:
            annual = history.figures(settings, known, period, today(settings, days), asked)
            if publish:
                kept = history.publish(settings, known, annual, round(time.time() * 1000))
                vintage, publication = (None, None) if kept is None else kept
                _hand_out(settings, publication)
            else:
                vintage = history.shown(known, annual)
        else:
            vintage = _chosen(known.publications.vintages(settings.site, period), number, breaches, period)
            annual = vintage.annual
        _tell_where_days_are(annual, days)
        edition = edition_of(
            settings, known, annual, vintage, breaches, publication=publication, remembered=number is not None
        )
        if written_as is Format.TABLE and out is None:
            show(annual, zone, vintage, Screen(), breaches, edition.sums)
            return
        hand_out(written(written_as, edition, settings, spoken_language(), csv), out)


def _format(asked: Format, csv: Language | None, out: Path | None) -> Format:
    """Return the format; refuse two formats at once, and binary output without a file."""
    if csv is not None and asked not in {Format.TABLE, Format.CSV}:
        raise typer.BadParameter(text("{found} is not CSV", found=asked.value), param_hint="--csv")
    if out is not None and out.is_dir():
        raise typer.BadParameter(text("{file} is a folder", file=out), param_hint="--out")
    to_terminal = asked in {Format.PDF, Format.NOTICE} and sys.stdout.isatty()
    if out is None and (asked in {Format.XLSX, Format.OPEN_DATA} or to_terminal):
        raise typer.BadParameter(text("{format} needs a file name", format=asked.value), param_hint="--out")
    return asked if csv is None else Format.CSV


def _tell_where_days_are(annual: Annual, dates: set[date]) -> None:
    """Print which days the ledger has, if none of the requested days was counted."""
    if any(each.counted for each in annual.indicators):
        return
    if not dates:
        say(text("the ledger is empty: send events with `tocsin ingest` while `tocsin worker` runs"), err=True)
        return
    first, last = min(dates), max(dates)
    say(text("the ledger has days from {first} to {last}", first=first, last=last), err=True)


def _asked(survey: Path, settings: Settings) -> SurveyFigures:
    from agents.commands.analysis import survey_of
    from agents.commands.recognition import FilesRead
    from agents.sources.kind import FileKind

    found = survey_of(FilesRead(FileKind.SURVEY, None, [survey]), settings)
    for sentence in found.refusals.sentences():
        say(f"{survey}: {sentence}", err=True)
    return found.figures


def _period(
    year: int | None, quarter: str | None, month: str | None, first: datetime | None, last: datetime | None
) -> Period:
    from streams.indicators.period import Period

    named = {"--year": None if year is None else str(year), "--quarter": quarter, "--month": month}
    given = {option: name for option, name in named.items() if name is not None}
    if len(given) == 1 and first is None and last is None:
        ((option, name),) = given.items()
        return _named(option, name)
    if given or first is None or last is None:
        words = text("expected one of --year, --quarter and --month, or both --from and --to")
        raise typer.BadParameter(words, param_hint="--year")
    if first > last:
        words = text("{last} is before {first}", last=last.date(), first=first.date())
        raise typer.BadParameter(words, param_hint="--to")
    return Period(first.date(), last.date())


def _named(option: str, name: str) -> Period:
    from streams.periods.named import kind_of, period_of

    try:
        found = period_of(name)
    except ValueError:
        found = None
    if found is None or f"--{kind_of(found)}" != option:
        examples = {"--year": "2013", "--quarter": "2013-Q2", "--month": "2013-06"}
        words = text("{found}; expected one like {example}", found=name, example=examples[option])
        raise typer.BadParameter(words, param_hint=option)
    return found


def _chosen(known: Sequence[Vintage], number: int, breaches: Sequence[Breach], period: Period) -> Vintage:
    """Return a vintage; end with status 1 and the reason if it was altered after its publication."""
    from streams.chain.vintages import subject_of

    found = next((each for each in known if each.number == number), None)
    if found is not None:
        return found
    why = [told(each) for each in breaches if each.subject == subject_of(period.name, number)]
    if why:
        say(text("withheld: {why}; `tocsin audit` shows details", why=semicolon().join(why)), err=True)
        raise typer.Exit(1)
    numbers = ", ".join(str(each.number) for each in known) or text("none published yet")
    words = text("{found}; expected one of {known}", found=number, known=numbers)
    raise typer.BadParameter(words, param_hint="--vintage")


def _hand_out(settings: Settings, publication: str | None) -> None:
    """Print the hash of a publication, which a person keeps where an administrator of Kafka cannot write.

    Have all publications stamped that are not yet. A missing stamp is reported, and refuses nothing.
    """
    if publication is not None:
        words = text(
            "hash of the publication, to keep outside Kafka for `tocsin audit --expect`: {hash}", hash=publication
        )
        say(words, err=True)
    if (stamps := settings.signing.time_stamps) is not None:
        from agents.chain.log import read_log
        from agents.chain.time_stamps import roots_of, stamp
        from streams.chain.links import Chain

        published = [link for link, _ in Chain(settings.site, read_log(settings).records).published()]
        for why in stamp(stamps, roots_of(stamps), published):
            say(text("{why}; the next --publish tries again", why=why), err=True)


def _further(settings: Settings, known: History, period: Period, breaches: Sequence[Breach]) -> list[Breach]:
    """Return what else an audit finds about a period, and the parts that a person must look at."""
    from agents.audit.audit import audit

    subjects = {each.subject for each in breaches}
    found = [each for each in audit(settings).breaches if any(map(each.concerns, period.years()))]
    return [*(each for each in found if each.subject not in subjects), *known.unusual(settings.site, period)]


def _refuse(breaches: Sequence[Breach], period: Period) -> None:
    """End with status 1 if there are any breaches: a person must look before doubtful figures are published."""
    if not breaches:
        return
    for breach in breaches:
        say(labelled(breach.subject, breach.says), err=True)
    say(
        text(
            "{period} is not published because of this: look at it with `tocsin audit` and fix it if "
            "possible, or publish anyway with --despite-breaches, which marks the figures in all outputs",
            period=period.name,
        ),
        err=True,
    )
    raise typer.Exit(1)


def _list(known: Sequence[Vintage], breaches: Sequence[Breach], zone: ZoneInfo) -> None:
    from agents.history.incident_json import moment

    for each in known:
        say(f"{each.number}  {moment(each.at, zone)}  {each.digest}")
    if not known:
        say(text("no vintage was published yet"), err=True)
    for breach in breaches:
        say(labelled(breach.subject, breach.says), err=True)


def told(breach: Breach) -> str:
    """Return why a record fails the audit, in the chosen language."""
    return text(breach.says)
