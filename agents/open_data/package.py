"""The figures of a period as open data: a zip of CSV files, their schemas, and statements of quality."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from agents.csv_text import csv_text
from agents.history.incident_json import moment
from agents.language import Language
from agents.open_data.labels import labels
from agents.open_data.observations import PublishedEdition, observations
from agents.open_data.revisions import changes, revised
from agents.open_data.schema import VERSION, schemas
from agents.open_data.statement import statement
from streams.chain.breach import Breach
from streams.insight.line_sums import BrokenSum

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
    """Return the zip of an edition; `earlier` is the edition before it, which its revisions are told against."""
    before = None if earlier is None else observations(earlier, office, zone)
    rows = revised(observations(edition, office, zone, breaches), before)
    changed = None if earlier is None or before is None else changes(rows, before, edition, earlier)
    known = schemas()
    tables = {"indicateurs": rows, "revisions": changed or [], "correspondance": labels()}
    files = {f"{name}.csv": table_text(known[name], table) for name, table in tables.items()}
    files |= {f"schema-{name}.json": json_text(schema) for name, schema in known.items()}
    files["datapackage.json"] = json_text(_data_package(edition, office, zone, known))
    for language, file in STATEMENTS.items():
        files[file] = statement(edition, office, zone, language, changed, breaches, sums)
    return zipped(files)


def _data_package(
    edition: PublishedEdition, office: str, zone: ZoneInfo, known: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the description of the files together, as Frictionless Data has it (Data Package 1)."""
    annual, vintage = edition
    period = annual.period.name
    described = {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9._-]+", "-", f"indicateurs-accueil-{annual.site}-{period}".lower()),
        "title": f"Indicateurs de qualité de l'accueil du public, {office}, {period}",
        "description": f"Déclaration de qualité : {STATEMENTS[Language.FR]} ; in English: {STATEMENTS[Language.EN]}.",
        "version": VERSION if vintage is None else f"{VERSION}+{vintage.number}",
        "contributors": [{"title": office, "role": "publisher"}],
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
            for name, schema in known.items()
        ],
    }
    return described if vintage is None else {**described, "created": moment(vintage.at, zone)}


def table_text(schema: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as the CSV of a Table Schema."""
    names = [field["name"] for field in schema["fields"]]
    return csv_text([names, *([_cell(row.get(name)) for name in names] for row in rows)])


def _cell(value: Any) -> Any:  # noqa: ANN401 -- any value of a cell
    return str(value).lower() if isinstance(value, bool) else value


def json_text(document: Mapping[str, Any]) -> str:
    """Return a document as a file of JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def zipped(files: Mapping[str, str]) -> bytes:
    """Return texts as a zip, the same bytes for the same texts."""
    file = BytesIO()
    with ZipFile(file, "w") as packed:
        for name, text in files.items():
            packed.writestr(ZipInfo(name, _NO_MOMENT), text, ZIP_DEFLATED)
    return file.getvalue()
