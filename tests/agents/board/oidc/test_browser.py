"""Signing in by a provider in a real browser; a right that is taken away decides nothing more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from agents.board.follower import Known
from tests.agents.board.browser import browsing, in_browser, opened, serving
from tests.agents.board.nation import made
from tests.agents.board.oidc.provider import CLIENT, SECRET, SIRET, FakeProvider

pytestmark = in_browser

CASE = "/sites/gard/incidents/gard-circulation-26-answered-as-lost"


def written(folder: Path, issuer: str, right: str) -> Path:
    """Write a nation of three offices in which a claim of the provider gives one right."""
    secret = folder / "client-secret"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    oidc = f"{{issuer: '{issuer}', client_id: {CLIENT}, client_secret_file: '{secret}', claim: siret}}"
    return made.written(folder, 3, f"board: {{oidc: {oidc}}}\nrights:\n- {right}\n")


def known() -> Known:
    """Return the topics of the nation, with one incident."""
    case = made.incident("gard", "circulation", "miscount", "answered-as-lost", 26)
    return made.known([site for site, _, _ in made.places(3)])._replace(history=made.history({"gard": [case]}))


def decided(page: Any) -> None:
    """Send the form of the incident."""
    page.get_by_label("Pourquoi ?").fill("un essai")
    page.locator("button[value=confirm]").click()


def test_a_person_signs_in_and_decides_until_the_right_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.board.nation.followed.LOOK_SECONDS", 3600.0)  # only a decision looks
    monkeypatch.setattr("agents.board.deciding.decision.WRITE_SECONDS", 0.5)
    provider = FakeProvider(asks=True)
    with serving(provider.app) as there, browsing() as browser:
        issuer = f"{there}/oidc"
        path = written(tmp_path, issuer, f"{{who: ['{SIRET}'], decide: [gard]}}")
        with serving(lambda: made.board(path, known()).app()) as address:
            page = opened(browser, f"{address}{CASE}", locale="fr-FR", width=1280, height=800)
            page.get_by_role("link", name="Se connecter avec 127.0.0.1").click()
            page.get_by_role("link", name="Continuer").click()
            page.wait_for_url(f"{address}{CASE}")
            assert "Anne Martin" in page.locator("#decision").inner_text()
            assert page.evaluate("document.cookie") == "", "no script reads the session"
            decided(page)
            assert "Kafka" in page.locator(".refused").inner_text(), "past the access check: the broker is down"

            written(tmp_path, issuer, f"{{who: ['{SIRET}'], see: [gard]}}")
            decided(page)
            assert "Vous pouvez consulter ce site, mais pas y décider." in page.locator("main").inner_text()
            assert page.locator("button[value=confirm]").count() == 0

            written(tmp_path, issuer, "{who: ['somebody else'], decide: [gard]}")
            page.goto(f"{address}/door")
            page.get_by_role("button", name="Se déconnecter").click()
            page.wait_for_url(f"{address}/door?state=left")
            page.goto(f"{address}/door")
            assert Axe().run(page).violations_count == 0
            assert [each for each in page.wrong if "401" not in each and "403" not in each and "503" not in each] == []
    assert len(provider.left) == 1
