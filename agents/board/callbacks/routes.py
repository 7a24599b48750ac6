"""Routes of the callback list: show it, and tick callers off."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from aiohttp import web

from agents.board.callbacks.follower import OfficeCallbacks
from agents.board.deciding.door import Door, Who
from agents.board.deciding.forms import FormError
from agents.board.deciding.sent import form_page, sent
from agents.board.deciding.showing import NOTHING_WRITTEN, Draft
from agents.board.frame import PageFrame
from agents.board.pages import staleness
from agents.board.routing import Routing
from agents.callbacks.table import closed_remarks, doubt_of, name_of, remarks
from agents.history.ticks import erase, tick
from agents.kafka.client import KafkaError
from agents.translation import Words
from streams.calls.callers import FOLLOWED_BY
from streams.desks.callback_list import CallbackList, ClosedHours, LostCaller

WRITE_SECONDS: Final = 8.0  # time for the broker to accept a tick, while a person waits
SEEN_SECONDS: Final = 5.0  # time for the board to read the tick back
LOOK_SECONDS: Final = 0.1
MOST_ROWS: Final = 200  # most rows of a table; the command lists all callers
PATH: Final = "/callbacks"
_SEPARATORS: Final = re.compile(r"[^0-9*#+]")
_DIALLED: Final = re.compile(r"\+?[0-9*#][0-9*# ./()-]*")
_TICK: Final = re.compile(r"(?P<caller>[0-9a-f]{8,16}) (?P<until>\d{1,15})")


class CallerRow(NamedTuple):
    """A caller in the table; moments are in the office's zone."""

    name: str
    number: str  # empty on a board, and if unknown
    dialled: str  # the same for a telephone; empty if it is no number
    since: datetime
    last: datetime
    line: str
    wait: float | None  # s
    tries: int
    tick: str  # the form value that ticks the caller off, or puts the caller back
    doubt: str  # why the caller was probably not lost; empty for a caller to call back


class CallbackRoutes:
    """Routes of the list; with `numbers` by pseudonym, on a page of the exchange's own machine."""

    def __init__(
        self, routing: Routing, callbacks: OfficeCallbacks, door: Door, numbers: Mapping[str, str] | None = None
    ) -> None:
        self._settings = routing.settings
        self._answers = routing.answers
        self._office = callbacks
        self._door = door
        self._numbers = numbers
        self._address = f"{routing.within.root}{PATH}"
        self._zone = ZoneInfo(routing.settings.timezone)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self._show), web.post(PATH, self._tick)]

    async def _show(self, request: web.Request) -> web.Response:
        who = self._door.who(request, time.time())
        return form_page(self._page(self._answers.frame(request), who, NOTHING_WRITTEN))

    async def _tick(self, request: web.Request) -> web.Response:
        """Tick a caller off, or undo that. Redirect to the list, or show it with the reason of a failure."""
        frame = self._answers.frame(request)

        async def page(who: Who | None, draft: Draft) -> str:
            return self._page(frame, who, draft)

        async def taking(_: Who, fields: Mapping[str, str]) -> Draft | str:
            try:
                await self._written(*_asked(fields, frame.text))
            except (KafkaError, OSError):  # includes timeouts
                said = frame.text("Kafka did not confirm in time. Check the list, and try again if necessary.")
                return Draft(fields, [said], 503)
            return self._address

        return await sent(self._door, request, frame.text, page, taking)

    async def _written(self, caller: str, until: int | None) -> None:
        """Write a tick or its removal, and wait until the list shows it; skip a caller who is no longer listed."""
        if not self._listed(caller, until):
            return
        write = partial(erase, self._settings, [caller])
        if until is not None:
            write = partial(tick, self._settings, f"hmac:{caller}", until)
        writing = asyncio.create_task(asyncio.to_thread(write))
        # Retrieve the exception of a failed write even if the request has been cancelled.
        writing.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        await asyncio.wait_for(asyncio.shield(writing), WRITE_SECONDS)
        deadline = time.monotonic() + SEEN_SECONDS
        while self._listed(caller, until) and time.monotonic() < deadline:  # noqa: ASYNC110 -- the follower is a thread without an event to wait for
            await asyncio.sleep(LOOK_SECONDS)

    def _listed(self, caller: str, until: int | None) -> bool:
        """Whether a caller is to be called back for calls up to `until`; if None, whether the caller is ticked off."""
        found = self._office.callbacks
        if found is None:
            return False
        if until is None:
            return any(each.caller[FOLLOWED_BY] == caller for each in found.list.ticked)
        return any(
            each.caller[FOLLOWED_BY] == caller and each.since <= until <= each.last for each in found.list.listed
        )

    def _page(self, frame: PageFrame, who: Who | None, draft: Draft) -> str:
        found = self._office.callbacks
        listed = CallbackList() if found is None else found.list
        closed = listed.closed or ClosedHours(since=0)
        groups = (
            *(listed.callers[:MOST_ROWS], listed.doubted[:MOST_ROWS], listed.called[-MOST_ROWS:]),
            *(closed.callers[:MOST_ROWS], closed.called[-MOST_ROWS:]),
        )
        rows = ([self._row(each, frame.text) for each in group] for group in groups)
        callers, doubted, called, missed, returned = rows
        trouble = staleness(self._office.follower, time.time(), self._zone, frame.language) or frame.trouble
        return self._answers.pages.render(
            "callbacks" if self._numbers is None else "ringing",
            "callbacks",
            frame._replace(trouble=trouble),
            known=found is not None,
            callers=callers,
            doubted=doubted,
            called=called,
            missed=missed,
            returned=returned,
            closed_since=datetime.fromtimestamp(closed.since / 1000, self._zone),
            counts=(len(listed.callers), len(listed.doubted), len(closed.callers)),
            ticked=(len(listed.called), len(closed.called)),
            most=MOST_ROWS,
            remarks=list(remarks(listed, frame.text)),
            closed_remarks=list(closed_remarks(closed, frame.text)),
            may=who is not None or self._door.asks,
            who=who,
            door=self._door,
            draft=draft,
            token=self._door.token(who),
        )

    def _row(self, caller: LostCaller, text: Words) -> CallerRow:
        since, last = (datetime.fromtimestamp(at / 1000, self._zone) for at in (caller.since, caller.last))
        number = "" if self._numbers is None else self._numbers.get(caller.caller, "")
        return CallerRow(
            name_of(caller),
            number,
            _dialled(number),
            since,
            last,
            self._settings.lines[caller.line].label or caller.line,
            None if caller.wait is None else caller.wait / 1000,
            caller.tries,
            f"{caller.caller[FOLLOWED_BY]} {caller.last}",
            doubt_of(caller, text),
        )


def _dialled(number: str) -> str:
    """Return a number without its separators, for a `tel:` link; empty for a name.

    >>> [_dialled(each) for each in ("04 66 49-60.00", "+33 (4) 66", "anne", "")]
    ['0466496000', '+33466', '', '']
    """
    return _SEPARATORS.sub("", number) if _DIALLED.fullmatch(number) else ""


def _asked(fields: Mapping[str, str], text: Words) -> tuple[str, int | None]:
    """Return the caller in a form, with the latest lost call (epoch ms) to tick off, or None to undo a tick.

    Raises `FormError` if the form has neither.
    """
    for name in ("called", "back"):
        if found := _TICK.fullmatch(fields.get(name, "")):
            return found["caller"], int(found["until"]) if name == "called" else None
    raise FormError(text("This form is incomplete; open the page again."))
