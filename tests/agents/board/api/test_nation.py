"""The API of a nation: a token shows the offices it names, and sums of nothing else."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from agents.kafka import client
from streams.ledger.day import LineDay
from tests.agents.board.deciding.visiting import Visitor
from tests.agents.board.nation import made

ALL, BRITTANY = "0123456789abcdef-all", "0123456789abcdef-brittany"
TOKENS = f"""readers:
- {{name: ministry, token: {ALL}}}
- {{name: brittany, token: {BRITTANY}, see: ["region:Bretagne"]}}
"""


@pytest.fixture(autouse=True)
def no_broker_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "START_MS", 1_000)  # shutdown waits for the thread that asks for one


def visit(
    folder: Path, what: Callable[[Visitor], Awaitable[None]], more: str = "", days: Sequence[LineDay] = ()
) -> None:
    file = folder / "tokens.yaml"
    file.write_text(TOKENS, encoding="utf-8")
    file.chmod(0o600)
    board = more or f'board: {{api: {{tokens_file: "{file}"}}}}\n'
    sites = [site for site, _, _ in made.places(16)]
    told = {"finistere": [made.incident("finistere", "etrangers", "overload", "overload", 2)]}
    made.visit(made.written(folder, 16, board), what, made.known(sites)._replace(history=made.history(told, days)))


def test_a_token_shows_its_offices_and_not_that_others_exist(tmp_path: Path) -> None:
    async def look(visitor: Visitor) -> None:
        token = {"Authorization": f"Bearer {BRITTANY}"}
        sites = json.loads((await visitor.get("/api/v1/sites", **token)).text)["sites"]
        assert {each["region"] for each in sites} == {"Bretagne"}
        own = await visitor.get("/api/v1/sites/finistere/incidents", **token)
        assert [each["site"] for each in json.loads(own.text)["incidents"]] == ["finistere"]
        for path in (
            "/gard",
            "/gard/incidents",
            "/gard/lines/circulation",
            "/nowhere",
            "/nowhere/incidents",
        ):
            refused = await visitor.get(f"/api/v1/sites{path}", **token)
            assert (refused.status, refused.headers["Content-Type"]) == (403, "application/problem+json"), path
        for headers in ({}, {"Authorization": f"Bearer {BRITTANY}x"}):
            assert (await visitor.get("/api/v1/sites/finistere", **headers)).status == 401
        every = {"Authorization": f"Bearer {ALL}"}
        assert (await visitor.get("/api/v1/sites/nowhere", **every)).status == 404
        assert (await visitor.get("/api/v1/sites/gard", **every)).status == 200
        assert (await visitor.get("/sites/gard/", **every)).status == 200, "without rights all see the pages"

    visit(tmp_path, look)


@pytest.mark.slow
def test_a_sum_needs_a_token_for_all_of_its_offices(tmp_path: Path) -> None:
    async def look(visitor: Visitor) -> None:
        token, every = ({"Authorization": f"Bearer {each}"} for each in (BRITTANY, ALL))
        assert (await visitor.get("/api/v1/totals/2013-03", **token)).status == 403
        assert (await visitor.get("/api/v1/totals/2013-03?region=Occitanie", **token)).status == 404
        offered = dict[str, int]()
        for name, path, headers in (
            ("region", "/api/v1/totals/2013-03?region=Bretagne", token),
            ("region by all", "/api/v1/totals/2013-03?region=Bretagne", every),
            ("nation", "/api/v1/totals/2013-03", every),
        ):
            answer = await visitor.get(path, **headers)
            assert answer.status == 200, answer.text
            offered[name] = json.loads(answer.text)["units"][0]["all_lines"]["raw"]["offered"]
        assert 0 < offered["region"] == offered["region by all"] < offered["nation"]

    _, offices = made.read(made.written(tmp_path, 16))
    visit(tmp_path, look, days=[*made.month(offices, ["finistere", "gard"])])


def test_without_a_file_of_tokens_the_rights_of_the_pages_hold(tmp_path: Path) -> None:
    rights = """board: {decide: {header: X-Remote-User}}
rights:
- {who: [anne], see: ["region:Bretagne"]}
"""

    async def look(visitor: Visitor) -> None:
        assert (await visitor.get("/api/v1/sites")).status == 401
        assert (await visitor.get("/api/v1/sites", Authorization=f"Bearer {ALL}")).status == 401
        assert (await visitor.get("/api/v1/sites/finistere", **{"X-Remote-User": "bruno"})).status == 403
        anne = {"X-Remote-User": "anne"}
        assert (await visitor.get("/api/v1/sites/finistere", **anne)).status == 200
        assert (await visitor.get("/api/v1/sites/gard", **anne)).status == 403
        assert (await visitor.get("/api/v1/openapi.json")).status == 200

    visit(tmp_path, look, rights)


def test_a_token_opens_no_page_and_no_form(tmp_path: Path) -> None:
    file = tmp_path / "tokens.yaml"
    rights = f"""board: {{decide: {{header: X-Remote-User}}, api: {{tokens_file: "{file}"}}}}
rights:
- {{who: [anne], see: ["region:Bretagne"]}}
"""

    async def look(visitor: Visitor) -> None:
        every = {"Authorization": f"Bearer {ALL}"}
        assert (await visitor.get("/api/v1/sites/gard", **every)).status == 200
        assert (await visitor.get("/sites/gard/", **every)).status == 401
        assert (await visitor.get("/api/v1/sites/finistere", **{"X-Remote-User": "anne"})).status == 401

    visit(tmp_path, look, rights)
