"""Every word on a page is in the chosen language, read in a real Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from agents.language import Language
from config.office import Signatory
from config.settings import Settings
from streams.certificate.coverage import Absence, Check, CheckedShare
from streams.chain.breach import Breach
from streams.said import said
from tests.agents.board import morning
from tests.agents.board.browser import browsing, in_browser, served
from tests.agents.board.known import follower
from tests.agents.report.writing import written
from tests.agents.totals.year import edition, wrong, year
from tests.agents.vocabulary import foreign, vocabulary

pytestmark = in_browser

# Every text that is shown or read aloud: of elements, pictures and their alternatives.
READ: Final = """() => {
    const found = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const held = walker.currentNode.parentElement;
        if (!held.closest('script, style, code, [lang]:not(html)')) found.push(walker.currentNode.data);
    }
    for (const each of document.querySelectorAll('[title], [aria-label], [alt], [placeholder]'))
        for (const name of ['title', 'aria-label', 'alt', 'placeholder'])
            if (each.hasAttribute(name)) found.push(each.getAttribute(name));
    return found.join(' ');
}"""
BREACH: Final = Breach(
    kind="day-changed",
    subject="circulation 2013-09-03",
    says=said("a closed day, changed since vintage {number} of {period}", number=1, period="2013"),
)
SILENT: Final = Settings(site="lozere", office=Signatory(publish_notes=False))  # without text of its own
PATHS: Final = ("/", "/lines/standard", "/callbacks", "/incidents", "/years/2013", "/accessibility")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def board() -> Iterator[str]:
    with served(follower(morning.morning(), time.time() + 600, morning.SETTINGS), morning.SETTINGS) as address:
        yield address


def checked() -> list[CheckedShare]:
    """Return every check, each silent for every possible reason."""
    silent = dict.fromkeys(get_args(Absence), 1)
    return [CheckedShare(check, "open slots", len(silent) + 1, 1, silent) for check in get_args(Check)]


@pytest.mark.parametrize("language", Language)
def test_the_report_of_a_year_is_in_one_language(browser: Any, language: Language, tmp_path: Path) -> None:
    told = [wrong(), wrong(id="circulation-20130902T000000Z-other", status="open", decisions=[])]
    page = written(
        year(*told),
        language,
        edition(*told),
        settings=SILENT,
        breaches=[BREACH],
        checked={"circulation": checked()},
    )
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    opened = browser.new_page()
    opened.goto((tmp_path / "report.html").as_uri())
    assert opened.get_attribute("html", "lang") == language
    read = opened.evaluate(READ)
    assert len(read.split()) > 500, "it is the whole report"
    assert not foreign(read, language)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_the_board_is_in_one_language(browser: Any, board: str, path: str, language: Language) -> None:
    opened = browser.new_context(locale=language).new_page()
    assert opened.goto(f"{board}{path}").ok
    assert opened.get_attribute("html", "lang") == language
    assert not foreign(opened.evaluate(READ), language)


def test_a_word_of_the_other_language_is_found() -> None:
    assert foreign("Taux d'appels perdus, withheld: the coverage", Language.FR) == {"withheld", "the", "coverage"}
    assert foreign("Lost-call rate: non publié", Language.EN) == {"non", "publié"}
    assert all(len(known) > 500 for known in vocabulary().values())
