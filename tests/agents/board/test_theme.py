"""An office's own logo in a real Chromium: it is visible, and cannot run code, fetch anything or contain links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.office import Board, Signatory
from tests.agents.board.browser import browsing, in_browser
from tests.agents.board.known import SETTINGS
from tests.agents.board.test_server import Answer, ask

pytestmark = in_browser

PAGE = "http://board.example/incidents"
ELSEWHERE = "http://elsewhere.example"
HOSTILE = f"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" onload="parent.document.title = 'run'">
<script>parent.document.title = "run"; document.title = "run"; fetch("{ELSEWHERE}/fetched")</script>
<style>@import url("{ELSEWHERE}/style.css"); rect {{ fill: url("{ELSEWHERE}/fill.svg#x") }}</style>
<image href="{ELSEWHERE}/picture.png" width="9" height="9"/>
<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="{ELSEWHERE}/frame"/></foreignObject>
<a href="{ELSEWHERE}"><rect width="40" height="20"/></a>
</svg>"""


def answered(tmp_path: Path) -> Answer:
    """Return a page of an office with a hostile logo and a colour of its own."""
    logo = tmp_path / "logo.svg"
    logo.write_text(HOSTILE, encoding="utf-8")
    board, office = Board(colour="#7a1f5c"), Signatory(name="Mairie", logo=logo)
    (found,) = ask("/incidents", settings=SETTINGS.model_copy(update={"office": office, "board": board}))
    return found


def test_a_logo_is_seen_and_nothing_in_it_runs_or_asks_an_address(tmp_path: Path) -> None:
    answer, asked = answered(tmp_path), list[str]()

    def serve(route: Any) -> None:
        asked.append(route.request.url)
        if route.request.url == PAGE:
            policy = {"Content-Security-Policy": answer.headers["Content-Security-Policy"]}
            route.fulfill(body=answer.text, content_type="text/html", headers=policy)
        else:
            route.abort()

    with browsing() as browser:
        page = browser.new_page(color_scheme="light")
        page.route("**/*", serve)
        page.goto(PAGE)
        logo = page.locator("img.logo")
        assert logo.get_attribute("alt") == "Mairie"
        assert logo.evaluate("each => [each.naturalWidth, each.naturalHeight]") == [40, 20]
        title = page.title()
        logo.click()
        page.wait_for_timeout(500)
        assert page.title() == title != "run"
        assert page.url == PAGE
        link = page.locator("footer a").evaluate("each => getComputedStyle(each).color")
        assert link == "rgb(122, 31, 92)"
    assert {each for each in asked if not each.startswith("data:")} == {PAGE}
