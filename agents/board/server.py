"""The board's server: pages to read, `/metrics` and `/healthz`, and nothing to write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry

from agents.board.figures import BoardFigures
from agents.board.follower import Follower
from agents.board.incidents import INCIDENT_STATUSES, found, listed, views
from agents.board.live import Views
from agents.board.pages import SCRIPT_HASH, Pages, staleness
from agents.board.years import KeptYears
from agents.language import Language
from agents.pages.words import Both
from agents.totals.page import page
from agents.totals.plan import plan_of
from agents.web import HEADERS, Handler, application, exposition
from config.settings import Settings

log = structlog.get_logger()

POLICY: Final = (  # as HEADERS has it, and its own style and script
    f"{HEADERS['Content-Security-Policy']}; style-src 'unsafe-inline'; script-src 'sha256-{SCRIPT_HASH}'; "
    "connect-src 'self'"
)


class Board:
    """Answer what is asked of an office, from what the follower knows."""

    def __init__(self, settings: Settings, follower: Follower) -> None:
        self._settings = settings
        self._follower = follower
        self._zone = ZoneInfo(settings.timezone)
        self._years = KeptYears(settings, follower)
        opened = plan_of(settings).opened
        self._views = Views(settings, opened)
        self._pages = Pages(settings)
        self._registry = CollectorRegistry()
        self._registry.register(BoardFigures(follower, self._years, opened))

    def app(self) -> web.Application:
        """Return the application."""
        app = application(self._settings.board.hosts)
        app.middlewares.append(self._safely)
        get = {
            "/": self._live,
            "/incidents": self._incidents,
            "/incidents/{id}": self._incident,
            "/years": self._all_years,
            "/years/{year:[0-9]{4}}": self._year,
            "/metrics": self._metrics,
            "/healthz": self._healthz,
        }
        app.add_routes([web.get(path, handler) for path, handler in get.items()])
        app.cleanup_ctx.append(self._keeping)
        return app

    async def _keeping(self, _app: web.Application) -> AsyncIterator[None]:
        keeper = asyncio.create_task(self._years.keep())
        yield
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper

    @web.middleware
    async def _safely(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Give every answer its policy, and say in words what is refused."""
        try:
            answer = await handler(request)
        except web.HTTPMethodNotAllowed as refused:
            answer = self._refused(405, Both("Ce tableau ne fait que montrer", "This board only shows"))
            answer.headers["Allow"] = refused.headers["Allow"]
        except web.HTTPNotFound:
            answer = self._refused(404, Both("Cette page n'existe pas", "There is no such page"))
        except Exception:
            log.exception("a page cannot be shown", path=request.path)
            answer = self._refused(500, Both("Cette page ne peut être montrée", "This page cannot be shown"))
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    async def _live(self, _request: web.Request) -> web.Response:
        live = self._views.live(self._follower.known, time.time(), self._years.today())
        return _html(self._pages.live(live, self._trouble()))

    async def _incidents(self, request: web.Request) -> web.Response:
        line, status, history = request.query.get("line"), request.query.get("status"), self._follower.known.history
        told = history.incidents(site=self._settings.site).values()
        lines = dict.fromkeys((*self._settings.lines, *(each["line"] for each in told)))
        if line is not None and line not in lines:
            known = ", ".join(lines)
            return self._missing(Both(f"Il n'y a pas de ligne « {line} » ({known})", f"No line {line!r} ({known})"))
        if status is not None and status not in INCIDENT_STATUSES:
            known = ", ".join(INCIDENT_STATUSES)
            return self._missing(Both(f"Il n'y a pas d'état « {status} » ({known})", f"No status {status!r} ({known})"))
        chosen = views(self._settings, listed(self._settings, history), line, status)
        return _html(self._pages.incidents(chosen, line, status, self._trouble()))

    async def _incident(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        incident = found(self._settings, self._follower.known.history, name)
        if incident is None:
            return self._missing(Both(f"Il n'y a pas d'incident « {name} »", f"There is no incident {name!r}"))
        return _html(self._pages.incident(incident, self._trouble()))

    async def _all_years(self, _request: web.Request) -> web.Response:
        history, site = self._follower.known.history, self._settings.site
        years = {year: len(history.vintages(site, year)) for year in self._years.known()}
        return _html(self._pages.years(years, self._years.today(), self._trouble()))

    async def _year(self, request: web.Request) -> web.Response:
        year = int(request.match_info["year"])
        annual = await self._years.of(year)
        if annual is None:
            return self._missing(Both(f"Rien n'a été compté en {year}", f"Nothing was counted in {year}"))
        vintage, breaches = self._years.vintage(annual), self._years.breaches(year)
        trouble = self._trouble()
        said = None if trouble is None else trouble.fr
        return _html(page(annual, self._zone, Language.FR, vintage, home="/", trouble=said, breaches=breaches))

    async def _metrics(self, request: web.Request) -> web.Response:
        return exposition(self._registry, request)

    async def _healthz(self, _request: web.Request) -> web.Response:
        now, follower = time.time(), self._follower
        reason = self._years.trouble
        if follower.stale(now):
            reason = follower.trouble or "the topics are not read to their ends"
        state = {
            "status": "stale" if reason else "ok",
            "reason": reason or None,
            "read_age_seconds": None if follower.read is None else round(now - follower.read, 3),
        }
        return web.json_response(state, status=503 if reason else 200)

    def _trouble(self) -> Both | None:
        now, follower = time.time(), self._follower
        return staleness(follower.read, follower.trouble, now) if follower.stale(now) else None

    def _missing(self, said: Both) -> web.Response:
        """Say what is not there; as long as the topics were never read, nobody knows."""
        if self._follower.read is None:
            return self._refused(503, Both("Tocsin ne sait pas encore", "Tocsin does not know yet"))
        return self._refused(404, said)

    def _refused(self, status: int, said: Both) -> web.Response:
        return _html(self._pages.refused(said, self._trouble()), status)


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
