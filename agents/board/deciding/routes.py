"""Routes of the incidents: list, page, and decisions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiohttp import web

from agents.board.deciding.decision import NotWrittenError, reviews_of, take
from agents.board.deciding.door import Door, Who
from agents.board.deciding.forms import FormError, Wish, asked, changes, state_of
from agents.board.deciding.sent import form_page, moved, sent
from agents.board.deciding.showing import Draft, IncidentPages, Listing
from agents.board.deciding.taken import taken
from agents.board.deciding.weights import KeptWeights
from agents.board.routing import Routing
from agents.desk_view.effect import Weight, decision_of, weigh
from agents.desk_view.incidents import INCIDENT_SORTS, INCIDENT_STATUSES, Case, cases, desk_labels, found
from agents.history.incident_json import incident_of, local_day
from agents.history.incident_schema import desk_in
from agents.translation import Words
from streams.events import Review
from streams.periods.named import period_of
from streams.watch.incident import DESK_KINDS, Incident
from streams.watch.incidents import Incidents
from streams.watch.review import DeskName, decided
from streams.watch.state import WatchState

MAX_SEARCH: Final = 100  # characters
MOST_FORMS: Final = 1_000  # most form ids remembered; a repeated form is not a second decision


class IncidentRoutes:
    def __init__(self, routing: Routing, door: Door) -> None:
        settings, years, follower = routing.settings, routing.years, routing.answers.follower
        self._settings, self._follower, self._years = settings, follower, years
        self._answers = routing.answers
        self._zone = ZoneInfo(settings.timezone)
        self._door = door
        self._root = routing.within.root
        self.weights: Final = KeptWeights(
            settings,
            follower,
            lambda history: {each.name: each.incidents for each in cases(settings, history)},
            years.today,
        )
        self._pages = IncidentPages(settings, follower, routing.answers.pages, self._door, self.weights, routing.within)
        self._deciding = asyncio.Lock()
        self._forms: dict[str, str] = {}  # by form id: the address of the decision's page

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/incidents", self._list),
            web.get("/incidents/now", self._now),
            web.get("/incidents/{id}", self._show),
            web.post("/incidents/{id}", self._decide),
            web.get("/declare", self._declaration),
            web.post("/declare", self._declare),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        frame, query = self._answers.frame(request), request.query
        line, wanted, order = query.get("line"), query.get("status"), query.get("sort", INCIDENT_SORTS[0])
        known = dict.fromkeys((*(desk.name for desk in desk_labels(self._settings)), *self._lines()))
        if line is not None and line not in known:
            said = frame.text(
                "No line, service or channel is named “{line}” ({known})", line=line, known=", ".join(known)
            )
            return self._answers.missing(request, said)
        status = next((each for each in INCIDENT_STATUSES if each == wanted), None)
        if wanted is not None and status is None:
            expected = ", ".join(INCIDENT_STATUSES)
            said = frame.text("There is no status “{status}” ({known})", status=wanted, known=expected)
            return self._answers.missing(request, said)
        sort = next((each for each in INCIDENT_SORTS if each == order), None)
        if sort is None:
            expected = ", ".join(INCIDENT_SORTS)
            return self._answers.missing(
                request, frame.text("There is no order “{order}” ({known})", order=order, known=expected)
            )
        page = query.get("page", "1")
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1  # noqa: PLR2004 -- no list has a million pages
        search = " ".join(query.get("q", "")[:MAX_SEARCH].split())
        return form_page(self._pages.listed(frame, Listing(line, status, search, sort, max(1, number))))

    async def _now(self, request: web.Request) -> web.Response:
        """Redirect an alert's link to the form of the only ongoing incident, or to the list if there are several."""
        site, query = self._settings.site, request.query
        desk = next((DeskName(each, query[each]) for each in DESK_KINDS if query.get(each)), DeskName("line", ""))
        known, kind = self._follower.known, query.get("kind")
        incidents = known.history.incidents.of(site)
        if desk.kind == "line":
            status = known.lines.get(f"{site}/{desk.name}")
            ongoing = [] if status is None else [each.id for each in status.incidents if kind in {None, each.kind}]
        else:
            own = [each for each in map(incident_of, incidents.values()) if each.is_of(*desk) and each.goes_on]
            ongoing = [each.id for each in own if kind in {None, each.kind}]
        shown = [each for each in ongoing if each in incidents]
        if len(shown) == 1:
            return moved(f"{self._root}/incidents/{quote(shown[0])}#decision")
        asked = f"?line={quote(desk.name)}" if desk in desk_labels(self._settings) else ""
        return moved(f"{self._root}/incidents{asked}")

    async def _show(self, request: web.Request) -> web.Response:
        name, frame, history = request.match_info["id"], self._answers.frame(request), self._follower.known.history
        case = found(self._settings, history, name)
        if case is None:
            reviews = taken(history, self._settings.site, {name})
            if any(each.decision == "declare" for each in reviews):
                return form_page(self._pages.unseen(reviews, frame))
            return self._answers.missing(request, frame.text("There is no incident “{name}”", name=name))
        return form_page(await self._pages.incident(case, self._door.who(request, time.time()), frame))

    async def _declaration(self, request: web.Request) -> web.Response:
        line = {name: request.query[name] for name in ("line",) if name in request.query}
        who = self._door.who(request, time.time())
        return form_page(self._pages.declaration(who, self._answers.frame(request), Draft(line)))

    async def _decide(self, request: web.Request) -> web.Response:
        name, frame = request.match_info["id"], self._answers.frame(request)
        case = found(self._settings, self._follower.known.history, name)
        if case is None:
            return self._answers.missing(request, frame.text("There is no incident “{name}”", name=name))

        async def page(who: Who | None, draft: Draft) -> str:
            now = found(self._settings, self._follower.known.history, name) or case
            return await self._pages.incident(now, who, frame, draft)

        async def taking(who: Who, fields: Mapping[str, str]) -> Draft | str:
            wish = _unmoved(asked(fields, self._zone, frame.text), case)
            if wish.choice == "declare":
                raise FormError(frame.text("Choose a decision."))
            reviews = reviews_of(self._settings, wish._replace(line=None), who.name, case.parts, frame.text)
            if fields.get("shown") != _shown(wish):
                bounded = wish.start is not None or wish.end is not None
                moves = not bounded and await self._moves_published(case, wish)
                if bounded or moves:
                    tried = await self._tried(case.name, case.incidents, wish)
                    return Draft({**fields, "shown": _shown(wish)}, tried=tried, moves=moves)
            return await self._take(f"{self._root}/incidents/{quote(name)}", fields, wish, reviews, frame.text, case)

        return await sent(self._door, request, frame.text, page, taking)

    async def _declare(self, request: web.Request) -> web.Response:
        frame = self._answers.frame(request)

        async def page(who: Who | None, draft: Draft) -> str:
            return self._pages.declaration(who, frame, draft)

        async def taking(who: Who, fields: Mapping[str, str]) -> Draft | str:
            wish = asked({**fields, "decision": "declare"}, self._zone, frame.text)
            if wish.line is None or wish.line not in self._settings.lines:
                raise FormError(frame.text("Choose a line."))
            reviews = reviews_of(self._settings, wish, who.name, [], frame.text)
            incident = _declared(wish.line, reviews[0])
            if fields.get("shown") != _shown(wish):
                return Draft({**fields, "shown": _shown(wish)}, tried=await self._tried(incident.id, [incident], wish))
            address = f"{self._root}/incidents/{quote(incident.id)}"
            return await self._take(address, fields, wish, reviews, frame.text, None)

        return await sent(self._door, request, frame.text, page, taking)

    async def _take(
        self,
        address: str,
        fields: Mapping[str, str],
        wish: Wish,
        reviews: list[Review],
        text: Words,
        case: Case | None,
    ) -> Draft | str:
        """Take a decision once; return the address that shows it, or the page with the reason of a failure."""
        site, names = self._settings.site, {decided(each).incident for each in reviews}
        async with self._deciding:
            before = taken(self._follower.known.history, site, names)
            if wish.once in self._forms or any(each.id == wish.once for each in before):
                return self._forms.get(wish.once, address)
            now = None if case is None else found(self._settings, self._follower.known.history, case.name)
            if case is not None and (now is None or wish.state != state_of(now.published, before)):
                said = [] if now is None else changes(wish.state, now.published, before, text)
                said.append(text("Nothing was decided: check the page, then decide. Your reason is kept."))
                return Draft(fields, said, 409)
            if self._follower.stale(time.time()) or self._follower.trouble:
                said = [
                    text("Kafka does not answer: nothing was decided. Your reason is kept; send the form again later.")
                ]
                return Draft(fields, said, 503, again=True)

            def seen() -> bool:
                read = taken(self._follower.known.history, site, names)
                return sum(each.id == wish.once for each in read) >= len(reviews)

            try:
                await take(self._settings, reviews, seen)
            except NotWrittenError:
                said = [
                    text("Kafka did not confirm the decision in time: it may or may not have been taken."),
                    text("Your reason is kept. Send the form again: it still counts as one decision."),
                ]
                return Draft(fields, said, 503, again=True)
            self._forms[wish.once] = address
            while len(self._forms) > MOST_FORMS:
                del self._forms[next(iter(self._forms))]
        return address

    async def _moves_published(self, case: Case, wish: Wish) -> bool:
        """Whether a decision changes a figure of a published edition."""
        if wish.choice in {"declare", "take"}:
            return False
        editions = map(period_of, self._follower.known.history.publications.editions(self._settings.site))
        days = [[local_day(at, self._zone) for at in each.bounds()] for each in case.incidents]
        years = {
            each.first.year for each in editions for first, last in days if first <= each.last and each.first <= last
        }
        effects = (await self.weights.of(case.name, case.incidents)).effects
        return any(each.changes(wish.choice) and each.year in years for each in effects)

    async def _tried(self, name: str, incidents: list[Incident], wish: Wish) -> Weight:
        """Return the effect of a decision that changes bounds, or of a declaration."""
        decisions = [
            decision_of("confirm" if wish.choice == "declare" else wish.choice, time.time(), wish.start, wish.end),
            decision_of("dismiss", time.time()),
        ]
        history, today = self._follower.known.history, self._years.today()
        return (await asyncio.to_thread(weigh, self._settings, history, {name: incidents}, today, decisions))[name]

    def _lines(self) -> list[str]:
        return [desk_in(each).name for each in self._follower.known.history.incidents.of(self._settings.site).values()]


def _unmoved(wish: Wish, case: Case) -> Wish:
    """Return the form without bounds that equal the incident's, or that have no effect."""
    if wish.choice in {"dismiss", "take"}:
        return wish._replace(start=None, end=None)
    begins, ends = (datetime.fromisoformat(case.published[name]) for name in ("from", "to"))
    return wish._replace(start=None if wish.start == begins else wish.start, end=None if wish.end == ends else wish.end)


def _shown(wish: Wish) -> str:
    """Return a key that identifies the bounds for which a page has shown the effect."""
    return f"{wish.choice} {wish.line or ''} {wish.start or ''} {wish.end or ''}"


def _declared(line: str, review: Review) -> Incident:
    """Return the incident that a declaration opens, made as the worker makes it."""
    state = WatchState()
    Incidents(line, state).decide(decided(review), 0)
    return state.incidents[0]
