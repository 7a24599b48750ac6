"""A year's indicators as CSV, one a row: for programs, or for a person's spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from agents.csv_text import csv_text
from agents.language import Language
from agents.pages import sheets, words
from agents.pages.breaks import BETWEEN, breaks
from agents.pages.broken import broken
from agents.pages.sums import told
from agents.pages.withheld import why
from agents.translation import Words
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.insight.line_sums import BrokenSum
from streams.said import Said, said

HEADS: Final[Mapping[str, Said]] = {  # of every column, as a person reads it
    "site": said("Site"),
    "period": said("Period"),
    "id": said("Identifier"),
    "label": said("Indicator"),
    "label_en": said("Indicator"),
    "unit": said("Unit"),
    "target": said("Target"),
    "raw": said("Raw value"),
    "raw_part": said("Raw value: part"),
    "raw_whole": said("Raw value: out of"),
    "raw_status": said("Raw status"),
    "raw_met": said("Met (raw)"),
    "corrected": said("Corrected value"),
    "low": said("Low (95%)"),
    "high": said("High (95%)"),
    "corrected_part": said("Corrected value: part"),
    "corrected_whole": said("Corrected value: out of"),
    "corrected_status": said("Corrected status"),
    "corrected_met": said("Met (corrected)"),
    "flips": said("The miscount decides on the target"),
    "method": said("Correction"),
    "coverage": said("Coverage (%)"),
    "counted_from": said("Counted from"),
    "counted_to": said("Counted to"),
    "before_period": said("Period compared"),
    "before_raw": said("Period compared, raw value"),
    "before_corrected": said("Period compared, corrected value"),
    "incidents": said("Incidents"),
    "guard": said("Why it is withheld"),
    "breaks": said("Break in the series"),
    "integrity": said("What does not hold"),
    "sums": said("No sum of its parts"),
}
COLUMNS: Final = tuple(HEADS)
_IN_UNIT: Final = ("target", "raw", "corrected", "low", "high", "before_raw", "before_corrected")
_PERCENT_DIGITS: Final = 4  # what a double has beyond them is noise


def rows(
    annual: Annual,
    zone: ZoneInfo,
    breaches: Sequence[Breach] = (),
    sums: Sequence[BrokenSum] = (),
    reader: Language | None = None,
) -> str:
    """Return the indicators as CSV, with a header; nothing for unknown.

    For programs, shares are from 0 to 1 and words are English; for the spreadsheet of a `reader` shares are in percent,
    and heads and words in the reader's language. `integrity` says in each row what does not hold of the figures, and
    nothing where they hold; `sums` in which totals a line is not the sum of its parts.
    """
    language = reader or Language.EN
    columns = [name for name in COLUMNS if reader is None or name != "label_en"]
    wrong, cells = broken(breaches, language), list[Sequence[Any]]()
    for each in annual.indicators:
        row = {"site": annual.site, "period": annual.period.name, **_row(each, zone, language)}
        row["integrity"] = wrong
        own = [broken_sum for broken_sum in sums if each.principal and broken_sum.line == each.subject]
        row["sums"] = BETWEEN.join(told(own, language))
        read = row if reader is None else _read(row, each, Words(reader))
        cells.append([read[name] for name in columns])
    heads = columns if reader is None else [Words(reader)(HEADS[name]) for name in columns]
    return csv_text([heads, *cells], reader)


def _read(row: Mapping[str, Any], each: Indicator, text: Words) -> dict[str, Any]:
    """Return a row as a person reads it."""
    label, method = f"{text(sheets.title(each))}{text.colon}{each.label}", text(words.METHODS[each.method])
    return {**row, **read_cells(row, each, _IN_UNIT, text), "label": label, "method": method}


def _row(each: Indicator, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    french, title, before, counted = Words(Language.FR), sheets.title(each), each.before, each.counted
    return {
        "id": each.id,
        "label": f"{french(title)}{french.colon}{each.label}",
        "label_en": f"{title}: {each.label}",
        **cells_of(each),
        "raw_met": each.raw.met,
        "flips": each.flips,
        "method": each.method,
        "counted_from": counted and counted.first,
        "counted_to": counted and counted.last,
        "before_period": before and before.period.name,
        "before_raw": before and before.raw,
        "before_corrected": before and before.corrected,
        "incidents": " ".join(each.incidents),
        "breaks": BETWEEN.join(breaks(each, language)),
        "guard": each.guard and why(each.guard, each.coverage, zone, language),
    }


def cells_of(each: Indicator) -> dict[str, Any]:
    """Return the cells of a figure that those of an office and of a unit have alike."""
    raw, corrected = each.raw, each.corrected
    return {
        "unit": each.unit,
        "target": each.target,
        "raw": raw.value,
        "raw_part": raw.part,
        "raw_whole": raw.whole,
        "raw_status": raw.status,
        "corrected": corrected.value,
        "low": corrected.low,
        "high": corrected.high,
        "corrected_part": corrected.part,
        "corrected_whole": corrected.whole,
        "corrected_status": corrected.status,
        "corrected_met": corrected.met,
        "coverage": each.coverage,
    }


def read_cells(row: Mapping[str, Any], each: Indicator, in_unit: Iterable[str], text: Words) -> dict[str, Any]:
    """Return those cells of a row that a person reads otherwise: shares in percent, unit and statuses in words."""
    percents = {*(in_unit if each.unit == "share" else ()), "coverage"}
    return {
        **{name: round(row[name] * 100, _PERCENT_DIGITS) for name in percents if row[name] is not None},
        "unit": text(words.UNITS[each.unit]),
        "raw_status": text(words.STATUSES[each.raw.status]),
        "corrected_status": text(words.STATUSES[each.corrected.status]),
    }
