"""The page of a line in a real Chromium without JavaScript: choose a period by its dates and download the view."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.agents.board import morning
from tests.agents.board.browser import browsing, in_browser, opened, served
from tests.agents.board.known import follower

pytestmark = in_browser


@pytest.fixture
def page() -> Iterator[Any]:
    told = follower(morning.morning(), time.time() + 600, morning.SETTINGS)
    with served(told, morning.SETTINGS) as address, browsing() as browser:
        yield opened(browser, f"{address}/lines/etrangers", java_script_enabled=False)


def test_a_period_is_chosen_by_its_dates_and_the_view_is_downloaded(page: Any) -> None:
    page.fill("#from", "2013-11-04")
    page.fill("#to", "2013-11-12")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/lines/etrangers?from=2013-11-04&to=2013-11-12")
    assert page.get_by_role("img", name="calls over time").count() == 1, "of the wide and the narrow curve one is shown"
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert saved.value.suggested_filename == "lozere-etrangers-2013-11-04-2013-11-12.csv"
    assert page.wrong == []
