"""The callback list with the callers' numbers, for the machine that has the exchange's log and the key.

Numbers are in this process and on its page, which is served on loopback only. Other users of the machine may not read
the log, so the page is shown only to a browser that has opened the address with the key of this process.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection, Hashable, Mapping
from hmac import compare_digest
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from agents.board.callbacks.follower import CallbackFollower
from agents.board.callbacks.routes import PATH, CallbackRoutes
from agents.board.deciding.door import Door, Who
from agents.board.deciding.sent import moved
from agents.board.follower import Follower
from agents.board.frame import LANGUAGES, Within
from agents.board.pages import Pages
from agents.board.routing import Answers, Routing
from agents.board.years import KeptYears
from agents.kafka.client import Topic
from agents.language import Language
from agents.web import Handler, application, beside
from config.office import Board
from config.offices import Offices
from config.settings import Settings

log = structlog.get_logger()

COOKIE: Final = "tocsin-callbacks"  # a board on this machine has one of its own
LOOK_SECONDS: Final = 1.0  # between two looks at the list for callers without a number
AGAIN_SECONDS: Final = 10.0  # after a failure, as the log may be missing during its rotation
SHARE: Final = 0.1  # most of the time spent on reading the log again


class NumberLog(NamedTuple):
    """The exchange's log: a state that changes with its files, and the numbers in it by pseudonym."""

    state: Callable[[], Hashable]
    reveal: Callable[[Collection[str]], Mapping[str, str]]


class LocalDoor(Door):
    """Admits the browsers that have opened the address with the key."""

    def __init__(self) -> None:
        super().__init__(Board())
        self.key: Final = secrets.token_urlsafe(32)

    def fits(self, given: str) -> bool:
        return compare_digest(given.encode("utf-8", "surrogatepass"), self.key.encode())

    def known(self, request: web.Request, now: float) -> Who | None:  # noqa: ARG002 -- the key ends with the process
        """Return the only person that this door knows, or None."""
        return Who("local", "local") if self.fits(request.cookies.get(COOKIE, "")) else None


class LocalCallbacks:
    """A server of the page, whose followers read only the topics of the callback list."""

    def __init__(self, settings: Settings, numbers: NumberLog) -> None:
        self._settings = settings
        self._log = numbers
        self._numbers: dict[str, str] = {}  # of the listed callers, by pseudonym
        self._door = LocalDoor()
        self._figures = Follower(settings, only=(Topic.INCIDENTS, Topic.STATUS))
        alone = Offices(settings, {settings.site: settings})
        self._follower = CallbackFollower(alone, self._figures, erases=True)
        self._office = self._follower.of(settings.site)
        within = Within(tabs=False)
        self._answers = Answers(self._figures, ZoneInfo(settings.timezone), Pages(settings, within))
        routing = Routing(settings, KeptYears(settings, self._figures), self._answers, within)
        self._routes = CallbackRoutes(routing, self._office, self._door, self._numbers)

    @property
    def entrance(self) -> str:
        """Return the path that admits a browser."""
        return f"/?key={self._door.key}"

    def start(self) -> None:
        self._figures.start()
        self._follower.start()

    def app(self) -> web.Application:
        app = application(["localhost"])
        app[LANGUAGES] = tuple(map(Language, self._settings.board.languages))
        app.middlewares.append(self._safely)
        app.add_routes([web.get("/", self._enter), web.get("/accessibility", self._answers.accessibility)])
        app.add_routes(self._routes.routes())
        app.cleanup_ctx.append(self._kept)
        return app

    @web.middleware
    async def _safely(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await self._answers.safely(request, self._admitted(handler))

    def _admitted(self, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            if request.path != "/" and self._door.known(request, time.time()) is None:
                return self._refused(request)
            return await handler(request)

        return answer

    async def _enter(self, request: web.Request) -> web.Response:
        """Admit a browser that has the key; the address that it shows afterwards is without it."""
        if not self._door.fits(request.query.get("key", "")):
            return moved(PATH) if self._door.known(request, time.time()) else self._refused(request)
        answer = moved(PATH)
        answer.set_cookie(COOKIE, self._door.key, path="/", httponly=True, samesite="Strict")
        return answer

    def _refused(self, request: web.Request) -> web.Response:
        text = self._answers.frame(request).text
        return self._answers.refused(request, 403, text("Open the address that the command has printed."))

    async def _kept(self, _app: web.Application) -> AsyncIterator[None]:
        async with beside(self._keep()):
            yield

    async def _keep(self) -> None:
        """Keep the numbers of the listed callers, forever; read the log again for callers without one."""
        tried: object = None
        while True:
            began = time.monotonic()
            found = self._office.callbacks
            wanted = set() if found is None else {each.caller for each in (*found.list.listed, *found.list.ticked)}
            for gone in self._numbers.keys() - wanted:
                del self._numbers[gone]
            missing = frozenset(wanted - self._numbers.keys())
            try:
                if missing and tried != (trying := (missing, self._log.state())):
                    self._numbers |= await asyncio.to_thread(self._log.reveal, missing)
                    tried = trying
            except Exception as error:  # noqa: BLE001 -- any error, without its traceback, which may have a number
                log.warning("the log cannot be read; trying again", error=type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)
            await asyncio.sleep(max(LOOK_SECONDS, (time.monotonic() - began) / SHARE))
