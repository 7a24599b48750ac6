"""The columns of the open data, in French as on schema.data.gouv.fr: a row of `columns.csv` describes each."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final, NamedTuple, get_args

from streams.indicators.kinds import IndicatorKind, SubjectKind
from streams.watch.correction import Method

CHANNELS: Final[Mapping[SubjectKind, str]] = {
    "line": "telephone",
    "service": "guichet",
    "channel": "demandes",
    "survey": "enquete",
}
KEY: Final = ("indicateur", "objet", "periode")
_EXAMPLES: Final = {"number": float, "integer": int}  # by type; all others are texts
_DEFINED: Final = {
    "IndicatorKind": get_args(IndicatorKind),
    "SubjectKind": CHANNELS.values(),
    "Method": get_args(Method),
}


class DataColumn(NamedTuple):
    name: str
    type: str
    title: str
    says: str
    example: Any
    required: bool = False
    limits: Mapping[str, Any] = {}

    def field(self) -> dict[str, Any]:
        constraints = {"required": self.required, **self.limits}
        return {
            "name": self.name,
            "title": self.title,
            "description": self.says,
            "example": self.example,
            "type": self.type,
            "constraints": constraints,
        }


def columns(file: str) -> tuple[DataColumn, ...]:
    table = files("agents").joinpath("open_data/columns.csv").read_text(encoding="utf-8").splitlines()
    return tuple(
        DataColumn(
            row["name"],
            row["type"],
            row["title"],
            row["says"],
            _EXAMPLES.get(row["type"], str)(row["example"]),
            required=bool(row["required"]),
            limits=_limits(row["values"]),
        )
        for row in csv.DictReader(table)
        if row["file"] == file
    )


def _limits(values: str) -> Mapping[str, Any]:
    """Return the constraints on values: a range, a list, or the name of a type that lists them.

    >>> _limits("0..1"), _limits("1.."), _limits("maximum|minimum")
    ({'minimum': 0, 'maximum': 1}, {'minimum': 1}, {'enum': ['maximum', 'minimum']})
    """
    least, dots, most = values.partition("..")
    if dots:
        return {"minimum": int(least)} | ({"maximum": int(most)} if most else {})
    return {"enum": list(_DEFINED.get(values, values.split("|")))} if values else {}


INDICATORS: Final = columns("indicateurs")
CHANGES: Final = (*(column for column in INDICATORS if column.name in KEY), *columns("revisions"))
