"""The figures of a nation as open data: a row for each unit, indicator and subject, with their schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from agents.language import Language
from agents.nation.observed import Observed, observed, of_all_lines
from agents.nation.scope import Scope
from agents.nation.telling import SUMS, NationTelling
from agents.open_data.columns import INDICATORS, columns
from agents.open_data.labels import labels
from agents.open_data.observations import NOBODY, NOT_COUNTED, about, figure_columns, period_columns
from agents.open_data.package import data_package, zipped
from agents.open_data.schema import LABELS_SCHEMA, table_schema
from agents.open_data.statement import head, heading, shown_plainly, statuses
from agents.pages import words
from agents.pages.withheld import broken
from streams.rollup.unit import UnitKind

MESHES: Final[Mapping[UnitKind, str]] = {
    "nation": "nationale",
    "region": "regionale",
    "department": "departementale",
    "site": "site",
}
UNITS_KEY: Final = ("maille", "unite_nom", "indicateur", "objet", "periode")
_ALL: Final = "tous"  # the subject of a figure over all lines or all counters
_NOT_OF_UNITS: Final = frozenset(
    {"site", "organisme", "compte_du", "compte_au", "methode", "rupture", "edition_date", "revision"}
)

_VERDICTS: Final = {"alike": "comme_les_autres", "above": "au_dessus", "below": "en_dessous"}
UNITS: Final = (
    *columns("unites"),
    *(column for column in INDICATORS if column.name not in _NOT_OF_UNITS and column.name != "date_arret"),
    *columns("sommes"),
    *(column for column in INDICATORS if column.name == "date_arret"),
)


def units_schemas() -> dict[str, dict[str, Any]]:
    """Return the Table Schema of each file, by the file's name without its ending."""
    return {
        "indicateurs": table_schema(
            "indicateurs-accueil-par-maille",
            "Indicateurs de qualité de l'accueil du public, par maille",
            "Une ligne par maille, unité, indicateur et objet : des sommes de comptages, jamais des moyennes de taux.",
            UNITS,
            UNITS_KEY,
        ),
        "correspondance": LABELS_SCHEMA,
    }


def units_observations(scope: Scope) -> list[dict[str, Any]]:
    """Return a row for each figure of a unit and of the units within it; 0 if nobody called, None if unknown."""
    telling = NationTelling(Language.FR, scope.zone)
    return [_row(scope, each, telling) for unit in scope.units() for each in observed(scope, unit)]


def units_package(scope: Scope) -> bytes:
    """Return the zip: the figures, their schemas, and statements of quality in both languages."""
    known, name = units_schemas(), scope.name or "national"
    package = data_package(name, name, scope.rolled.period, known)
    tables = {"indicateurs": units_observations(scope), "correspondance": labels()}
    return zipped(package, known, tables, partial(units_statement, scope))


def _row(scope: Scope, each: Observed, telling: NationTelling) -> dict[str, Any]:
    unit, of, edition = each.unit, each.indicator, scope.edition(each.unit)
    bounds = each.could_be
    return {
        "maille": MESHES[unit.kind],
        "unite_nom": unit.name or "national",
        "unite_libelle": unit.label or "national",
        "region": unit.region,
        "departement": unit.department,
        **about(of, telling),
        "objet": of.subject or _ALL,
        "objet_libelle": telling.subject(each),
        **period_columns(scope.rolled.period),
        **figure_columns("", of.corrected, nothing=not each.days),
        **figure_columns("_brute", of.raw, nothing=not each.days),
        "borne_basse": of.corrected.low,
        "borne_haute": of.corrected.high,
        "statut": of.corrected.status if each.days else "O",
        "qualite": telling.text(words.STATUSES[of.corrected.status] if each.days else NOT_COUNTED),
        "statut_brut": of.raw.status if each.days else "O",
        "couverture": of.coverage if each.days else None,
        "objectif_atteint": of.corrected.met,
        "motif": _why_not(each, telling),
        "edition": edition.number if edition is not None and edition.same else None,
        "integrite": broken(scope.breaches(unit), Language.FR),
        "sites": len(each.sites),
        "sites_silencieux": len(each.silent),
        "lignes_non_publiees": len(each.withheld),
        "avec_non_publie_minimum": bounds and bounds.low,
        "avec_non_publie_maximum": bounds and bounds.high,
        "comparaison": each.point and each.point.verdict and _VERDICTS[each.point.verdict],
        "ecart_type": each.point and each.point.z,
        "date_arret": scope.rolled.today,
    }


def _why_not(each: Observed, telling: NationTelling) -> str | None:
    if each.indicator.corrected.value is not None:
        return None
    if not each.days:
        return telling.text(NOT_COUNTED)
    return telling.withheld(each.indicator) or telling.text(NOBODY[each.indicator.of])


def units_statement(scope: Scope, language: Language) -> str:
    return "\n".join(_parts(scope, NationTelling(language, scope.zone))) + "\n"


def _parts(scope: Scope, telling: NationTelling) -> Iterator[str]:
    text, whole = telling.text, of_all_lines(scope, scope.unit)
    yield from head(scope.name or text("All offices"), scope.rolled.period, scope.rolled.today, telling)
    yield from heading(text("How it is counted"))
    yield from (f"- {text(sentence)}" for sentence in SUMS)
    yield from heading(text("What is missing"))
    missing = telling.trouble(scope, whole)
    for sentence in missing:
        yield f"- {shown_plainly(sentence)}"
    withheld = telling.withheld_rows(scope)
    for row in withheld:
        yield f"- {shown_plainly(f'{row.unit.label}, {row.desk}')}{text.colon}{row.reason}."
    if not missing and not withheld:
        yield text("Nothing is withheld, and no office is silent.")
    yield from statuses(text)
