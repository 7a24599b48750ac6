"""The figures of units as CSV, one a row: for programs, or for a person's spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agents.csv_text import csv_text
from agents.language import Language
from agents.nation.observed import Observed, observed
from agents.nation.scope import Scope
from agents.nation.telling import KINDS, VERDICTS, NationTelling
from agents.pages.broken import broken
from agents.totals.rows import HEADS, cells_of, read_cells
from streams.said import Said, said

_AS_OF_ONE_OFFICE: Final = (
    *("target", "raw", "raw_part", "raw_whole", "raw_status", "corrected", "low", "high"),
    *("corrected_part", "corrected_whole", "corrected_status", "corrected_met", "coverage", "guard"),
)
_HEADS: Final[Mapping[str, Said]] = {  # of every column, as a person reads it
    "kind": said("Unit"),
    "name": said("Name"),
    "label": said("Label"),
    "region": said("Region"),
    "department": said("Department"),
    "period": said("Period"),
    "indicator": said("Indicator"),
    "subject": said("Subject"),
    "subject_label": said("Subject label"),
    "unit": said("Unit of measure"),
    **{name: HEADS[name] for name in _AS_OF_ONE_OFFICE},
    "sites": said("Offices"),
    "silent": said("Silent offices"),
    "withheld": said("Lines withheld"),
    "could_be_low": said("With what is withheld: at least"),
    "could_be_high": said("With what is withheld: at most"),
    "verdict": said("Beside the others"),
    "z": said("Deviations above the others"),
    "edition": said("Edition"),
    "edition_same": said("Still these figures"),
    "integrity": HEADS["integrity"],
}
UNIT_COLUMNS: Final = tuple(_HEADS)
_IN_UNIT: Final = ("target", "raw", "corrected", "low", "high", "could_be_low", "could_be_high")


def unit_rows(scope: Scope, reader: Language | None = None) -> str:
    """Return the figures as CSV, with a header; nothing for unknown, an empty subject for all lines or all counters.

    For programs, shares are from 0 to 1 and words are English; for the spreadsheet of a `reader` shares are in percent,
    and heads and words in the reader's language.
    """
    telling = NationTelling(reader or Language.EN, scope.zone)
    every = [each for unit in scope.units() for each in observed(scope, unit)]
    found = [_row(scope, each, telling) if reader is None else _read(scope, each, telling) for each in every]
    heads = UNIT_COLUMNS if reader is None else [telling.text(_HEADS[name]) for name in UNIT_COLUMNS]
    return csv_text([heads, *([row[name] for name in UNIT_COLUMNS] for row in found)], reader)


def _row(scope: Scope, each: Observed, telling: NationTelling) -> dict[str, Any]:
    unit, of = each.unit, each.indicator
    edition = scope.edition(unit)
    return {
        "kind": unit.kind,
        "name": unit.name,
        "label": unit.label,
        "region": unit.region,
        "department": unit.department,
        "period": scope.rolled.period.name,
        "indicator": of.kind,
        "subject": of.subject,
        "subject_label": telling.subject(each),
        **cells_of(of),
        "guard": telling.why_not(each) or None,
        "sites": len(each.sites),
        "silent": len(each.silent),
        "withheld": len(each.withheld),
        "could_be_low": each.could_be and each.could_be.low,
        "could_be_high": each.could_be and each.could_be.high,
        "verdict": each.point and each.point.verdict,
        "z": each.point and each.point.z,
        "edition": edition and edition.number,
        "edition_same": edition.same if edition is not None and edition.number is not None else None,
        "integrity": broken(scope.breaches(unit), telling.language),
    }


def _read(scope: Scope, each: Observed, telling: NationTelling) -> dict[str, Any]:
    """Return a row as a person reads it."""
    row, of, text = _row(scope, each, telling), each.indicator, telling.text
    return {
        **row,
        **read_cells(row, of, _IN_UNIT, text),
        "kind": text(KINDS[each.unit.kind]),
        "indicator": telling.title(of),
        "verdict": each.point and each.point.verdict and text(VERDICTS[each.point.verdict]),
    }
