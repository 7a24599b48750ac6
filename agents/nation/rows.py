"""The figures of units as CSV, one per row: for programs, or for a person's spreadsheet."""

from __future__ import annotations

from typing import Final, Literal

from agents.language import Language
from agents.nation.observed import Observed, observed
from agents.nation.scope import Scope
from agents.nation.telling import KINDS, VERDICTS, NationTelling
from agents.pages.withheld import broken
from agents.totals.columns import COUNT, FigureColumn, figure_columns, of_indicator, table_csv
from streams.said import said

_OF_ONE_OFFICE: Final = frozenset({"raw_met", "flips", "method"})


def unit_rows(scope: Scope, reader: Language | None = None) -> str:
    """Return the figures as CSV: for programs in English, or for the spreadsheet of a `reader`."""
    rows = (each for unit in scope.units() for each in observed(scope, unit))
    return table_csv(unit_columns(scope, NationTelling(reader or Language.EN, scope.zone)), rows, reader)


def unit_columns(scope: Scope, telling: NationTelling) -> list[FigureColumn[Observed]]:
    """Return all columns of the figures of units; the subject is empty for all lines and for all counters."""
    text = telling.text

    def bound(row: Observed, end: Literal[0, 1]) -> float | None:
        return row.could_be and row.could_be[end]

    def edition(row: Observed) -> int | None:
        found = scope.edition(row.unit)
        return found and found.number

    def same(row: Observed) -> bool | None:
        found = scope.edition(row.unit)
        return None if found is None or found.number is None else found.same

    return [
        FigureColumn("kind", said("Unit"), lambda row: row.unit.kind, read=lambda row: text(KINDS[row.unit.kind])),
        FigureColumn("name", said("Name"), lambda row: row.unit.name),
        FigureColumn("label", said("Label"), lambda row: row.unit.label),
        FigureColumn("region", said("Region"), lambda row: row.unit.region),
        FigureColumn("department", said("Department"), lambda row: row.unit.department),
        FigureColumn("period", said("Period"), lambda _: scope.rolled.period.name),
        of_indicator("indicator", said("Indicator"), lambda each: each.kind, read=telling.title),
        of_indicator("subject", said("Subject"), lambda each: each.subject),
        FigureColumn("subject_label", said("Subject label"), telling.subject),
        *(
            each._replace(head=said("Unit of measure")) if each.name == "unit" else each
            for each in figure_columns(telling)
            if each.name not in _OF_ONE_OFFICE
        ),
        of_indicator("guard", said("Why it is withheld"), telling.withheld),
        FigureColumn("sites", said("Offices"), lambda row: len(row.sites), COUNT),
        FigureColumn("silent", said("Silent offices"), lambda row: len(row.silent), COUNT),
        FigureColumn("withheld", said("Desks withheld"), lambda row: len(row.withheld), COUNT),
        FigureColumn("could_be_low", said("Lower bound including withheld desks"), lambda row: bound(row, 0), "0.00%"),
        FigureColumn("could_be_high", said("Upper bound including withheld desks"), lambda row: bound(row, 1), "0.00%"),
        FigureColumn(
            "verdict",
            said("Beside the others"),
            lambda row: row.point and row.point.verdict,
            read=lambda row: row.point and row.point.verdict and text(VERDICTS[row.point.verdict]),
        ),
        FigureColumn("z", said("Deviations above the others"), lambda row: row.point and row.point.z, "0.0"),
        FigureColumn("edition", said("Edition"), edition),
        FigureColumn("edition_same", said("Still these figures"), same),
        FigureColumn(
            "integrity", said("What does not hold"), lambda row: broken(scope.breaches(row.unit), telling.language)
        ),
    ]
