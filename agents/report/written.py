"""A year's figures as a file: the same bytes by a command, from the board and in a mail."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import StringIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from agents.desk_view.actions import office_effects
from agents.forecast.year import DeskScore, year_scores
from agents.history.ledger import History
from agents.language import Language
from agents.metrics.indicators import exposition
from agents.open_data.observations import PublishedEdition
from agents.open_data.package import package
from agents.pages.sums import sums_of
from agents.report.blocks import Report
from agents.report.format import Format
from agents.report.html import page
from agents.report.material import Checks, Material
from agents.report.notice import notice
from agents.report.pdf import pdf
from agents.report.report import report_of
from agents.terminal import Screen
from agents.totals.checked import checked
from agents.totals.document import document
from agents.totals.history import edition_before, others, reasons
from agents.totals.plan import plan_of
from agents.totals.rows import rows
from agents.totals.table import show
from agents.totals.telling import Telling
from agents.totals.workbook import workbook
from agents.translation import speaking
from config.settings import Settings
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.vintage import Vintage
from streams.insight.line_sums import BrokenSum
from streams.periods.named import kind_of


class Edition(NamedTuple):
    """A period's figures, and the facts shown with them."""

    annual: Annual
    vintage: Vintage | None  # the vintage that has these figures
    breaches: Sequence[Breach]  # of the records behind them
    sums: Sequence[BrokenSum]  # lines that are not the sum of their parts
    remembered: bool  # a vintage was asked for, which has figures but no days
    history: History
    publication: str | None  # the hash of the vintage's publication


def edition_of(
    settings: Settings,
    history: History,
    annual: Annual,
    vintage: Vintage | None = None,
    breaches: Sequence[Breach] = (),
    *,
    publication: str | None = None,
    remembered: bool = False,
) -> Edition:
    """Return figures with the facts about them from their history, which may not have the `publication` yet."""
    of_lines = partial(history.days.of_lines, settings.site, annual.period)
    sums = [] if remembered else sums_of(settings, of_lines)
    if vintage is not None and publication is None:
        publication = history.publications.hash_of(settings.site, vintage)
    return Edition(annual, vintage, breaches, sums, remembered, history, publication)


def written(
    written_as: Format, edition: Edition, settings: Settings, language: Language, csv: Language | None = None
) -> bytes:
    """Return the figures as a file in a format; the language is for words that people read.

    With `csv`, CSV is for a spreadsheet in that language, otherwise for programs. Raises `ValueError` for a
    format that is no file.
    """
    zone = ZoneInfo(settings.timezone)
    annual, vintage, breaches, sums, remembered, history, _ = edition
    match written_as:
        case Format.JSON:
            told = document(annual, zone, vintage, breaches, sums, None if remembered else reasons(history, annual))
            return msgspec.json.format(msgspec.json.encode(told)) + b"\n"
        case Format.CSV:
            return rows(annual, zone, breaches, sums, csv).encode()
        case Format.XLSX:
            return workbook(annual, zone, language, vintage, breaches, sums, settings.office.name)
        case Format.HTML | Format.PDF | Format.NOTICE | Format.OPEN_DATA:
            return _published(written_as, edition, settings, language)
        case Format.PROMETHEUS:
            return exposition(annual, plan_of(settings).opened, breaches)
        case Format.TABLE:
            table = StringIO()
            with speaking(language):
                show(annual, zone, vintage, Screen(file=table), breaches, sums)
            return table.getvalue().encode()
        case Format.PARQUET | Format.POSTGRES:
            raise ValueError(written_as)


def _published(written_as: Format, edition: Edition, settings: Settings, language: Language) -> bytes:
    """Return the report as HTML or PDF, the notice, or the open data."""
    annual, vintage, breaches, sums, remembered, history, publication = edition
    if written_as is Format.OPEN_DATA:
        before = edition_before(history, annual, vintage)
        earlier = None if before is None else PublishedEdition(before.annual, before)
        office, zone = settings.office.name or settings.site, ZoneInfo(settings.timezone)
        return package(PublishedEdition(annual, vintage, publication), earlier, office, zone, breaches, sums)
    if written_as is Format.NOTICE:
        return notice(annual, settings, language, vintage, breaches=breaches)
    checks = {} if remembered else checked(settings, history, annual.period)
    forecasts: Sequence[DeskScore] = ()
    if not remembered and kind_of(annual.period) == "year":
        forecasts = year_scores(history, settings, annual.period, annual.today)
    report = report_of_edition(edition, settings, language, checks, forecasts)
    return pdf(report) if written_as is Format.PDF else page(report).encode()


def report_of_edition(
    edition: Edition,
    settings: Settings,
    language: Language,
    checks: Checks | None = None,
    forecasts: Sequence[DeskScore] = (),
) -> Report:
    """Return the report on figures, beside those published for other years.

    The `forecasts` of a year take half a second a desk.
    """
    annual, vintage, breaches, sums, remembered, history, _ = edition
    telling, earlier = Telling(language, ZoneInfo(settings.timezone)), others(history, annual)
    actions = [] if remembered else office_effects(settings, history, annual.period, annual.today)
    material = Material(annual, settings, telling, vintage, breaches, checks or {}, sums, earlier, actions, forecasts)
    return report_of(material)
