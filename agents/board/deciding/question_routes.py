"""Routes of the questions: the calls of all lines that a person is asked about, and the person's answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from agents.board.deciding.decision import NotWrittenError, answers_of, take
from agents.board.deciding.door import Door, Who
from agents.board.deciding.forms import FormError
from agents.board.deciding.sent import form_page, sent
from agents.board.deciding.showing import NOTHING_WRITTEN, Draft
from agents.board.frame import PageFrame
from agents.board.routing import Routing
from agents.history.questions import CallAnswer, LineQuestion, known_questions, logged_answers
from agents.pages.words import ANSWERS
from agents.translation import Words

PATH: Final = "/questions"


class QuestionRoutes:
    def __init__(self, routing: Routing, door: Door) -> None:
        self._settings, self._answers, self._door = routing.settings, routing.answers, door
        self._follower = routing.answers.follower
        self._address = f"{routing.within.root}{PATH}"
        self._zone = ZoneInfo(routing.settings.timezone)
        self._answering = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self._show), web.post(PATH, self._answer)]

    def _questions(self) -> list[LineQuestion]:
        known = self._follower.known
        return known_questions(self._settings, known.lines, known.history)

    async def _show(self, request: web.Request) -> web.Response:
        who = self._door.who(request, time.time())
        return form_page(self._page(who, self._answers.frame(request), NOTHING_WRITTEN))

    async def _answer(self, request: web.Request) -> web.Response:
        """Send the answers in a form. Redirect to the list, or show it with the reason of a failure."""
        text = self._answers.frame(request).text

        async def page(who: Who | None, draft: Draft) -> str:
            return self._page(who, self._answers.frame(request), draft)

        async def taking(who: Who, fields: Mapping[str, str]) -> Draft | str:
            return await self._take(who, fields, text)

        return await sent(self._door, request, text, page, taking)

    async def _take(self, who: Who, fields: Mapping[str, str], text: Words) -> Draft | str:
        """Send the answers that differ from the known ones, so that a repeated form sends nothing."""
        async with self._answering:
            if not any(value in ANSWERS for value in fields.values()):
                raise FormError(text("Answer for at least one call."))
            reviews = answers_of(self._settings, self._given(who, fields), who.name, text)
            if not reviews:
                return self._address
            if self._follower.stale(time.time()) or self._follower.trouble:
                said = text("Kafka does not answer: no answer was sent. Send the form again later.")
                return Draft(fields, [said], 503)
            try:
                await take(self._settings, reviews, lambda: not self._given(who, fields))
            except NotWrittenError:
                said = text("Kafka did not confirm the answers in time. Send the form again: no answer counts twice.")
                return Draft(fields, [said], 503)
        return self._address

    def _given(self, who: Who, fields: Mapping[str, str]) -> list[CallAnswer]:
        """Return a person's answers in a form that are new."""
        logged = logged_answers(self._follower.known.history, self._settings.site)
        return [
            CallAnswer(each, call, answer)
            for each in self._questions()
            for call in each.asked.calls
            for answer in ANSWERS
            if fields.get(f"{each.line}/{call.call}") == answer
            and answer not in {call.answer, logged.get((each.line, call.call), {}).get(who.name)}
        ]

    def _page(self, who: Who | None, frame: PageFrame, draft: Draft) -> str:
        found = self._questions()
        return self._answers.pages.render(
            "questions",
            "questions",
            frame,
            questions=found,
            left=sum(len(each.left) for each in found),
            local=self._local,
            fields=draft.fields,
            may=who is not None or self._door.asks,
            who=who,
            door=self._door,
            draft=draft,
            token=self._door.token(who),
        )

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)
