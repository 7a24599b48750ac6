"""The documents below `docs/` that the code writes: `python -m agents.schemas` writes them, nobody edits them."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from agents.nation.document import UnitsDocument
from agents.schemas.asyncapi import asyncapi
from agents.schemas.json_schema import KINDS, schema, schema_of
from agents.schemas.open_data import table_schemas, with_columns

DOCS = Path(__file__).parents[2] / "docs"


def documents() -> dict[str, str]:
    """Return the text of each generated file under its path below `docs/`."""
    told = {kind: schema(kind) for kind in KINDS} | {"nation-totals": schema_of("nation-totals", UnitsDocument)}
    schemas = {
        f"schemas/{kind}.json": json.dumps(each, indent=2, ensure_ascii=False) + "\n" for kind, each in told.items()
    }
    return {
        **schemas,
        **table_schemas(),
        "open-data.md": with_columns((DOCS / "open-data.md").read_text(encoding="utf-8")),
        "asyncapi.yaml": yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=110),
    }


def write_documents(docs: Path = DOCS) -> None:
    """Write every document below a folder."""
    for path, text in documents().items():
        file = docs / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
