"""Take new pictures of the board for the README: `make pictures`. It needs Playwright and a Chromium."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from base64 import b64decode
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from agents.board.server import Board
from agents.ports import listener
from agents.web import listening
from config.settings import DEFAULT, Settings, load
from streams.simulation.lozere import PUBLISHED_YEAR
from tests.agents.board.known import follower
from tests.pictures.played import played

HOST: Final = "127.0.0.1"
FOLDER: Final = Path(__file__).parents[2] / "docs"
WIDTH: Final = 1280  # px, as wide as a laptop's
COMPUTED: Final = 60.0  # s, for an incident to change the year


def main() -> None:
    """Write both pictures, or print one line about the missing program."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        playwright = import_module("playwright.async_api")
    except ImportError:
        sys.exit("no pictures without Playwright: .venv/bin/pip install playwright")
    if chromium is None:
        sys.exit("no pictures without a Chromium: apt-get install chromium")
    settings = load(DEFAULT, {}).model_copy(update={"clock": "event"})
    asyncio.run(_take(playwright, chromium, settings))


async def _take(playwright: Any, chromium: str, settings: Settings) -> None:
    known = played(settings)
    told = Board(settings, follower(known, time.time() + 3600, settings))
    miscount = next(
        name
        for name, each in known.history.incidents.of(settings.site).items()
        if each["verdict"] == "miscount" and each["from"].startswith(str(PUBLISHED_YEAR))
    )
    async with listening(told.app(), listener(HOST, 0)) as port, playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium)
        page = await browser.new_page(viewport={"width": WIDTH, "height": 800}, locale="en-GB", color_scheme="light")
        address = f"http://{HOST}:{port}"
        await page.goto(address)
        await _shoot(page, "wall")
        deadline = time.monotonic() + COMPUTED
        await page.goto(f"{address}/incidents/{miscount}")
        while "being computed" in await page.inner_text("main"):
            assert time.monotonic() < deadline, "what it does to the year is not computed"
            await asyncio.sleep(1)
            await page.reload()
        await _shoot(page, "incident")
        await browser.close()


async def _shoot(page: Any, name: str) -> None:
    """Write a picture of the whole page; Playwright only writes PNG, twice as large."""
    devtools = await page.context.new_cdp_session(page)
    taken = await devtools.send(
        "Page.captureScreenshot", {"format": "webp", "quality": 90, "captureBeyondViewport": True}
    )
    (FOLDER / f"{name}.webp").write_bytes(b64decode(taken["data"]))


if __name__ == "__main__":
    main()
