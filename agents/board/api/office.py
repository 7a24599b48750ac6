"""The API of one office: what its pages show, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from agents.board.api.answers import ROOT, json_answer
from agents.board.api.openapi import MOST, PAGE
from agents.board.periods.routes import PeriodRoutes
from agents.board.routing import Routing
from agents.board.year_routes import NAMES, YearRoutes
from agents.desk_view.incidents import INCIDENT_STATUSES
from agents.desk_view.reading import shown_desks
from agents.history.incident_schema import IncidentJson
from config.settings import Settings


class OfficeApi:
    """Routes relative to the address of an office."""

    def __init__(self, routing: Routing, periods: PeriodRoutes, years: YearRoutes) -> None:
        self._settings, self._answers = routing.settings, routing.answers
        self._periods, self._years = periods, years

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("", self._office),
            web.get("/{kind:lines|services|channels}/{name}", self._periods.document),
            web.get(f"/totals/{{name:{NAMES}}}", self._years.document),
            web.get("/incidents", self._incidents),
            web.get("/incidents/{id}", self._incident),
        ]

    async def _office(self, _request: web.Request) -> web.Response:
        return json_answer(about(self._settings))

    async def _incidents(self, request: web.Request) -> web.Response:
        """Answer with a page of incidents, in order of their beginning, the latest first."""
        text, query = self._answers.frame(request).text, request.query
        status, limit, after = query.get("status"), query.get("limit", str(PAGE)), query.get("after")
        if status is not None and status not in INCIDENT_STATUSES:
            said = text("There is no status “{status}” ({known})", status=status, known=", ".join(INCIDENT_STATUSES))
            return self._answers.refused(request, 400, said)
        if not (limit.isascii() and limit.isdecimal() and len(limit) <= len(str(MOST)) and 1 <= int(limit) <= MOST):
            said = text("{name} is not a number from 1 to {most}", name=f"limit={limit}", most=MOST)
            return self._answers.refused(request, 400, said)
        if self._answers.follower.read is None:
            return self._answers.missing(request, "")
        own = self._own()
        found = sorted(own.values(), key=_place, reverse=True)
        if status is not None:
            found = [each for each in found if each["status"] == status]
        if after is not None:
            if after not in own:
                return self._answers.missing(request, text("There is no incident “{name}”", name=after))
            found = [each for each in found if _place(each) < _place(own[after])]
        return self._page(request, found[: int(limit)], more=len(found) > int(limit))

    def _page(self, request: web.Request, shown: Sequence[IncidentJson], *, more: bool) -> web.Response:
        following = None
        if more:
            following = f"{request.path}?{urlencode({**request.query, 'after': shown[-1]['id']})}"
        answer = json_answer({"incidents": shown, "next": following})
        if following is not None:
            answer.headers["Link"] = f'<{following}>; rel="next"'
        return answer

    async def _incident(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        found = self._own().get(name)
        if found is None:
            text = self._answers.frame(request).text
            return self._answers.missing(request, text("There is no incident “{name}”", name=name))
        return json_answer(found)

    def _own(self) -> Mapping[str, IncidentJson]:
        return self._answers.follower.known.history.incidents.of(self._settings.site)


def about(settings: Settings) -> dict[str, Any]:
    """Return an office's name, place and desks."""
    return {
        "site": settings.site,
        "name": settings.office.name or settings.site,
        "region": settings.place.region,
        "department": settings.place.department,
        "timezone": settings.timezone,
        **{
            kind: {name: each.label or name for name, each in desks.items()}
            for kind, desks in shown_desks(settings).items()
        },
        "href": f"{ROOT}/sites/{settings.site}",
    }


def _place(incident: IncidentJson) -> tuple[datetime, str]:
    """Return the place of an incident in the list."""
    return datetime.fromisoformat(incident["from"]), incident["id"]
