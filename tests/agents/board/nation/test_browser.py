"""A nation's page and wall in a real browser: the figure leads, tables are whole, and the wall fits its screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.agents.board.browser import browsing, in_browser, serving
from tests.agents.board.nation import made

pytestmark = in_browser

ROWS = "[...document.querySelectorAll('.dense tbody tr')].map(row => row.offsetHeight)"
CUT = "[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth).length"
SIZES = """[...document.querySelectorAll('main *')].filter(each => each.offsetHeight)
    .map(each => [parseFloat(getComputedStyle(each).fontSize), each.className])"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(lambda: made.board(made.written(tmp_path_factory.mktemp("nation"))).app()) as found:
        yield found


@pytest.mark.parametrize("locale", ["fr-FR", "en-GB"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1366, 768), (1920, 1080), (3840, 2160)])
def test_a_wall_fits_its_screen_and_its_largest_type_is_the_lost_rate(
    browser: Any, address: str, locale: str, width: int, height: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, locale=locale)
    page.goto(f"{address}/?wall")
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == 0
    assert max(page.evaluate(SIZES))[1] == "huge"
    page.close()


@pytest.mark.parametrize("locale", ["fr-FR", "en-GB"])
def test_on_a_laptop_no_table_is_cut_and_a_row_is_a_line_high(browser: Any, address: str, locale: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720}, locale=locale)
    page.goto(address)
    assert page.evaluate(CUT) == 0
    assert max(page.evaluate(ROWS)) < 40
    assert max(page.evaluate(SIZES))[1] == "huge"
    page.close()


def test_no_page_is_wider_than_a_phone(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="fr-FR")
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()
