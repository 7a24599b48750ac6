"""The description is OpenAPI 3.1, every address that it names is answered as described, and no request breaks it."""

from __future__ import annotations

import json
import time
from typing import Any, Final

import hypothesis
import jsonschema
import pytest
import schemathesis

from agents.board.api.openapi import openapi
from agents.board.server import Board
from tests.agents.board.api.serving import served
from tests.agents.board.deciding.visiting import AUTUMN
from tests.agents.board.known import SETTINGS, follower, known, suspected
from tests.agents.board.test_server import ask

EXAMPLES: Final = 15  # requests of each kind to each address
OWN: Final = {"name": "circulation", "id": suspected().id, "site": "lozere"}


def described(schema: str) -> jsonschema.protocols.Validator:
    document = openapi()
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    )


@pytest.mark.slow
def test_each_schema_is_one_and_each_reference_leads_somewhere() -> None:
    document = openapi()
    for each in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(each)
    known_parts = {
        f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in document["components"][kind]
    }
    assert set(references(document)) <= known_parts


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [each for value in node.values() for each in references(value)]
    return [each for value in node for each in references(value)] if isinstance(node, list) else []


def test_the_description_names_each_address_of_the_api_and_no_other() -> None:
    app = Board(SETTINGS, follower(known(), time.time())).app()
    served_ones = {
        each.resource.canonical
        for each in app.router.routes()
        if each.resource is not None and each.resource.canonical.startswith("/api/")
    }
    kinds = {each.replace("{kind}", kind) for each in served_ones for kind in ("lines", "services", "channels")}
    assert kinds | {"/api/v1/totals/{name}"} == set(openapi()["paths"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/sites", "Sites"),
        ("/sites/lozere", "Site"),
        ("/sites/lozere/lines/circulation?period=2013-11", "Desk"),
        ("/sites/lozere/services/cartes?period=2013-11", "Desk"),
        ("/sites/lozere/totals/2013-11", "Document"),
        ("/sites/lozere/incidents", "Incidents"),
        (f"/sites/lozere/incidents/{OWN['id']}", "PublishedIncident"),
        ("/sites/nowhere", "Problem"),
    ],
)
def test_an_answer_is_as_described(path: str, schema: str) -> None:
    (answer,) = ask(f"/api/v1{path}", what=AUTUMN)
    described(schema).validate(json.loads(answer.text))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # schemathesis and its imports warn
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_no_request_that_is_made_up_is_answered_otherwise(mode: schemathesis.GenerationMode) -> None:
    tried = 0
    with served(Board(SETTINGS, follower(AUTUMN, time.time())).app()) as origin:
        schema = schemathesis.openapi.from_dict(openapi())
        schema.config.update(base_url=origin)
        for each in schema.get_all_operations():
            operation: Any = each  # a wrong description would have none
            try:
                ask_each(operation.ok(), mode)
            except hypothesis.errors.Unsatisfiable:  # nothing in this address can be wrong
                assert mode is schemathesis.GenerationMode.NEGATIVE
                continue
            tried += 1
    assert tried == len(openapi()["paths"]) if mode is schemathesis.GenerationMode.POSITIVE else tried > 0


def ask_each(operation: Any, mode: schemathesis.GenerationMode) -> None:
    """Send made-up requests; valid ones also about what the office has."""

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        case.call_and_validate()
        if mode is schemathesis.GenerationMode.POSITIVE:
            own = OWN | ({"name": "2013-11"} if "totals" in operation.path else {})
            case.path_parameters |= {name: own[name] for name in case.path_parameters}
            case.call_and_validate()

    send()
