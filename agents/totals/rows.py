"""A year's indicators as CSV, one a row, for spreadsheets and programs."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.pages import words
from agents.pages.breaks import BETWEEN, breaks
from agents.pages.broken import broken
from agents.pages.withheld import why
from agents.translation import Words
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator

COLUMNS: Final = (
    *("site", "period", "id", "label", "label_en", "unit", "target"),
    *("raw", "raw_part", "raw_whole", "raw_status", "raw_met"),
    *("corrected", "low", "high", "corrected_part", "corrected_whole", "corrected_status", "corrected_met"),
    *("flips", "method", "coverage", "counted_from", "counted_to"),
    *("before_period", "before_raw", "before_corrected", "incidents", "guard", "breaks", "integrity"),
)
# Where a cell begins so, a spreadsheet takes text for a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def rows(annual: Annual, zone: ZoneInfo, breaches: Sequence[Breach] = ()) -> str:
    """Return the indicators as CSV (RFC 4180), with a header; shares from 0 to 1, nothing for unknown.

    `integrity` says in each row what does not hold of the figures, and nothing where they hold.
    """
    wrong = broken(breaches, Language.EN)
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for each in annual.indicators:
        row = {"site": annual.site, "period": annual.period.name, **_row(each, zone)}
        row["integrity"] = wrong
        writer.writerow({name: safe(cell) for name, cell in row.items()})
    return text.getvalue()


def safe(cell: Any) -> Any:  # noqa: ANN401 -- any value of a cell
    """Return a cell that no spreadsheet takes for a formula; numbers are left as they are.

    >>> safe("=1+1"), safe(-0.5), safe("Standard")
    ("'=1+1", -0.5, 'Standard')
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _row(each: Indicator, zone: ZoneInfo) -> dict[str, Any]:
    french, title, raw, corrected = Words(Language.FR), words.title(each), each.raw, each.corrected
    before, counted = each.before, each.counted
    return {
        "id": each.id,
        "label": f"{french(title)}{french.colon}{each.label}",
        "label_en": f"{title}: {each.label}",
        "unit": each.unit,
        "target": each.target,
        "raw": raw.value,
        "raw_part": raw.part,
        "raw_whole": raw.whole,
        "raw_status": raw.status,
        "raw_met": raw.met,
        "corrected": corrected.value,
        "low": corrected.low,
        "high": corrected.high,
        "corrected_part": corrected.part,
        "corrected_whole": corrected.whole,
        "corrected_status": corrected.status,
        "corrected_met": corrected.met,
        "flips": each.flips,
        "method": each.method,
        "coverage": each.coverage,
        "counted_from": counted and counted.first,
        "counted_to": counted and counted.last,
        "before_period": before and before.period.name,
        "before_raw": before and before.raw,
        "before_corrected": before and before.corrected,
        "incidents": " ".join(each.incidents),
        "breaks": BETWEEN.join(breaks(each, Language.EN)),
        "guard": each.guard and why(each.guard, each.coverage, zone, Language.EN),
    }
