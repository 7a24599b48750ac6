"""The wall on televisions: whatever the number of its cards, it fills each screen, is legible, and cuts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.agents.board import crowded
from tests.agents.board.browser import browsing, in_browser, opened, served

pytestmark = in_browser

SCREENS = ((1280, 720), (1366, 768), (1920, 1080), (3840, 2160))
SEEN = """() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  const size = (each) => parseFloat(getComputedStyle(each).fontSize), box = (each) => each.getBoundingClientRect();
  const cards = all(".card"), sides = cards.map(box), cut = [];
  for (const card of cards) for (const part of all("h2, p, dt, dd, .curve span", card)) {
    const inner = box(part), outer = box(card);
    const over = inner.left < outer.left || inner.right > outer.right;
    if (over || inner.top < outer.top || inner.bottom > outer.bottom) cut.push(part.textContent);
  }
  const large = (card) => all(".now dd", card).every((each) => size(each) === size(card.querySelector(".huge")));
  return {
    ids: cards.map((each) => each.id),
    cut,
    page: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
    left: Math.min(...sides.map((each) => each.left)),
    right: Math.max(...sides.map((each) => each.right)),
    bottom: Math.max(...sides.map((each) => each.bottom)),
    smallest: Math.min(...all("main *:not(.vh)").filter((each) => each.innerText && !each.children.length).map(size)),
    large: cards.every(large),
    sign: all("#pages span").map((each) => each.textContent).join(),
  };
}"""  # noqa: E501


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as found:
        yield found


@pytest.mark.parametrize(
    ("lines", "services", "troubled", "pages"), [(1, 0, 0, 1), (4, 1, 2, 1), (12, 0, 0, 1), (12, 6, 4, 4)]
)
def test_the_cards_fill_every_screen_and_nothing_is_cut(
    browser: Any, lines: int, services: int, troubled: int, pages: int
) -> None:
    settings, told = crowded.office(lines, services, troubled)
    with served(told, settings) as address:
        page = opened(browser, f"{address}/?wall", locale="fr-FR", reduced_motion="reduce")
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("fit()")
            last, ids = page.evaluate("pages.length"), []
            assert last <= pages
            for number in range(last):
                seen = page.evaluate(SEEN)
                ids += seen["ids"]
                assert seen["cut"] == []
                assert seen["page"] == [width, height]
                assert seen["left"] < 0.04 * width
                assert seen["right"] > 0.96 * width
                assert 0.93 * height < seen["bottom"] <= height
                assert seen["smallest"] >= 14 * height / 720
                assert seen["large"], "who waits, and how long, is as large as the rate"
                assert seen["sign"] == ("" if last == 1 else f"page {number + 1} sur {last}")
                if last > 1:
                    page.get_by_role("button", name="Suivante").click()
            assert sorted(ids) == sorted(f"{'line' if each[0] == 'l' else 'service'}-{each}" for each in names(told))
        assert page.wrong == []
        page.context.close()


def names(told: Any) -> list[str]:
    return [each.rpartition("/")[2] for each in (*told.known.lines, *told.known.services)]


def test_what_is_too_much_for_one_screen_turns_its_pages_unless_somebody_is_there(browser: Any) -> None:
    settings, told = crowded.office(12, 6, 4)
    with served(told, settings) as address:
        page = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB").new_page()
        page.clock.install()
        page.goto(f"{address}/?wall")
        sign, last = page.locator("#pages span"), page.evaluate("pages.length")
        seen = [sign.text_content()]
        for _ in range(last):
            page.clock.fast_forward(12_000)
            seen.append(sign.text_content())
            assert page.locator(".clock").is_visible()
        assert seen == [f"page {number % last + 1} of {last}" for number in range(last + 1)]
        page.mouse.move(200, 200)
        page.clock.fast_forward(13_000)
        assert sign.text_content() == seen[-1], "somebody is there"
        page.context.close()


def test_on_a_screen_too_small_for_a_single_card_the_wall_scrolls(browser: Any) -> None:
    settings, told = crowded.office(2)
    with served(told, settings) as address:
        page = opened(browser, f"{address}/?wall", width=500, height=200)
        assert page.evaluate("document.documentElement.scrollHeight") > 200
        assert page.locator(".card").count() == page.locator(".card:visible").count() == 2
        page.context.close()
