"""A year's indicators as CSV, one per row: for programs, or for a person's spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.pages import sheets
from agents.pages.breaks import BETWEEN
from agents.pages.sums import told
from agents.pages.withheld import broken
from agents.totals.columns import OWN, FigureColumn, figure_columns, of_indicator, table_csv
from agents.totals.telling import Telling
from agents.translation import Words
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.insight.line_sums import BrokenSum
from streams.said import said


class OfficeRow(NamedTuple):
    """An indicator among the figures of its office."""

    annual: Annual
    indicator: Indicator


def rows(
    annual: Annual,
    zone: ZoneInfo,
    breaches: Sequence[Breach] = (),
    sums: Sequence[BrokenSum] = (),
    reader: Language | None = None,
) -> str:
    """Return the indicators as CSV: for programs in English, or for the spreadsheet of a `reader`."""
    columns = office_columns(Telling(reader or Language.EN, zone), breaches, sums)
    if reader is not None:
        columns = [each for each in columns if each.name != "label_en"]
    return table_csv(columns, office_rows(annual), reader)


def office_rows(annual: Annual) -> list[OfficeRow]:
    return [OfficeRow(annual, each) for each in annual.indicators]


def office_columns(
    telling: Telling, breaches: Sequence[Breach] = (), sums: Sequence[BrokenSum] = ()
) -> list[FigureColumn[OfficeRow]]:
    """Return all columns of an office's indicators.

    In each row, `integrity` lists breaches of the data, and `sums` lists the totals in which a line is not the sum of
    its parts. Both are empty if all is well.
    """
    french, of, wrong = Words(Language.FR), of_indicator, broken(breaches, telling.language)

    def french_name(each: Indicator) -> str:
        return f"{french(sheets.title(each))}{french.colon}{each.label}"

    def unequal(each: Indicator) -> str:
        own = [one for one in sums if each.principal and one.line == each.subject]
        return BETWEEN.join(told(own, telling.language))

    def before(each: Indicator, name: str) -> Any:  # noqa: ANN401 -- the field's type
        return each.before and getattr(each.before, name)

    return [
        FigureColumn("site", said("Site"), lambda row: row.annual.site),
        FigureColumn("period", said("Period"), lambda row: row.annual.period.name),
        of("id", said("Identifier"), lambda each: each.id),
        of("label", said("Indicator"), french_name, read=telling.name),
        of("label_en", said("Indicator"), lambda each: f"{sheets.title(each)}: {each.label}"),
        *figure_columns(telling),
        of("counted_from", said("Counted from"), lambda each: each.counted and each.counted.first),
        of("counted_to", said("Counted to"), lambda each: each.counted and each.counted.last),
        of("before_period", said("Period compared"), lambda each: each.before and each.before.period.name),
        of("before_raw", said("Period compared, raw value"), lambda each: before(each, "raw"), OWN),
        of("before_corrected", said("Period compared, corrected value"), lambda each: before(each, "corrected"), OWN),
        of("incidents", said("Incidents"), lambda each: " ".join(each.incidents)),
        of("guard", said("Why it is withheld"), telling.why),
        of("breaks", said("Break in the series"), lambda each: BETWEEN.join(telling.breaks(each))),
        FigureColumn("integrity", said("What does not hold"), lambda _: wrong),
        of("sums", said("No sum of its parts"), unequal),
    ]
