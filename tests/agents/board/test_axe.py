"""The axe checks on every page: both languages, light and dark screens, from a phone to 4K."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from msgspec.structs import replace

from agents.board.follower import Known
from agents.certificate import making
from agents.certificate.page import page as certificate
from agents.language import Language
from agents.totals.history import figures
from agents.translation import speaking
from config.office import Board, Decide
from config.settings import Settings
from streams.indicators.period import Period
from tests.agents.board import morning
from tests.agents.board.browser import browsing, in_browser, opened, served, serving
from tests.agents.board.known import follower, history
from tests.agents.board.nation import made as of_nation
from tests.agents.board.questions import question
from tests.agents.report.writing import written as report
from tests.agents.totals.year import PARIS, ledger, wrong

pytestmark = in_browser

# Each screen size is tested with one language, and each language in light and in dark.
SCREENS = {
    "fr": ((390, 844, "light"), (1920, 1080, "dark")),
    "en": ((1280, 800, "dark"), (3840, 2160, "light")),
}
PAGES = {
    "the wall": "/",
    "the full wall": "/?wall",
    "the incidents": "/incidents",
    "an overload": f"/incidents/{morning.DROWNS.id}",
    "a miscount": f"/incidents/{morning.WRONG.id}",
    "a decided one": f"/incidents/{wrong().id}",
    "to declare": "/declare?line=standard",
    "the callbacks": "/callbacks",
    "the calls to check": "/questions",
    "a line": "/lines/standard",
    "a line in a year": "/lines/standard?period=2013",
    "a counter": "/services/cards",
    "the coming week": "/week",
    "the years": "/years",
    "a year": "/years/2013",
    "accessibility": "/accessibility",
    "no page": "/nothing",
}
NATION = {
    "the nation": "/",
    "a region": "/regions/Occitanie",
    "a department": "/departments/Gard",
    "what awaits a decision": "/incidents",
    "who one is": "/door",
    "the nation's years": "/years",
    "a month of the nation": "/years/2013-03",
    "a month of a region": "/years/2013-03?region=Bretagne",
    "an office of a nation": "/sites/aude/",
    "incidents of an office of a nation": "/sites/aude/incidents",
}
CLOSED = "a nation's page that is closed"
UNREAD = "the wall of a closed office whose broker is away"
# This rule takes most of the time, and colours are the same in both languages.
CONTRAST = "{'color-contrast': {enabled: document.documentElement.lang === 'fr'}}"
WRITTEN = ("the report", "the certificate")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    secret = tmp_path_factory.mktemp("axe") / "secret"
    secret.write_text("cheval-juste-batterie", encoding="utf-8")
    secret.chmod(0o600)
    return morning.SETTINGS.model_copy(update={"board": Board(decide=Decide(token_file=secret))})


@pytest.fixture(scope="module")
def told() -> Known:
    """Return topics that show everything on a page: lines in every state, questions, two years, a decided incident."""
    live = morning.in_every_state()
    asked = [question("standard"), question("standard", "month", calls=7)]
    asking = {name: replace(each, questions=asked) for name, each in live.lines.items() if each.line == "standard"}
    return live._replace(
        lines={**live.lines, **asking},
        history=history(morning.DROWNS, morning.WRONG, wrong(), days=[*ledger(), *morning.days()]),
    )


@pytest.fixture(scope="module")
def address(settings: Settings, told: Known) -> Iterator[str]:
    with served(follower(told, time.time() + 600, settings), settings) as found:
        yield found


@pytest.fixture(scope="module")
def unread() -> Iterator[str]:
    """Give the address of the board of a closed office that lost its broker ten minutes ago."""
    with served(follower(morning.evening(), time.time() - 600, morning.SETTINGS), morning.SETTINGS) as found:
        yield found


@pytest.fixture(scope="module")
def written(settings: Settings, told: Known, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """Return the addresses of the pages written by commands, by name and language."""
    folder, found = tmp_path_factory.mktemp("written"), {}
    annual = figures(settings, told.history, Period.of_year(2013), date(2013, 12, 31))
    with pytest.MonkeyPatch.context() as patch:  # the records of the witnesses would need a broker
        patch.setattr(making, "slots_read", lambda _: {})
        made = making.make(settings, told.history, annual, None, {}, 0.0, None)
    for language in Language:
        with speaking(language):
            texts = report(annual, language), certificate(made, PARIS)
        for name, text in zip(WRITTEN, texts, strict=True):
            file = folder / f"{name}.{language}.html"
            file.write_text(text, encoding="utf-8")
            found[name, language.value] = file.as_uri()
    return found


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a nation's board with offices in every state and a counted month."""
    path = of_nation.written(tmp_path_factory.mktemp("nation"), 16)
    sites = [site for site, _, _ in of_nation.places(16)]
    live, offices = of_nation.known(sites), of_nation.read(path)[1]
    counted = [*of_nation.month(offices, [*sites[:8], "finistere", "morbihan"], bad="aude")]
    what = live._replace(history=of_nation.history(of_nation.told(sites), counted))
    with serving(lambda: of_nation.board(path, what, time.time() + 600).app()) as found:
        yield found


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a nation's board that asks for a secret."""
    folder = tmp_path_factory.mktemp("closed")
    secret = folder / "secret"
    secret.write_text("cheval-juste-batterie", encoding="utf-8")
    secret.chmod(0o600)
    path = of_nation.written(folder, 4, f'rights: [{{token_file: "{secret}", see: ["*"]}}]\n')
    with serving(lambda: of_nation.board(path, read_at=time.time() + 600).app()) as found:
        yield found


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", [*PAGES, UNREAD, *WRITTEN])
def test_axe_finds_nothing(
    browser: Any, address: str, unread: str, written: dict[tuple[str, str], str], name: str, language: str
) -> None:
    check(browser, address + PAGES[name] if name in PAGES else written.get((name, language), unread), language)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", [*NATION, CLOSED])
def test_axe_finds_nothing_on_the_pages_of_a_nation(
    browser: Any, nation: str, closed: str, name: str, language: str
) -> None:
    check(browser, nation + NATION[name] if name in NATION else f"{closed}/", language)


def check(browser: Any, path: str, language: str) -> None:
    page = opened(browser, path, locale=language)
    assert page.evaluate("document.documentElement.lang") == language
    page.evaluate(AXE_SCRIPT)
    for width, height, scheme in SCREENS[language]:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        found = AxeResults(page.evaluate(f"axe.run({{resultTypes: ['violations'], rules: {CONTRAST}}})"))
        assert found.violations_count == 0, f"{width}, {scheme}: {found.generate_report()}"
    page.context.close()
