"""The files of open data: their Table Schemas, and their columns for the documentation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from agents.open_data.columns import CHANGES, INDICATORS, DataColumn
from agents.open_data.schema import schemas

_TABLES: Final[dict[str, Sequence[DataColumn]]] = {"indicateurs": INDICATORS, "revisions": CHANGES}


def table_schemas() -> dict[str, str]:
    """Return the text of each Table Schema, by its path below `docs/`."""
    return {
        f"schemas/open-data-{name}.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas().items()
    }


def with_columns(page: str) -> str:
    r"""Return a page of the documentation with the columns of each file between that file's marks.

    >>> with_columns("<!-- revisions -->\n<!-- /revisions -->").splitlines()[2]
    '| column | type | what it holds |'
    """
    for name, columns in _TABLES.items():
        begun, (_, end, after) = page.partition(f"<!-- {name} -->\n"), page.partition(f"<!-- /{name} -->")
        page = f"{begun[0]}{begun[1]}\n{_table(columns)}\n\n{end}{after}"
    return page


def _table(columns: Sequence[DataColumn]) -> str:
    rows = [f"| `{each.name}` | {each.type}{'' if each.required else ', or empty'} | {each.says} |" for each in columns]
    return "\n".join(["| column | type | what it holds |", "|---|---|---|", *rows])
