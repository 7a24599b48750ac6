"""A nation's page and wall in a real browser: the figure leads, tables are whole, and the wall fits its screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agents.board.browser import browsing, in_browser, opened, serving
from tests.agents.board.nation import made
from tests.agents.board.test_television import SCREENS
from tests.waiting import until

pytestmark = in_browser

ROWS = "[...document.querySelectorAll('.dense tbody tr')].map(row => row.offsetHeight)"
CUT = "[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth).length"
SEEN = """() => {
  const shown = (selector, within = document) => [...within.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  const box = (each) => each.getBoundingClientRect(), panels = shown(".panel"), cut = [];
  for (const panel of panels) for (const part of shown("h2, p, li, td, th", panel)) {
    const inner = box(part), outer = box(panel);
    if (inner.left < outer.left || inner.right > outer.right || inner.bottom > outer.bottom) cut.push(part.textContent);
  }
  const words = shown("main *:not(.vh)").filter((each) => each.innerText && !each.children.length);
  return {
    cut, page: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
    bottom: Math.max(...panels.map((each) => box(each).bottom)), right: Math.max(...panels.map((each) => box(each).right)),
    smallest: Math.min(...words.map((each) => parseFloat(getComputedStyle(each).fontSize))),
    rows: [shown("#units tbody tr").length, document.querySelectorAll("#units tbody tr").length],
    above: box(document.querySelector(".skip")).bottom,
    rest: shown(".rest").map((each) => each.textContent).join(),
  };
}"""  # noqa: E501
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
@pytest.mark.parametrize("offices", [3, 39, 156])
def test_a_wall_fills_each_screen_is_legible_cuts_nothing_and_leads_with_the_lost_rate(
    browser: Any, tmp_path: Path, locale: str, offices: int
) -> None:
    with serving(lambda: made.board(made.written(tmp_path, offices)).app()) as address:
        page = opened(browser, f"{address}/?wall", locale=locale, reduced_motion="reduce")
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("fit()")
            seen = page.evaluate(SEEN)
            assert seen["cut"] == []
            assert seen["page"] == [width, height]
            assert seen["above"] <= 0, "the link for the keyboard shows only if it has the focus"
            assert seen["right"] > 0.96 * width
            assert 0.93 * height < seen["bottom"] <= height
            assert seen["smallest"] >= 14 * height / 720
            assert max(page.evaluate(SIZES))[1] == "huge"
            left_out = seen["rows"][1] - seen["rows"][0]
            assert left_out == (int(seen["rest"].rpartition(" ")[2]) if seen["rest"] else 0)
            assert left_out == 0 or offices > 39
        assert page.wrong == []
        page.context.close()


def test_a_wall_takes_the_news(browser: Any, tmp_path: Path) -> None:
    board = made.board(made.written(tmp_path, 3))
    with serving(board.app) as address:
        page = opened(browser, f"{address}/?wall")
        until(
            lambda: page.evaluate("streaming"), lambda: "the wall does not stream"
        )  # page.wait_for_function needs eval
        page.context.close()


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
