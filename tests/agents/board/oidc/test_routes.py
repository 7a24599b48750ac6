"""Signing in to a board by a real provider: every answer of it is checked, and no wrong one signs anybody in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from structlog.testing import capture_logs
from yarl import URL

from agents.board.nation.followed import FollowedOffices
from agents.board.server import Board as BoardServer
from agents.ports import listener
from agents.web import listening
from config.office import Board, Oidc
from config.offices import OfficeFiles
from config.rights import AccessRight
from config.settings import Settings
from tests.agents.board.deciding.visiting import AUTUMN, HOST, Visitor
from tests.agents.board.known import SETTINGS, follower
from tests.agents.board.nation import made
from tests.agents.board.oidc.provider import CLIENT, SECRET, SIRET, FakeProvider, parameters

INCIDENTS = "/incidents"
RIGHTS = {"siret": (SIRET,), "groups": ("qualite",), "email": ("anne.martin@lozere.example",)}


def secret(folder: Path) -> Path:
    """Write the file of the client's secret and return it."""
    file = folder / "client-secret"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    file.chmod(0o600)
    return file


def office(folder: Path, issuer: str, claim: str, who: tuple[str, ...]) -> Settings:
    """Return an office whose rights are given by a claim of a provider."""
    oidc = Oidc(
        issuer=issuer, client_id=CLIENT, client_secret_file=secret(folder), scope=f"openid {claim}", claim=claim
    )
    rights = (AccessRight(who=who, decide=("*",)),)
    hosts = ("127.0.0.1", "localhost", "tocsin.prefecture.example")
    return SETTINGS.model_copy(update={"board": Board(oidc=oidc, hosts=hosts), "rights": rights})


def visit(
    folder: Path,
    provider: FakeProvider,
    what: Callable[[Visitor], Awaitable[None]],
    claim: str = "siret",
    who: tuple[str, ...] = (),
) -> None:
    """Let a visitor use the board of an office whose provider is another server."""

    async def run() -> None:
        async with listening(provider.app(), listener(HOST, 0)) as there:
            settings = office(folder, f"http://{HOST}:{there}/oidc", claim, who or RIGHTS[claim])
            app, jar = (
                BoardServer(settings, follower(AUTUMN, time.time(), settings)).app(),
                aiohttp.CookieJar(unsafe=True),
            )
            async with listening(app, listener(HOST, 0)) as port, aiohttp.ClientSession(cookie_jar=jar) as client:
                await what(Visitor(client, port))

    asyncio.run(run())


async def step(visitor: Visitor, path: str, **headers: str) -> tuple[int, str, list[str]]:
    """Return the status, the address and the cookies of an answer, without following it."""
    address = path if path.startswith("http") else visitor.origin + path
    async with visitor._client.get(address, headers=headers, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), answer.headers.getall("Set-Cookie", [])


@pytest.mark.parametrize(("algorithm", "claim"), [("RS256", "siret"), ("ES256", "groups"), ("RS256", "email")])
def test_a_person_signs_in_decides_and_signs_out_everywhere(tmp_path: Path, algorithm: str, claim: str) -> None:
    provider = FakeProvider(algorithm=algorithm)

    async def use(visitor: Visitor) -> None:
        closed = await visitor.get(INCIDENTS)
        assert closed.status == 401
        assert f"Se connecter avec {urlsplit(visitor.origin).hostname}" in closed.words
        assert "/door/oidc?to=%2Fincidents" in closed.text
        page = await visitor.get("/door/oidc?to=/incidents")
        assert page.status == 200
        me = await visitor.get("/door")
        assert "Anne Martin" in me.words
        assert "Vous pouvez décider ici." in me.words
        form = (await visitor.get("/declare")).form
        assert (await visitor.send("/declare", form)).status == 400, "past the access check: the form is empty"
        assert (await visitor.send("/declare", form, Origin="http://evil.example")).status == 403
        assert (await visitor.send("/declare", {**form, "token": "x"})).status == 403
        left = await visitor.send("/leave", {"token": me.form["token"]})
        assert "Vous êtes déconnecté ici" in left.words
        assert (await visitor.get(INCIDENTS)).status == 401
        (away,) = {each for each in left.text.split('"') if "id_token_hint" in each and each.startswith("http")}
        status, back, _ = await step(visitor, away.replace("&amp;", "&"))
        assert (status, back) == (302, f"{visitor.origin}/door?state=left")

    visit(tmp_path, provider, use, claim)
    assert provider.left[0]["client_id"] == CLIENT


WRONG = {
    "away": (503, "ne répond pas"),
    "garbage": (502, "pas conforme"),
    "renamed": (502, "L'émetteur annoncé"),
    "in clear": (502, "pas conforme"),
    "state": (403, "n'a pas commencé dans ce navigateur"),
    "mixed up": (403, "autre émetteur"),
    "denied": (403, "a refusé la connexion"),
    "error": (502, "signale une erreur"),
    "client": (502, "vérifiez board.oidc.client_id"),
    "late": (403, "son code a déjà servi"),
    "unsigned": (403, "absente ou invalide"),
    "public key as a secret": (403, "absente ou invalide"),
    "stranger": (403, "absente ou invalide"),
    "issuer": (403, "autre émetteur"),
    "audience": (403, "autre client"),
    "audiences": (403, "autre client"),
    "nonce": (403, "une autre connexion"),
    "no subject": (403, "deux personnes différentes"),
    "expired": (403, "diffèrent de 7200 s"),
    "future": (403, "diffèrent de 600 s"),
    "userinfo unsigned": (403, "absente ou invalide"),
    "userinfo for others": (403, "autre client"),
    "other person": (403, "deux personnes différentes"),
    "no claim": (403, "n'a pas transmis « email »"),
    "unverified": (403, "n'a pas vérifié votre adresse"),
}


@pytest.mark.slow
def test_no_wrong_answer_of_the_provider_signs_anybody_in(tmp_path: Path) -> None:
    provider = FakeProvider()

    async def use(visitor: Visitor) -> None:
        for wrong, (status, said) in WRONG.items():
            provider.wrong = wrong
            visitor._client.cookie_jar.clear()
            page = await visitor.get("/door/oidc?to=/incidents")
            assert (page.status, said in page.words) == (status, True), (wrong, page.status, page.words)
            assert "/door/oidc?to=" in page.text, "the way to try again"
            assert (await visitor.get(INCIDENTS)).status == 401, wrong
        provider.wrong = ""
        assert (await visitor.get("/door/oidc?to=/incidents")).status == 200, "and nothing is left of it"

    # The board keeps the metadata for minutes; here it asks each time.
    with pytest.MonkeyPatch.context() as patched, capture_logs() as logged:
        patched.setattr("agents.board.oidc.provider.KEPT_SECONDS", -1.0)
        visit(tmp_path, provider, use, "email")
    failed = [each for each in logged if each["event"] == "a sign-in failed"]
    assert len(failed) == len(WRONG) - 1, "a return without its cookie is not logged"
    hidden = {SECRET, *(each[name] for each in provider.asked for name in ("state", "nonce", "code_challenge"))}
    assert not [each for each in hidden if each in str(logged)]
    assert "eyJ" not in str(logged), "no token"


def test_a_provider_that_sends_its_claims_as_json_is_accepted(tmp_path: Path) -> None:
    provider = FakeProvider()
    provider.wrong = "plain"

    async def use(visitor: Visitor) -> None:
        assert (await visitor.get("/door/oidc?to=/incidents")).status == 200

    visit(tmp_path, provider, use)


def test_a_person_without_a_right_sees_nothing_and_learns_what_the_provider_sent(tmp_path: Path) -> None:
    async def use(visitor: Visitor) -> None:
        page = await visitor.get("/door/oidc?to=/incidents")
        assert page.status == 403
        assert f"Le fournisseur d'identité a transmis : {SIRET}" in page.words
        assert "Ce nom n'a aucun droit" in page.words
        form = page.form
        assert (await visitor.send("/declare", form)).status == 403

    visit(tmp_path, FakeProvider(), use, who=("somebody else",))


def test_the_rights_in_the_file_of_a_single_office_apply_to_the_next_decision(tmp_path: Path) -> None:
    file = made.written(tmp_path, 1).parent / "sites" / "lozere.yaml"
    text = file.read_text("utf-8")

    def rule(issuer: str, right: str) -> OfficeFiles:
        oidc = f"{{issuer: '{issuer}', client_id: {CLIENT}, client_secret_file: '{secret(tmp_path)}', claim: siret}}"
        file.write_text(f"{text}board: {{oidc: {oidc}}}\nrights:\n- {right}\n", "utf-8")
        return OfficeFiles(file, {})

    async def run() -> None:
        async with listening(FakeProvider().app(), listener(HOST, 0)) as there:
            issuer = f"http://{HOST}:{there}/oidc"
            files = rule(issuer, f"{{who: ['{SIRET}'], decide: [lozere]}}")
            offices = files.load()
            settings = offices.office(None)
            told = follower(AUTUMN, time.time(), settings)
            app, jar = (
                BoardServer(settings, told, FollowedOffices(files, offices)).app(),
                aiohttp.CookieJar(unsafe=True),
            )
            async with listening(app, listener(HOST, 0)) as port, aiohttp.ClientSession(cookie_jar=jar) as client:
                visitor = Visitor(client, port)
                form = (await visitor.get("/door/oidc?to=/declare")).form
                assert (await visitor.send("/declare", form)).status == 400, "past the access check: the form is empty"
                rule(issuer, f"{{who: ['{SIRET}'], see: [lozere]}}")
                refused = await visitor.send("/declare", form)
                assert (refused.status, "mais pas y décider" in refused.words) == (403, True)
                rule(issuer, "{who: [other], decide: [lozere]}")
                assert (await visitor.send("/declare", form)).status == 403
                assert (await visitor.get(INCIDENTS)).status == 403

    asyncio.run(run())


def test_a_sign_in_belongs_to_one_browser_and_one_time(tmp_path: Path) -> None:
    async def use(visitor: Visitor) -> None:
        status, away, (cookie,) = await step(visitor, "/door/oidc?to=/incidents")
        assert status == 303
        assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"))
        _, back, _ = await step(visitor, away)
        async with aiohttp.ClientSession() as other, other.get(back) as stolen:
            assert stolen.status == 403
            assert "tocsin" not in other.cookie_jar.filter_cookies(stolen.url)
        forged = back.replace(parameters(back)["state"], "é" * 64)
        assert (await step(visitor, forged))[0] == 403
        assert (await step(visitor, back))[0] == 403, "a wrong return ends the attempt"
        _, away, _ = await step(visitor, "/door/oidc?to=//evil.example")
        _, back, _ = await step(visitor, away)
        status, to, _ = await step(visitor, back)
        assert (status, to) == (303, "/")
        assert (await step(visitor, back))[0] == 403, "a code is used once"

    visit(tmp_path, FakeProvider(), use)


def test_each_sign_in_has_a_new_session_and_ends_the_one_before(tmp_path: Path) -> None:
    async def use(visitor: Visitor) -> None:
        jar = visitor._client.cookie_jar

        def known() -> str:
            return jar.filter_cookies(URL(visitor.origin))["tocsin"].value

        jar.update_cookies({"tocsin": "an-id-that-somebody-planted"}, URL(visitor.origin))
        await visitor.get("/door/oidc")
        first = known()
        assert first != "an-id-that-somebody-planted"
        await visitor.get("/door/oidc")
        assert known() != first
        async with aiohttp.ClientSession(cookies={"tocsin": first}) as old, old.get(visitor.origin + INCIDENTS) as page:
            assert page.status == 401

    visit(tmp_path, FakeProvider(), use)


def test_over_tls_cookies_belong_to_this_host_alone(tmp_path: Path) -> None:
    provider, host = FakeProvider(), {"Host": "tocsin.prefecture.example"}

    async def use(visitor: Visitor) -> None:
        _, away, (cookie,) = await step(visitor, "/door/oidc", **host)
        name, _, value = cookie.partition(";")[0].partition("=")
        assert (name, "Secure" in cookie) == ("__Host-tocsin-sign-in", True)
        assert parameters(away)["redirect_uri"] == "https://tocsin.prefecture.example/door/oidc/back"
        _, back, _ = await step(visitor, away)
        path = back.removeprefix("https://tocsin.prefecture.example")
        status, _, cookies = await step(visitor, path, **host, Cookie=f"{name}={value}")
        assert status == 303
        (session,) = (each for each in cookies if each.startswith("__Host-tocsin="))
        assert all(part in session for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        id_ = session.partition(";")[0].partition("=")[2]
        assert (await step(visitor, INCIDENTS, **host, Cookie=f"__Host-tocsin={id_}"))[0] == 200
        assert (await step(visitor, INCIDENTS, **host, Cookie=f"tocsin={id_}"))[0] == 401, "another host could set it"

    visit(tmp_path, provider, use)


def test_without_a_provider_there_is_no_way_to_one() -> None:
    async def run() -> None:
        settings = SETTINGS.model_copy(update={"board": Board()})
        app = BoardServer(settings, follower(AUTUMN, time.time(), settings)).app()
        async with listening(app, listener(HOST, 0)) as port, aiohttp.ClientSession() as client:
            for path in ("/door/oidc", "/door/oidc/back?code=x&state=y"):
                assert (await Visitor(client, port).get(path)).status == 404

    asyncio.run(run())
