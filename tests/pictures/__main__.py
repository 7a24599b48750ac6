"""Take the pictures of the README and of the French guides: `make pictures`. It needs Playwright and a Chromium."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tempfile
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

import typst

from agents.board.follower import Known
from agents.board.server import Board
from agents.history.review import review
from agents.ports import listener
from agents.web import listening
from config.office import Decide
from config.settings import DEFAULT, Settings, load
from streams.events import Review
from streams.simulation.lozere import PUBLISHED_YEAR
from tests.agents.board.known import follower
from tests.pictures.played import Played
from tests.waiting import PATIENCE

HOST: Final = "127.0.0.1"
FOLDER: Final = Path(__file__).parents[2] / "docs"
BEING_COMPUTED: Final = "being computed|calcul (est )?en cours"
PROXY: Final = "X-Remote-User"  # the header that names who decides
WHO: Final = "Claire Martin"
WHY: Final = "Logiciel contrôlé avec son éditeur : depuis le 3 juin, il comptait des appels décrochés comme perdus."
DECIDED: Final = datetime(2014, 10, 1, 7, 10, tzinfo=UTC)
MARGIN: Final = 12  # px, on each side
FIRST_PAGE: Final = '#set page(margin: 0pt, width: auto, height: auto)\n#image("it.pdf", page: 1, width: 595pt)'


class Picture(NamedTuple):
    """A part of a page of the board, or the first page of a PDF, as a file of `docs/`."""

    file: str
    path: str  # of the page; MISCOUNT is replaced by the id of the published year's incident
    parts: tuple[str, ...] = ("body",)  # selectors; the picture is as large as all of these elements
    width: int = 1120  # px, of the browser
    locale: str = "fr-FR"
    quality: int = 60
    scale: float = 0.75  # of the browser's pixels: a guide's column is narrow


README: Final = (
    Picture("wall", "/", width=1280, locale="en-GB", quality=90, scale=1.0),
    Picture("incident", "/incidents/MISCOUNT", width=1280, locale="en-GB", quality=90, scale=1.0),
)
BEFORE: Final = (
    Picture("fr/mur", "/", (".top", "main")),
    Picture("fr/carte", "/", ("#line-circulation",)),
    Picture("fr/ligne", "/lines/etrangers", (".top", ".sides", "main > section.panel"), width=1360),
    Picture("fr/rappels", "/callbacks", (".top", "main")),
    Picture("fr/verifier", "/questions", (".top", "main > .panel", ".question:nth-of-type(1)")),
    Picture("fr/incidents", "/incidents?status=open", (".top", "main"), width=1360),
    Picture("fr/incident", "/incidents/MISCOUNT", (".top", "main")),
    Picture("fr/decision", "/incidents/MISCOUNT", ("#decision",)),
)
AFTER: Final = (
    Picture("fr/decide", "/incidents/MISCOUNT", ("#decision", "[aria-labelledby=decisions]")),
    Picture("fr/annees", "/years", (".top", "main")),
    Picture("fr/circulation", f"/years/{PUBLISHED_YEAR}", ("#telephone-circulation",)),
    Picture("fr/rapport", f"/years/{PUBLISHED_YEAR}?format=pdf"),
    Picture("fr/affiche", f"/years/{PUBLISHED_YEAR}?format=notice"),
)


def main() -> None:
    """Write all pictures, or name the missing program in a line."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        playwright = import_module("playwright.async_api")
    except ImportError:
        sys.exit("no pictures without Playwright: .venv/bin/pip install playwright")
    if chromium is None:
        sys.exit("no pictures without a Chromium: apt-get install chromium")
    settings = load(DEFAULT, {})
    board = settings.board.model_copy(update={"decide": Decide(header=PROXY)})
    asyncio.run(_take(playwright, chromium, settings.model_copy(update={"clock": "event", "board": board})))


async def _take(playwright: Any, chromium: str, settings: Settings) -> None:
    played = Played(settings)
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        await _shoot(browser, settings, played, (*README, *BEFORE))
        played.decide(_decision(settings, _miscount(settings, played.known())))
        await _shoot(browser, settings, played, AFTER)
        await browser.close()


def _decision(settings: Settings, miscount: str) -> Review:
    """Return the confirmation of the miscount of the published year."""
    return review(settings, "confirm", WHO, incident=miscount, note=WHY, at=DECIDED)


def _miscount(settings: Settings, known: Known) -> str:
    """Return the id of the miscount of the published year."""
    return next(
        name
        for name, each in known.history.incidents.of(settings.site).items()
        if each["verdict"] == "miscount" and each["from"].startswith(str(PUBLISHED_YEAR))
    )


async def _shoot(browser: Any, settings: Settings, played: Played, pictures: Iterable[Picture]) -> None:
    """Write pictures of a board of this office."""
    known, read = played.known(), time.time() + 3600
    board = Board(settings, follower(known, read, settings))
    board.callbacks.lists, board.callbacks.read = {settings.site: played.callbacks(known)}, read
    async with listening(board.app(), listener(HOST, 0)) as port:
        for each in pictures:
            page = await browser.new_page(
                viewport={"width": each.width, "height": 800},
                locale=each.locale,
                color_scheme="light",
                extra_http_headers={PROXY: WHO},
            )
            page.set_default_timeout(1000 * PATIENCE)
            address = f"http://{HOST}:{port}{each.path.replace('MISCOUNT', _miscount(settings, known))}"
            await (_open_pdf if "format=" in address else _open)(page, address)
            (FOLDER / f"{each.file}.webp").write_bytes(await _taken(page, each))
            await page.close()


async def _open(page: Any, address: str) -> None:
    """Open a page whose figures are all computed."""
    deadline = time.monotonic() + PATIENCE
    await page.goto(address)
    while re.search(BEING_COMPUTED, await page.inner_text("body")):
        assert time.monotonic() < deadline, address
        await asyncio.sleep(1)
        await page.reload()


async def _open_pdf(page: Any, address: str) -> None:
    """Show the first page of a PDF as an image: Chromium shows none to Playwright."""
    answer = await page.request.get(address, headers={"Accept-Language": "fr"})
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "it.pdf").write_bytes(await answer.body())
        (Path(folder) / "it.typ").write_text(FIRST_PAGE, encoding="utf-8")
        image = typst.compile(Path(folder) / "it.typ", root=Path(folder), format="png", ppi=120)
    await page.set_content(
        f'<body style="display: inline-block; margin: 0"><img src="data:image/png;base64,{b64encode(image).decode()}">'
    )


async def _taken(page: Any, picture: Picture) -> bytes:
    """Return the picture as WebP; Playwright's own are PNG, twice as large."""
    boxes = [await page.locator(each).first.bounding_box() for each in picture.parts]
    left, top = (max(0, min(each[side] for each in boxes) - MARGIN) for side in ("x", "y"))
    width = max(each["x"] + each["width"] for each in boxes) + MARGIN - left
    height = max(each["y"] + each["height"] for each in boxes) + MARGIN - top
    devtools = await page.context.new_cdp_session(page)
    taken = await devtools.send(
        "Page.captureScreenshot",
        {
            "format": "webp",
            "quality": picture.quality,
            "captureBeyondViewport": True,
            "clip": {"x": left, "y": top, "width": width, "height": height, "scale": picture.scale},
        },
    )
    return b64decode(taken["data"])


if __name__ == "__main__":
    main()
