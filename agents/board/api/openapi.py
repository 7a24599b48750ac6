"""The description of the API as OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from agents.board.api.answers import ROOT
from agents.board.year_routes import NAMES
from agents.desk_view.incidents import INCIDENT_STATUSES
from agents.history.incident_schema import PublishedIncident
from agents.nation.document import UnitsDocument
from agents.totals.document import Document

Json: TypeAlias = dict[str, Any]

PAGE: Final = 100  # incidents of a page, unless asked otherwise
MOST: Final = 1_000  # of a page
_SCHEMA: Final = "#/components/schemas/{name}"
_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer", "minimum": 1}
_TEXTS: Final = {"type": "object", "additionalProperties": _TEXT}
_MAYBE: Final = {"type": ["string", "null"]}
_DAY: Final = {"type": "string", "format": "date"}
_FIGURES: Final = {"type": ["object", "null"], "description": "Counts and rates; null if withheld or not counted."}


class _Parameter(NamedTuple):
    """A part of an address, with a value that an office of the examples has."""

    name: str
    says: str
    schema: Json
    example: object = None
    in_path: bool = False

    def described(self) -> Json:
        found: Json = {
            "name": self.name,
            "in": "path" if self.in_path else "query",
            "required": self.in_path,
            "description": self.says,
            "schema": self.schema,
        }
        return found if self.example is None else {**found, "example": self.example}


_SITE: Final = _Parameter("site", "The office's id.", _TEXT, "lozere", in_path=True)
_NAME: Final = _Parameter("name", "The id of a line, service or channel.", _TEXT, "circulation", in_path=True)
_PERIOD: Final = _Parameter(
    "name", "A year, quarter or month.", {"type": "string", "pattern": f"^{NAMES}$"}, "2013", in_path=True
)
_STRETCH: Final = (
    _Parameter("period", "A day, ISO week, month, quarter or year; by default today.", _TEXT, "2013-11"),
    _Parameter("from", "In place of period: the first day.", _DAY),
    _Parameter("to", "The last day, included.", _DAY),
)
_LISTED: Final = (
    _Parameter("status", "Only incidents with this status.", {"type": "string", "enum": [*INCIDENT_STATUSES]}),
    _Parameter("limit", "Most incidents of a page.", {**_NUMBER, "maximum": MOST, "default": PAGE}),
    _Parameter("after", "The last incident of the page before, as in `next`.", _TEXT),
)
_UNIT: Final = (
    _Parameter("region", "Only the offices of this region.", _TEXT),
    _Parameter("department", "Only the offices of this department.", _TEXT),
)


class _Operation(NamedTuple):
    """What an address answers."""

    id: str
    says: str
    schema: str
    parameters: tuple[_Parameter, ...] = ()

    def described(self) -> Json:
        refusals = {"401": "Unknown", "403": "Forbidden", "404": "Missing", "503": "Unread"}
        if self.parameters:
            refusals["400"] = "Wrong"
        return {
            "operationId": self.id,
            "summary": self.says,
            "parameters": [each.described() for each in self.parameters],
            "responses": {
                "200": {
                    "description": "The answer.",
                    "headers": {"ETag": {"description": "For If-None-Match.", "schema": _TEXT}},
                    "content": {"application/json": {"schema": {"$ref": _SCHEMA.format(name=self.schema)}}},
                },
                "304": {"description": "The client has this answer already (If-None-Match)."},
                **{status: {"$ref": f"#/components/responses/{name}"} for status, name in sorted(refusals.items())},
            },
        }


_OFFICE: Final = f"{ROOT}/sites/{{site}}"
_OPERATIONS: Final[Mapping[str, _Operation]] = {
    f"{ROOT}/openapi.json": _Operation("description", "This description; it needs no token.", "Description"),
    f"{ROOT}/sites": _Operation("sites", "The offices that the token may see.", "Sites"),
    _OFFICE: _Operation("site", "An office and its lines, services and channels.", "Site", (_SITE,)),
    **{
        f"{_OFFICE}/{kind}/{{name}}": _Operation(
            kind, f"One of the {kind} over a period, raw beside corrected.", "Desk", (_SITE, _NAME, *_STRETCH)
        )
        for kind in ("lines", "services", "channels")
    },
    f"{_OFFICE}/totals/{{name}}": _Operation(
        "totals",
        "The indicators of an office, as `tocsin totals --format json` writes them.",
        "Document",
        (_SITE, _PERIOD, _Parameter("vintage", "The edition to answer with.", _NUMBER)),
    ),
    f"{_OFFICE}/incidents": _Operation("incidents", "Incidents, the latest first.", "Incidents", (_SITE, *_LISTED)),
    f"{_OFFICE}/incidents/{{id}}": _Operation(
        "incident",
        "An incident with its evidence and decisions.",
        "PublishedIncident",
        (_SITE, _Parameter("id", "The incident's id.", _TEXT, in_path=True)),
    ),
    f"{ROOT}/totals/{{name}}": _Operation(
        "nation",
        "The sums of several offices, for tokens that may see all of these. One office alone has none.",
        "UnitsDocument",
        (_PERIOD, *_UNIT),
    ),
}


def openapi() -> Json:
    """Return the description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tocsin",
            "version": "1.0.0",
            "description": "What the board's pages show, as JSON. Fields may be added; a field that is removed or "
            "changed makes a new version in the address.",
        },
        "security": [{"token": []}, {}],
        "paths": {address: {"get": each.described()} for address, each in _OPERATIONS.items()},
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of `board.api.tokens_file`. Without this file, the API shows what the "
                    "pages show to the same client.",
                }
            },
            "responses": {
                "Wrong": _refusal("A parameter is wrong."),
                "Unknown": _refusal("The token is missing or unknown."),
                "Forbidden": _refusal("The token does not give the right to see this office or sum."),
                "Missing": _refusal("There is no such office, desk, period or incident."),
                "Unread": _refusal("The data is not read, or the figures are not computed yet: try again."),
            },
            "schemas": {**_own_schemas(), **_schemas_of_structs()},
        },
    }


def _refusal(says: str) -> Json:
    schema = {"$ref": _SCHEMA.format(name="Problem")}
    return {"description": says, "content": {"application/problem+json": {"schema": schema}}}


def _schemas_of_structs() -> Json:
    structs = (Document, UnitsDocument, PublishedIncident)
    _, components = msgspec.json.schema_components(structs, ref_template=_SCHEMA)
    return {**components}


def _own_schemas() -> Json:
    """Return the schemas of answers that have no struct."""
    site = _SCHEMA.format(name="Site")
    incident = _SCHEMA.format(name="PublishedIncident")
    return {
        "Problem": _object(type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT),
        "Description": {"type": "object"},
        "Sites": _object(sites={"type": "array", "items": {"$ref": site}}),
        "Site": _object(
            site=_TEXT,
            name=_TEXT,
            region=_MAYBE,
            department=_MAYBE,
            timezone=_TEXT,
            lines=_TEXTS,
            services=_TEXTS,
            channels=_TEXTS,
            href=_TEXT,
        ),
        "Incidents": _object(incidents={"type": "array", "items": {"$ref": incident}}, next=_MAYBE),
        "Desk": _object(
            site=_TEXT,
            kind={"enum": ["lines", "services", "channels"]},
            name=_TEXT,
            **{"from": _DAY, "to": _DAY, "until": _MAYBE, "grain": _TEXT},
            raw=_FIGURES,
            corrected=_FIGURES,
            usual={"type": ["object", "null"]},
            **{key: {"type": "array", "items": {"type": "object"}} for key in ("compared", "curve", "week", "hours")},
            incidents={"type": "array", "items": _TEXT},
        ),
    }


def _object(**properties: Any) -> Json:  # noqa: ANN401 -- schemas
    """Return the schema of an object that has all of these properties, and perhaps others."""
    return {"type": "object", "properties": properties, "required": [*properties]}
