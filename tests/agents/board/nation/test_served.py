"""Access to offices and decisions by right, on every page of a real board."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from agents.board.deciding import decision
from agents.board.deciding.door import MOST_TRIES
from agents.kafka import client
from tests.agents.board.deciding.visiting import HOST, Visitor
from tests.agents.board.nation import made
from tests.waiting import PATIENCE

SECRET = "cheval-juste-batterie"
CASE = "finistere-etrangers-2-overload"
OPEN = ("/metrics", "/healthz", "/accessibility", "/door")
OF_ALL = ("/", "/events", "/incidents", "/incidents/now?site=gard&line=standard", "/nothing")
OF_GARD = (
    "/sites/gard",
    "/sites/gard/",
    "/sites/gard/?wall",
    "/sites/gard/events",
    "/sites/gard/incidents",
    "/sites/gard/incidents/now?line=circulation",
    "/sites/gard/incidents/gard-circulation-26-answered-as-lost",
    "/sites/gard/declare",
    "/sites/gard/callbacks",
    "/sites/gard/questions",
    "/sites/gard/years",
    "/sites/gard/years/2013?format=csv",
    "/sites/gard/lines/circulation?format=json",
    "/sites/gard/metrics",
    "/sites/gard/healthz",
    "/sites/gard/accessibility",
    "/sites/gard/nothing",
)


@pytest.fixture
def nation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a nation with rights and return its file: ten offices in Occitanie, four in Bretagne, two elsewhere."""
    monkeypatch.setattr(decision, "WRITE_SECONDS", 0.5)
    monkeypatch.setattr(client, "START_MS", 1_000)  # shutdown waits for the thread that writes
    secret = tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    rights = f"""board: {{decide: {{header: X-Remote-User}}}}
rights:
- {{who: [chef], see: ["*"]}}
- {{who: [anne], see: ["region:Bretagne"], decide: [finistere]}}
- {{who: [bruno], see: [gard, "department:Aude"]}}
- {{token_file: "{secret}", decide: [gard]}}
"""
    return made.written(tmp_path, 16, rights)


def visit(nation: Path, what: Callable[[Visitor], Awaitable[None]]) -> None:
    sites = [site for site, _, _ in made.places(16)]
    known = made.known(sites)
    told = {"finistere": [made.incident("finistere", "etrangers", "overload", "overload", 2)]}
    told |= {"gard": [made.incident("gard", "circulation", "miscount", "answered-as-lost", 26)]}
    made.visit(nation, what, known._replace(history=made.history(told)))


def test_who_is_not_known_sees_nothing_on_any_page(nation: Path) -> None:
    async def look(visitor: Visitor) -> None:
        for path in (*OF_ALL, *OF_GARD, "/sites/nowhere/", "/regions/Bretagne", "/regions/Bretagne/events"):
            page = await visitor.get(path)
            assert page.status == 401, path
            assert "Identifiez-vous pour voir cette page." in page.words, path
            assert "Préfecture" not in page.words, path
            assert page.headers["Content-Security-Policy"], path
        for path in ("/sites/gard/declare", "/sites/gard/callbacks", f"/sites/finistere/incidents/{CASE}"):
            assert (await visitor.send(path, {"token": "x", "decision": "dismiss"})).status == 401
        for path in OPEN:
            assert (await visitor.get(path)).status == 200, path
        assert "gard" in (await visitor.get("/metrics")).text

    visit(nation, look)


@pytest.mark.parametrize("name", ["", "inconnue", "Chef", "chef, anne", "*", "region:Bretagne"])
def test_a_name_without_a_right_sees_nothing_and_is_told_so(nation: Path, name: str) -> None:
    async def look(visitor: Visitor) -> None:
        for path in (*OF_ALL, *OF_GARD):
            page = await visitor.get(path, **{"X-Remote-User": name})
            assert page.status == (403 if name else 401), path
            assert "Préfecture" not in page.words, path

    visit(nation, look)


def test_a_header_that_comes_twice_names_nobody(nation: Path) -> None:
    async def look(visitor: Visitor) -> None:
        for names in (("chef", "anne"), ("chef", "chef")):
            head = "".join(f"X-Remote-User: {name}\r\n" for name in names)
            assert await asked(visitor, "/sites/gard/", head) == 401
        assert await asked(visitor, "/sites/gard/", "X-Remote-User: chef\r\n") == 200

    visit(nation, look)


def test_a_right_shows_the_offices_it_names_and_sums_of_nothing_else(nation: Path) -> None:
    async def look(visitor: Visitor) -> None:
        anne = {"X-Remote-User": "anne"}
        home = await visitor.get("/", **anne)
        assert home.status == 200
        for name in ("Finistère", "Morbihan", "Côtes-d'Armor", "Ille-et-Vilaine"):
            assert f"Préfecture {name}" in home.words
        for hidden in ("Gard", "Paris", "Occitanie"):
            assert hidden not in home.words
        assert "Les sommes ne sont affichées que si vous avez accès à tous les sites" in home.words
        assert "appels dans l'heure" not in home.words
        region = await visitor.get("/regions/Bretagne", **anne)
        assert "appels dans l'heure" in region.words
        for hidden in ("/regions/Occitanie", "/departments/Gard", "/regions/nowhere"):
            page = await visitor.get(hidden, **anne)
            assert page.status == 404
            assert "Aucun site de" in page.words
        for path in (*OF_GARD, "/sites/nowhere/"):
            page = await visitor.get(path, **anne)
            assert page.status == 403, path
            assert "Vous n'avez pas le droit de voir cette page." in page.words
            assert "Gard" not in page.words
        assert "Gard" not in (await visitor.get("/incidents", **anne)).words
        assert "Finistère" in (await visitor.get("/incidents", **anne)).words
        assert (await visitor.get("/sites/morbihan/", **anne)).status == 200

    visit(nation, look)


def test_of_a_region_that_is_seen_in_part_there_is_no_sum(nation: Path) -> None:
    async def look(visitor: Visitor) -> None:
        home = await visitor.get("/", **{"X-Remote-User": "bruno"})
        assert "Préfecture Gard" in home.words
        assert "Préfecture Aude" in home.words
        assert "Lozère" not in home.words
        assert "pas de somme" in home.words
        region = await visitor.get("/regions/Occitanie", **{"X-Remote-User": "bruno"})
        assert "appels dans l'heure" not in region.words
        department = await visitor.get("/departments/Gard", **{"X-Remote-User": "bruno"})
        assert "appels dans l'heure" in department.words

    visit(nation, look)


def test_who_sees_all_is_told_what_is_not_there(nation: Path) -> None:
    async def look(visitor: Visitor) -> None:
        chef = {"X-Remote-User": "chef"}
        assert "appels dans l'heure" in (await visitor.get("/", **chef)).words
        for path in ("/sites/nowhere/", "/nothing", "/sites/gard/nothing"):
            assert (await visitor.get(path, **chef)).status == 404, path

    visit(nation, look)


@pytest.mark.slow
def test_who_may_decide_in_one_office_decides_in_no_other(nation: Path) -> None:
    async def decide(visitor: Visitor) -> None:
        anne, mine = {"X-Remote-User": "anne"}, f"/sites/finistere/incidents/{CASE}"
        page = await visitor.get(mine, **anne)
        form = {**page.form, "decision": "dismiss", "note": "un essai"}
        assert "Vous décidez sous le nom" in page.words or "anne" in page.words
        assert (await visitor.send(mine, form, **anne)).status == 503  # past the access check: the broker is down
        other = await visitor.get("/sites/morbihan/declare", **anne)
        assert "Vous pouvez consulter ce site, mais pas y décider." in other.words
        assert '<form method="post" action="/sites/morbihan/declare"' not in other.text
        made_for = await visitor.get("/sites/finistere/declare", **anne)
        declared = {**made_for.form, "line": "standard", "from": "2013-11-12T09:00", "to": "2013-11-12T10:00"}
        refused = await visitor.send("/sites/morbihan/declare", {**declared, "note": "un essai"}, **anne)
        assert refused.status == 403
        assert "mais pas y décider" in refused.words
        assert (await visitor.send("/sites/morbihan/callbacks", {**made_for.form, "called": "x"}, **anne)).status == 403
        assert (await visitor.send("/sites/gard/declare", declared, **anne)).status == 403
        answered = {**made_for.form, "standard/1": "wrong"}
        assert (await visitor.send("/sites/morbihan/questions", answered, **anne)).status == 403
        mine_to_check = await visitor.get("/sites/finistere/questions", **anne)
        assert (mine_to_check.status, "Vérifier quelques appels" in mine_to_check.words) == (200, True)
        bruno = await visitor.get(
            "/sites/gard/incidents/gard-circulation-26-answered-as-lost", **{"X-Remote-User": "bruno"}
        )
        assert "mais pas y décider" in bruno.words

    visit(nation, decide)


def test_a_form_of_another_page_or_person_decides_nothing_below_an_office_either(nation: Path) -> None:
    async def attack(visitor: Visitor) -> None:
        anne, mine = {"X-Remote-User": "anne"}, f"/sites/finistere/incidents/{CASE}"
        form = {**(await visitor.get(mine, **anne)).form, "decision": "dismiss", "note": "un essai"}
        for origin in ("", "null", "http://evil.example"):
            assert (await visitor.send(mine, form, Origin=origin, **anne)).status == 403
        assert (await visitor.send(mine, {**form, "token": "x"}, **anne)).status == 403
        assert (await visitor.send(mine, form, **{"X-Remote-User": "chef"})).status == 403
        assert (await visitor.get(mine, Host="evil.example", **anne)).status == 421

    visit(nation, attack)


@pytest.mark.slow
def test_a_secret_opens_what_its_right_names_whatever_name_is_typed(nation: Path) -> None:
    async def enter(visitor: Visitor) -> None:
        closed = await visitor.get("/sites/gard/incidents")
        form = closed.form
        assert form["to"] == "/sites/gard/incidents"
        wrong = await visitor.send("/door", {**form, "who": "chef", "secret": "nothing-of-the-kind"})
        assert wrong.status == 403
        assert "nothing-of-the-kind" not in wrong.text
        entered = await visitor.send("/door", {**form, "who": "chef", "secret": SECRET})
        assert (entered.status, entered.headers["Location"]) == (303, "/sites/gard/incidents")
        cookie = entered.headers["Set-Cookie"]
        assert all(part in cookie for part in ("Path=/", "HttpOnly", "SameSite=Strict"))
        assert (await visitor.get("/sites/gard/incidents")).status == 200
        assert (await visitor.get("/sites/aude/")).status == 403
        home = await visitor.get("/")
        assert "Préfecture Gard" in home.words
        assert "Préfecture Aude" not in home.words
        may = await visitor.get("/sites/gard/incidents/gard-circulation-26-answered-as-lost")
        decided = {**may.form, "decision": "confirm", "note": "un essai"}
        path = "/sites/gard/incidents/gard-circulation-26-answered-as-lost"
        assert (await visitor.send(path, decided)).status == 503  # past the access check
        told = await visitor.get("/door")
        assert "Vous voyez : Préfecture Gard" in told.words
        left = await visitor.send("/leave", {"token": told.form["token"]})
        assert (left.status, left.headers["Location"]) == (303, "/door")
        assert (await visitor.get("/sites/gard/incidents")).status == 401

    visit(nation, enter)


def test_a_session_outlives_other_rights_and_not_its_own(nation: Path) -> None:
    text = nation.read_text("utf-8")

    def rule(rights: str) -> None:
        nation.write_text(rights, "utf-8")

    async def enter(visitor: Visitor) -> None:
        form = (await visitor.get("/door")).form
        await visitor.send("/door", {**form, "who": "claire", "secret": SECRET})
        declared = (await visitor.get("/sites/gard/declare")).form
        rule(text.replace('- {who: [chef], see: ["*"]}\n', "").replace("decide: [gard]", "see: [gard]"))
        refused = await visitor.send("/sites/gard/declare", declared)
        assert (refused.status, "mais pas y décider" in refused.words) == (403, True)
        assert (await visitor.get("/sites/gard/")).status == 200
        rule(text[: text.index("- {token_file")])
        assert (await visitor.send("/sites/gard/declare", declared)).status == 401, "its secret is no longer one"

    visit(nation, enter)


def test_only_wrong_secrets_wait_at_the_door(nation: Path) -> None:
    async def guess(visitor: Visitor) -> None:
        form = (await visitor.get("/door")).form
        for _ in range(MOST_TRIES):
            assert (await visitor.send("/door", {**form, "who": "x", "secret": "a-wrong-one-of-many"})).status == 403
        waits = await visitor.send("/door", {**form, "who": "x", "secret": "a-wrong-one-of-many"})
        assert waits.status == 429
        assert "Retry-After" in waits.headers
        entered = await visitor.send("/door", {**form, "who": "claire", "secret": SECRET})
        assert (entered.status, entered.headers["Location"]) == (303, "/")

    visit(nation, guess)


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/door", "/a\r\nb: c"],
)
def test_the_door_leads_to_no_page_of_others(nation: Path, to: str) -> None:
    async def enter(visitor: Visitor) -> None:
        form = (await visitor.get("/door")).form
        entered = await visitor.send("/door", {**form, "to": to, "who": "claire", "secret": SECRET})
        assert (entered.status, entered.headers["Location"]) == (303, "/")

    visit(nation, enter)


def test_no_writing_of_a_path_leads_past_a_right(nation: Path) -> None:
    tricks = (
        "/sites/finistere/../gard/",
        "/sites/finistere/%2e%2e/gard/incidents",
        "/sites/finistere%2f..%2fgard/",
        "/sites/finistere/..%2fgard/incidents",
        "/sites/gard%2F",
        "/sites/%67ard/",
        "/sites//gard/",
        "//sites/gard/",
        "/sites/GARD/",
        "/sites/gard;finistere/",
        "/sites/finistere/;/sites/gard/",
        "/sites/gard%00/",
        "/sites/gard%20/",
        "/sites/gard/%2e%2e/finistere/",
        "/metrics/../sites/gard/",
        "/door/../sites/gard/",
        "/%6detrics/../sites/gard/",
        "http://127.0.0.1/sites/gard/",
    )

    async def look(visitor: Visitor) -> None:
        for path in tricks:
            status, body = await answer(visitor, path, "X-Remote-User: anne\r\n")
            assert status in {400, 403, 404}, path
            assert "circulation" not in body, path
            status, body = await answer(visitor, path, "")
            assert status in {400, 401, 404}, path

    visit(nation, look)


@pytest.mark.slow
def test_an_open_wall_of_who_may_look_no_more_is_closed(nation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.board.stream.ALIVE_SECONDS", 0.5)

    async def listen(visitor: Visitor) -> None:
        form = (await visitor.get("/door")).form
        await visitor.send("/door", {**form, "who": "claire", "secret": SECRET})
        own = visitor._client
        async with own.get(f"{visitor.origin}/sites/gard/events") as site, own.get(f"{visitor.origin}/events") as all_:
            for stream in (site, all_):
                assert stream.status == 200
                row = await stream.content.readline()
                assert row.startswith(b"data: ")
            assert "lozere" not in json.dumps(row.decode())
            told = await visitor.get("/door")
            await visitor.send("/leave", {"token": told.form["token"]})
            for stream in (site, all_):
                async with asyncio.timeout(PATIENCE):
                    await stream.content.read()  # to its end
        async with own.get(f"{visitor.origin}/sites/gard/events") as refused:
            assert refused.status == 401

    visit(nation, listen)


def test_without_rights_all_see_all_and_decide_as_before(tmp_path: Path) -> None:
    async def look(visitor: Visitor) -> None:
        for path in ("/", "/incidents", "/sites/gard/", "/regions/Occitanie"):
            page = await visitor.get(path)
            assert page.status == 200
            assert "/door" not in page.text
        shown = await visitor.get("/sites/gard/declare")
        assert "board.decide" in shown.words

    made.visit(made.written(tmp_path, 6), look)


async def asked(visitor: Visitor, path: str, head: str) -> int:
    return (await answer(visitor, path, head))[0]


async def answer(visitor: Visitor, path: str, head: str) -> tuple[int, str]:
    """Send a request exactly as given: no client normalizes its path first."""
    port = urlsplit(visitor.origin).port
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n{head}\r\n".encode())
    await writer.drain()
    said = (await reader.read()).decode(errors="replace")
    writer.close()
    return int(said.split(" ", 2)[1]), said
