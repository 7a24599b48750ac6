"""No page is wider than a phone or a laptop, and nothing on it overlaps, with incidents of every kind and status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.agents.board import incidents
from tests.agents.board.browser import browsing, in_browser, opened, served
from tests.agents.totals.year import wrong

pytestmark = in_browser

PATHS = (
    "/",
    "/incidents",
    "/incidents?page=2",
    "/incidents?q=rien",
    f"/incidents/{quote(wrong().id)}",
    "/incidents/circulation-overload-closed",
    "/declare",
    "/callbacks",
    "/questions",
    "/week",
    "/years",
    "/lines/circulation",
    "/lines/circulation?period=2013",
    "/services/cartes?period=2013",
    "/accessibility",
)
OVER = """() => {
  const shown = [...document.querySelectorAll("main *")].filter((each) => each.checkVisibility() && !each.closest("svg, .vh, .scroll"));
  const words = shown.filter((each) => [...each.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim()));
  const out = words.filter((each) => each.getBoundingClientRect().right > innerWidth).map((each) => each.textContent.trim());
  const cut = (each) => innerWidth > 1000 && each.scrollWidth > each.clientWidth;
  out.push(...[...document.querySelectorAll("main .scroll")].filter((each) => each.checkVisibility() && cut(each)).map((each) => each.textContent));
  for (const row of document.querySelectorAll(".row")) {
    const cells = [...row.children].map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return [...range.getClientRects()];
    });
    const outer = row.getBoundingClientRect();
    cells.forEach((cell, n) => {
      const far = cell.some((one) => one.right > outer.right || one.left < outer.left);
      const on = cells.slice(n + 1).flat().some((other) => cell.some((one) => one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1));
      if (far || on) out.push(row.children[n].textContent.trim());
    });
  }
  return out;
}"""  # noqa: E501


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    settings, told = incidents.office()
    with served(told, settings) as found:
        yield found


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_screen_and_nothing_overlaps(browser: Any, address: str, width: int) -> None:
    page = opened(browser, address, width=width, height=800, locale="fr-FR")
    for path in PATHS:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(OVER) == [], path
    page.context.close()


def test_incidents_are_searched_and_sorted_without_a_script(browser: Any, address: str) -> None:
    page = opened(browser, f"{address}/incidents?status=confirmed", locale="fr-FR", java_script_enabled=False)
    page.fill("#q", "VERIFIE doublons")
    page.select_option("#sort", "begin")
    page.get_by_role("button", name="Afficher").click()
    page.wait_for_url("**/incidents?status=confirmed&q=VERIFIE+doublons&sort=begin")
    assert page.locator(".row").count() == 0
    page.fill("#q", "verifie décrochés")
    page.get_by_role("button", name="Afficher").click()
    page.wait_for_url("**q=verifie+d*")
    assert page.eval_on_selector_all(".row a", "all => all.map(each => each.getAttribute('href'))") == [
        "/incidents/circulation-answered-as-lost-confirmed"
    ]
    assert page.wrong == []
    page.context.close()
