"""The published year of the demo: its indicators from the ledger, and beside the minutes of the council."""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

from rich.console import Console

from agents.analysis.survey import survey
from agents.audit.stated import read_compared
from agents.ending import temporary_folder
from agents.history.today import today
from agents.simulation import lozere
from agents.sources.tables.survey import read
from agents.table import PrintedTable
from agents.totals import table
from agents.totals.history import figures as annual
from agents.totals.history import publish
from agents.translation import text
from config.settings import Settings
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.simulation.lozere import PUBLISHED, PUBLISHED_AFTER, PUBLISHED_BEFORE, PUBLISHED_YEAR


def show_year(settings: Settings, console: Console) -> None:
    """Print the year's indicators from the ledger, raw beside corrected, then raw beside the council's minutes."""
    zone = ZoneInfo(settings.timezone)
    with temporary_folder() as folder:
        answers = folder / "survey.csv"
        lozere.write_survey(answers)
        with answers.open("rb") as rows:
            surveyed = survey(read(rows, answers.name))
    history = read_compared(settings)
    figures = annual(
        settings,
        history,
        Period.of_year(PUBLISHED_YEAR),
        today(settings, history.days.dates(settings.site)),
        surveyed.figures,
    )
    kept = publish(settings, history, figures, round(time.time() * 1000))
    table.show(
        figures, zone, None if kept is None else kept.vintage, console, history.breaches(settings.site, figures.period)
    )
    console.print(beside_minutes(figures))


def beside_minutes(figures: Annual) -> PrintedTable:
    """Return the year's raw figures beside those in the minutes of the council."""
    beside = PrintedTable(text("raw / minutes"))
    beside.words(text("indicator"))
    beside.figures(text("counted"), text("minutes of the council"), "")
    for each in figures.indicators:
        rows_of = (
            (str(PUBLISHED_YEAR), each.raw.value, PUBLISHED.get(each.id)),
            (str(PUBLISHED_YEAR - 1), None if each.before is None else each.before.raw, PUBLISHED_BEFORE.get(each.id)),
            (str(PUBLISHED_YEAR + 1), None if each.after is None else each.after.raw, PUBLISHED_AFTER.get(each.id)),
        )
        for when, value, published in rows_of:
            if published is not None:
                counted = _rounded(value, each, published)
                beside.row(f"{each.id} {when}", counted, published, "=" if counted == published else text("differs"))
    return beside


def _rounded(value: float | None, indicator: Indicator, published: str) -> str:
    """Return a value in the unit and with the decimals of the minutes."""
    decimals = len(published.partition(".")[2])
    return "" if value is None else f"{value * (100 if indicator.unit == 'share' else 1):.{decimals}f}"
