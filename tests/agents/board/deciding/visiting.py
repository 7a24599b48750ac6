"""A simulated browser for a board: it reads forms from the pages, sends them back and keeps cookies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from typing import Any, NamedTuple

import aiohttp

from agents.board.server import Board as BoardServer
from agents.ports import free_port, listener
from agents.web import listening
from config.office import Board, Decide
from config.settings import Kafka, Settings
from tests.agents.board.known import SETTINGS, follower, history, known, suspected
from tests.agents.html import Page
from tests.agents.totals.year import ledger

HOST = "127.0.0.1"
SECRET = "cheval-juste-batterie"
AUTUMN = known()._replace(
    history=history(suspected(), days=[each for each in ledger() if "2013-08" <= each.day < "2013-12"])
)


def office(decide: Decide) -> Settings:
    """Return an office whose broker is down, before the board has noticed."""
    kafka = Kafka(bootstrap=f"{HOST}:{free_port(HOST)}")
    return SETTINGS.model_copy(update={"board": Board(decide=decide), "kafka": kafka})


class Seen(NamedTuple):
    """A board's answer."""

    status: int
    text: str
    headers: Any

    @property
    def words(self) -> str:
        return " ".join(Page(self.text).text.replace("\u202f", " ").split())

    @property
    def form(self) -> dict[str, str]:
        """Return the form's hidden fields and the fields that already have a value."""
        return _Fields(self.text).found


class _Fields(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and given.get("type") != "radio":
            self.found.setdefault(name, given.get("value") or "")
        self._area = name if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] = data

    def handle_endtag(self, _tag: str) -> None:
        self._area = ""


class Visitor:
    """A visitor of a board who sends `headers` with every request."""

    def __init__(self, client: aiohttp.ClientSession, port: int) -> None:
        self._client = client
        self.origin = f"http://{HOST}:{port}"

    async def get(self, path: str, **headers: str) -> Seen:
        async with self._client.get(self.origin + path, headers={"Accept-Language": "fr", **headers}) as answer:
            return Seen(answer.status, await answer.text(), answer.headers)

    async def send(self, path: str, fields: dict[str, str], **headers: str) -> Seen:
        """Send a form as the browser that shows it would; an empty `Origin` is left out."""
        sent = {"Origin": self.origin, "Accept-Language": "fr", **headers}
        sent = {name: value for name, value in sent.items() if value}
        async with self._client.post(self.origin + path, data=fields, headers=sent, allow_redirects=False) as answer:
            return Seen(answer.status, await answer.text(), answer.headers)


def visit(settings: Settings, what: Callable[[Visitor], Awaitable[None]], *, trouble: str = "", **more: Any) -> None:
    """Let a visitor use a board that has an incident to review."""

    async def run() -> None:
        told = follower(more.get("told") or AUTUMN, time.time(), settings)
        told.trouble = trouble
        app, jar = BoardServer(settings, told).app(), aiohttp.CookieJar(unsafe=True)
        async with (
            listening(app, listener(HOST, 0)) as port,
            aiohttp.ClientSession(cookie_jar=jar) as client,
        ):
            await what(Visitor(client, port))

    asyncio.run(run())
