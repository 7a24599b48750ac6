"""The wall in a real Chromium: its figures change as they flow; by keyboard, on every size, without a script."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from agents.board.follower import Follower
from tests.agents.board import morning
from tests.agents.board.browser import browsing, needs_chromium, opened, served
from tests.agents.board.known import follower

pytestmark = needs_chromium

SOON_MS = 3000
BIG = "#line-etrangers .huge"


@pytest.fixture
def told() -> Follower:
    return follower(morning.morning(), time.time() + 600, morning.SETTINGS)


@pytest.fixture
def address(told: Follower) -> Iterator[str]:
    with served(told, morning.SETTINGS) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as found:
        yield found


def test_its_figures_change_as_they_flow_and_only_what_changed_is_replaced(
    browser: Any, told: Follower, address: str
) -> None:
    page = opened(browser, address)
    assert page.text_content(BIG) == "19.0%"
    assert page.eval_on_selector_all(".card", "cards => cards.map(each => each.id)")[0] == "line-etrangers"
    page.evaluate("document.querySelector('#line-standard').mark = 'the same'")
    told.known = morning.later(told.known)
    page.locator(BIG, has_text="20.0%").wait_for(timeout=SOON_MS)
    assert page.evaluate("document.querySelector('#line-standard').mark") == "the same"
    first = page.eval_on_selector_all(".card", "cards => cards.map(each => each.id)")[0]
    assert first == "line-circulation", "the other is overloaded no more"
    assert page.wrong == []


def test_where_no_events_come_it_asks_by_itself(browser: Any, told: Follower, address: str) -> None:
    page = browser.new_context(locale="en-GB").new_page()
    page.route("**/events*", lambda route: route.abort())
    page.goto(address)
    told.known = morning.later(told.known)
    page.locator(BIG, has_text="20.0%").wait_for(timeout=3 * SOON_MS)


def test_without_a_script_all_is_there_and_asked_for_again(browser: Any, address: str) -> None:
    page = opened(browser, address, java_script_enabled=False)
    assert page.text_content(BIG) == "19.0%"
    assert page.locator('meta[http-equiv="refresh"]').count() == 1


def test_the_keyboard_alone_skips_to_the_content_and_opens_an_incident(browser: Any, address: str) -> None:
    page = opened(browser, address)
    page.keyboard.press("Tab")
    assert page.text_content(":focus") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.text_content(":focus") == "Real overload"
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/etrangers*")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1366, 768), (1920, 1080), (3840, 2160)])
@pytest.mark.parametrize("path", ["/", "/?wall", "/incidents", "/years", "/accessibility"])
def test_no_page_is_wider_than_its_screen(browser: Any, address: str, path: str, width: int, height: int) -> None:
    page = opened(browser, address + path, width=width, height=height)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.wrong == []


def test_a_wall_has_all_cards_of_this_office_on_one_screen(browser: Any, address: str) -> None:
    page = opened(browser, f"{address}/?wall")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('#line-etrangers .huge')).fontSize)") > 100
