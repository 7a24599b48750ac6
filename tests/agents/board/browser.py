"""A board in a thread and a real Chromium that opens it. Without Chromium or Playwright the tests are skipped."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import pytest
from aiohttp import web
from playwright import sync_api as playwright

from agents.board.follower import Follower
from agents.board.server import Board
from agents.ports import listener
from agents.web import listening
from config.settings import Settings
from tests.waiting import PATIENCE

HOST = "127.0.0.1"
# The shell is Chromium without its windows, and takes half of the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
# A container may have a small /dev/shm, and a picture of a 4K screen does not fit in.
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=f"there is no Chromium: apt install {PROGRAMS[0]}")
in_browser = [pytest.mark.browser, needs_chromium]


@contextmanager
def browsing() -> Iterator[Any]:
    """Start a Chromium for the block."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=1000 * PATIENCE)
        try:
            yield browser
        finally:
            browser.close()


def served(told: Follower, settings: Settings, port: int = 0) -> AbstractContextManager[str]:
    """Serve a board in a thread, because Playwright occupies the main one, and give its address."""
    return serving(lambda: Board(settings, told).app(), port)


@contextmanager
def serving(app: Callable[[], web.Application], port: int = 0) -> Iterator[str]:
    """Serve an application in a thread and give its address."""
    loop, ready, ended, address = asyncio.new_event_loop(), threading.Event(), asyncio.Event(), []

    async def serve() -> None:
        async with listening(app(), listener(HOST, port)) as taken:
            address.append(f"http://{HOST}:{taken}")
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE)
        loop.close()


def opened(browser: Any, path: str, *, width: int = 1920, height: int = 1080, **more: Any) -> Any:
    """Open a page, in English by default; its `wrong` collects the errors on the page."""
    page = browser.new_context(**{"viewport": {"width": width, "height": height}, "locale": "en-GB", **more}).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.goto(path)
    return page
