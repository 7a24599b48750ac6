"""Each page is in one language, chosen by cookie or else by the browser's setting, with a link to the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.board.frame import accepted
from agents.language import Language
from config.office import Board, Signatory
from tests.agents.board.known import SETTINGS
from tests.agents.board.test_server import ask

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "fr"),
        ("de, *", "fr"),
        ("en", "en"),
        ("fr;q=0.3, en-US;q=0.4", "en"),
        ("en;q=x, fr;q=0.1", "fr"),
        ("en;q=0", "fr"),
        ("en-GB, en;q=0.1, fr;q=0.5", "en"),
    ],
)
def test_the_browser_says_which_language_it_prefers(header: str, language: str) -> None:
    assert accepted(header) == Language(language)


@pytest.mark.slow
def test_a_page_speaks_the_browsers_language_alone() -> None:
    english, french = ask("/", headers=ENGLISH)[0], ask("/")[0]
    assert '<html lang="en">' in english.text
    assert '<html lang="fr">' in french.text
    assert "miscount suspected" in english.page
    assert "erreur de comptage" not in english.page
    assert "erreur de comptage" in french.page
    assert "miscount suspected" not in french.page


def test_a_choice_holds_for_the_pages_that_follow() -> None:
    before, chosen, after = ask("/years", "/incidents?line=circulation&lang=en", "/years")
    assert ["Rapports annuels" in each.page for each in (before, after)] == [True, False]
    assert "Annual reports" in after.page
    cookie = chosen.headers["Set-Cookie"]
    assert all(each in cookie for each in ("lang=en", "HttpOnly", "SameSite=Lax"))
    assert "Set-Cookie" not in after.headers


def test_each_page_leads_to_itself_in_the_other_language_with_what_was_asked() -> None:
    (page,) = ask("/incidents?line=circulation&status=open")
    assert 'href="/incidents?line=circulation&amp;status=open&amp;lang=en"' in page.text


def test_a_language_that_is_none_of_ours_is_not_kept() -> None:
    (page,) = ask("/?lang=%3Cde%3E", headers=ENGLISH)
    assert '<html lang="en">' in page.text
    assert "Set-Cookie" not in page.headers


def test_what_is_refused_is_refused_in_one_language() -> None:
    (page,) = ask("/years/2011", headers=ENGLISH)
    assert (page.status, "Nothing was counted in 2011" in page.page) == (404, True)


def test_an_office_that_speaks_one_language_offers_no_other() -> None:
    english = Board(languages=("en",))
    (page,) = ask("/?lang=fr", settings=SETTINGS.model_copy(update={"board": english}))
    assert '<html lang="en">' in page.text
    assert "Français" not in page.text
    assert "Set-Cookie" not in page.headers


def test_pages_are_signed_by_the_office(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    office = Signatory(name="Préfecture de la Lozère", service="Responsable qualité", contact="a@b.example", logo=logo)
    (page,) = ask("/", settings=SETTINGS.model_copy(update={"office": office}))
    assert "Préfecture de la Lozère · Responsable qualité · a@b.example" in page.text
    assert '<img class="logo" src="data:image/svg+xml;base64,PHN2Z' in page.text
