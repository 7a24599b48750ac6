"""The figures of a period as open data: a zip of CSV files, their schemas, and statements of quality."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from agents.csv_text import csv_text
from agents.history.incident_json import moment
from agents.language import Language
from agents.open_data.disclosure import RULE
from agents.open_data.labels import labels
from agents.open_data.observations import PublishedEdition, observations
from agents.open_data.revisions import changes, revised
from agents.open_data.schema import VERSION, schemas
from agents.open_data.statement import statement
from agents.translation import Words
from streams.chain.breach import Breach
from streams.indicators.period import Period
from streams.insight.line_sums import BrokenSum

Schema: TypeAlias = Mapping[str, Any]

STATEMENTS: Final = {Language.FR: "LISEZMOI.md", Language.EN: "README.md"}
_NO_MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # so that the same figures make the same file


def package(
    edition: PublishedEdition,
    earlier: PublishedEdition | None,
    office: str,
    zone: ZoneInfo,
    breaches: Sequence[Breach] = (),
    sums: Sequence[BrokenSum] = (),
) -> bytes:
    """Return the zip of an edition; its revisions compare it with `earlier`, the edition before it."""
    before = None if earlier is None else observations(earlier, office, zone)
    rows = revised(observations(edition, office, zone, breaches), before)
    changed = None if earlier is None or before is None else changes(rows, before, edition, earlier)
    tables = {"indicateurs": rows, "revisions": changed or [], "correspondance": labels()}
    known, annual, vintage = schemas(), edition.annual, edition.vintage
    package = data_package(annual.site, office, annual.period, known)
    package["description"] += f" {Words(Language.FR)(RULE)}"
    if vintage is not None:
        package |= {"version": f"{VERSION}+{vintage.number}", "created": moment(vintage.at, zone)}
    return zipped(
        package,
        known,
        tables,
        lambda language: statement(edition, office, zone, language, changed, breaches, sums),
    )


def data_package(site: str, publisher: str, period: Period, schemas: Mapping[str, Schema]) -> dict[str, Any]:
    """Return the descriptor of the files: a Data Package 1 of Frictionless Data."""
    return {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9._-]+", "-", f"indicateurs-accueil-{site}-{period.name}".lower()),
        "title": f"Indicateurs de qualité de l'accueil du public, {publisher}, {period.name}",
        "description": f"Déclaration de qualité : {STATEMENTS[Language.FR]} ; in English: {STATEMENTS[Language.EN]}.",
        "version": VERSION,
        "contributors": [{"title": publisher, "role": "publisher"}],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "title": schema["title"],
                "path": f"{name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": f"schema-{name}.json",
            }
            for name, schema in schemas.items()
        ],
    }


def zipped(
    package: Mapping[str, Any],
    schemas: Mapping[str, Schema],
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    statement: Callable[[Language], str],
) -> bytes:
    """Return the zip of tables, their schemas and descriptor, and the statement in each language.

    The same texts always give the same bytes.
    """
    files = {f"{name}.csv": _csv(schemas[name], rows) for name, rows in tables.items()}
    files |= {f"schema-{name}.json": _json(schema) for name, schema in schemas.items()}
    files["datapackage.json"] = _json(package)
    files |= {file: statement(language) for language, file in STATEMENTS.items()}
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(ZipInfo(name, _NO_MOMENT), text, ZIP_DEFLATED)
    return content.getvalue()


def _csv(schema: Schema, rows: Sequence[Mapping[str, Any]]) -> str:
    names = [field["name"] for field in schema["fields"]]
    return csv_text([names, *([_cell(row.get(name)) for name in names] for row in rows)])


def _cell(value: Any) -> Any:  # noqa: ANN401 -- any value of a cell
    return str(value).lower() if isinstance(value, bool) else value


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
