"""The Table Schemas of the files of open data, for validation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from agents.open_data.columns import CHANGES, INDICATORS, KEY, DataColumn
from agents.open_data.labels import LABELS

VERSION: Final = "1.0.0"  # version of the columns
TABLE_SCHEMA: Final = "https://specs.frictionlessdata.io/schemas/table-schema.json"


def table_schema(name: str, title: str, says: str, columns: Sequence[DataColumn], key: Sequence[str]) -> dict[str, Any]:
    return {
        "$schema": TABLE_SCHEMA,
        "name": name,
        "title": title,
        "description": says,
        "countryCode": "FR",
        "version": VERSION,
        "fields": [column.field() for column in columns],
        "primaryKey": list(key),
        "missingValues": [""],
    }


LABELS_SCHEMA: Final = table_schema(
    "correspondance-services-publics-plus",
    "Correspondance avec Services Publics+",
    "À quel indicateur de Services Publics+ chaque indicateur correspond.",
    LABELS,
    ["indicateur"],
)


def schemas() -> dict[str, dict[str, Any]]:
    """Return the Table Schema of each file, by the file's name without its ending."""
    return {
        "indicateurs": table_schema(
            "indicateurs-accueil",
            "Indicateurs de qualité de l'accueil du public",
            "Une ligne par indicateur, objet et période : 0 si personne n'a appelé, vide si rien n'a été compté ou si "
            "la valeur n'est pas publiée, avec le motif.",
            INDICATORS,
            KEY,
        ),
        "revisions": table_schema(
            "revisions-indicateurs-accueil",
            "Révisions des indicateurs",
            "Ce qui a changé depuis l'édition précédente, une ligne par valeur modifiée.",
            CHANGES,
            KEY,
        ),
        "correspondance": LABELS_SCHEMA,
    }
