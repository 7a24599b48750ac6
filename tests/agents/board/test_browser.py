"""The wall in a real Chromium: live figures, by keyboard, at every size, without JavaScript."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from agents.board import stream
from agents.board.follower import Follower
from tests.agents.board import morning
from tests.agents.board.browser import browsing, in_browser, opened, served
from tests.agents.board.known import follower
from tests.waiting import PATIENCE

pytestmark = in_browser

BIG = "#line-etrangers .huge"


@pytest.fixture
def told() -> Follower:
    return follower(morning.morning(), time.time() + 600, morning.SETTINGS)


@pytest.fixture
def address(told: Follower) -> Iterator[str]:
    with served(told, morning.SETTINGS) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browsing() as found:
        yield found


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    yield chromium
    for each in chromium.contexts:  # an open wall keeps its stream open
        each.close()


def test_its_figures_change_as_they_flow_and_only_what_changed_is_replaced(
    browser: Any, told: Follower, address: str
) -> None:
    page = opened(browser, address)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.text_content(BIG) == "19.0%"
    assert page.eval_on_selector_all(".card", "cards => cards.map(each => each.id)")[0] == "line-etrangers"
    page.evaluate("document.querySelector('#line-standard').mark = 'the same'")
    told.known = morning.later(told.known)
    page.locator(BIG, has_text="20.0%").wait_for()
    assert [each for each in asked if "/events?" not in each] == [], "only the stream brings them"
    assert page.evaluate("document.querySelector('#line-standard').mark") == "the same"
    first = page.eval_on_selector_all(".card", "cards => cards.map(each => each.id)")[0]
    assert first == "line-circulation", "the other is overloaded no more"
    assert page.wrong == []


def test_where_no_events_come_it_asks_by_itself(browser: Any, told: Follower, address: str) -> None:
    page = browser.new_context(locale="en-GB").new_page()
    page.route("**/events*", lambda route: route.abort())
    page.goto(address)
    told.known = morning.later(told.known)
    page.locator(BIG, has_text="20.0%").wait_for(timeout=1000 * PATIENCE)


def test_where_the_stream_is_cut_it_asks_by_itself_and_listens_again_later(
    browser: Any, told: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(told, morning.SETTINGS) as address:
        page = opened(browser, address)
        page.clock.install()
        statuses: list[int] = []
        page.on("response", lambda answer: statuses.append(answer.status) if "/events" in answer.url else None)
    told.known = morning.later(told.known)
    monkeypatch.setattr(stream, "MOST_WALLS", 0)
    with served(told, morning.SETTINGS, int(address.rpartition(":")[2])):
        page.locator(BIG, has_text="20.0%").wait_for()
        while 503 not in statuses:  # otherwise the stream may open before the test waits for it
            page.wait_for_timeout(100)
        monkeypatch.undo()
        with page.expect_response(lambda answer: "/events" in answer.url and answer.status == 200):
            page.clock.fast_forward(30_000)


def test_a_board_that_is_away_is_told_since_when_and_comes_back_by_itself(browser: Any, told: Follower) -> None:
    with served(told, morning.SETTINGS) as address:
        page = opened(browser, address)
        page.clock.install()
        heard = page.evaluate("new Date().toTimeString().slice(0, 5)")
    assert page.locator("#lost").is_hidden()
    page.clock.fast_forward(20_000)
    page.locator("#lost").wait_for()
    said = f"The board has not answered since {heard}: these figures are stale."
    assert page.text_content("#lost") in {said, said.replace(heard, page.evaluate("written(seen)"))}
    assert page.evaluate("getComputedStyle(cards).filter") == "grayscale(1)"
    with served(told, morning.SETTINGS, int(address.rpartition(":")[2])):
        page.locator("#lost").wait_for(state="hidden")
        assert page.evaluate("getComputedStyle(cards).filter") == "none"


def test_a_broker_that_is_away_is_told_since_when_and_the_wall_goes_on_with_it(
    browser: Any, told: Follower, address: str
) -> None:
    page = opened(browser, address)
    told.read = time.time() - 300
    page.get_by_text("Kafka has not answered since").wait_for()
    assert page.evaluate("getComputedStyle(cards).filter") == "grayscale(1)", "no colour tells of now"
    told.read, told.known = time.time() + 600, morning.later(told.known)
    page.locator(BIG, has_text="20.0%").wait_for()
    assert page.text_content("#trouble") == ""
    assert page.evaluate("getComputedStyle(cards).filter") == "none"


def test_without_a_script_all_is_there_and_the_page_loads_itself_anew(
    browser: Any, told: Follower, address: str
) -> None:
    page = opened(browser, address, java_script_enabled=False)
    assert page.text_content(BIG) == "19.0%"
    assert page.locator("#lost").is_hidden()
    told.known = morning.later(told.known)
    page.locator(BIG, has_text="20.0%").wait_for()


def test_the_keyboard_alone_skips_to_the_content_and_opens_an_incident(browser: Any, address: str) -> None:
    page = opened(browser, address)
    page.keyboard.press("Tab")
    assert page.text_content(":focus") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    for words in ("2 incidents to review", "to call back", "Étrangers", "Real overload"):
        page.keyboard.press("Tab")
        assert page.text_content(":focus") == words
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/etrangers*")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1366, 768), (1920, 1080), (3840, 2160)])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?wall",
        "/incidents",
        "/callbacks",
        "/questions",
        "/week",
        "/years",
        "/years/2013",
        "/accessibility",
        "/lines/circulation",
        "/services/cartes?period=2013",
    ],
)
def test_no_page_is_wider_than_its_screen(browser: Any, address: str, path: str, width: int, height: int) -> None:
    for locale in ("en-GB", "fr-FR"):
        page = opened(browser, address + path, width=width, height=height, locale=locale)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.wrong == []


def size(page: Any, what: str) -> float:
    """Return the displayed font size (px)."""
    return float(page.eval_on_selector(what, "found => parseFloat(getComputedStyle(found).fontSize)"))


def test_type_grows_with_the_screen_and_what_is_troubled_is_larger(browser: Any, address: str) -> None:
    phone, screen, huge = (
        opened(browser, f"{address}/", width=width, height=width * 9 // 16) for width in (390, 1920, 3840)
    )
    assert size(huge, BIG) > 1.9 * size(screen, BIG) > 3.8 * 32
    assert size(screen, BIG) > 1.5 * size(screen, "#line-standard .huge"), "calm cards are small"
    assert size(phone, BIG) > 24
    assert min(size(page, ".fact dt") for page in (phone, screen, huge)) >= 14


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_office_stands_on_one_row_of_a_laptop(browser: Any, address: str, language: str) -> None:
    page = opened(browser, f"{address}/?lang={language}", width=1280, height=800)
    when, facts = (page.locator(f".office .{each}").bounding_box() for each in ("when", "facts"))
    assert facts["x"] >= when["x"] + when["width"]
    assert facts["height"] < 60, "none of the figures has wrapped"
    assert when["height"] < 100


def test_the_full_wall_fills_its_screen_and_the_tab_key_brings_the_menu_back(browser: Any, address: str) -> None:
    page = opened(browser, f"{address}/?wall", reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert size(page, BIG) > 60
    menu = page.locator("nav.top")
    assert menu.bounding_box()["y"] < 0
    for _ in range(8):
        page.keyboard.press("Tab")
    assert page.text_content(":focus") == "Leave the full screen"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert menu.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
