"""The web server that Alertmanager posts to.

An alert is one message at each receiver: repetitions send nothing, its end changes the message. An alert also ends for
Alertmanager if nothing measures any more: then the message says so, and its return changes the message back.

The answer is 200 once every receiver has taken every alert. It is 503 if one was away: Alertmanager sends the alerts
again at once. It is 424 if one refused an alert for a reason that lasts: Alertmanager counts a failure, and sends the
alerts again with the next change of their group, or after its interval. What a receiver has taken is not sent again.
Only the messages of firing and of unmeasured alerts are stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
import structlog
from aiohttp import web

from agents.draft import write_whole
from agents.notify.receivers import (
    Alert,
    JsonGateway,
    MatrixRoom,
    NotPassedError,
    Receiver,
    RefusedForGoodError,
    decode_webhook,
    measured,
)
from agents.translation import Words
from agents.web import application
from config.notify import Notify
from streams.decoding import UNREADABLE

log = structlog.get_logger()

MOST_MESSAGES: Final = 10_000  # remembered; the ends of older alerts are not sent
TAKEN: Final = 200
REFUSED: Final = 424
AWAY: Final = 503


class Notified(msgspec.Struct, frozen=True):
    """A message at a receiver."""

    id: str  # empty at a gateway
    measured: bool = True  # False: it says that nothing measures any more


decode_messages: Final = msgspec.json.Decoder(dict[str, Notified]).decode


class Bridge:
    def __init__(self, notify: Notify, text: Words, file: Path) -> None:
        self._receivers: dict[str, dict[str, Receiver]] = {}
        for name, room in notify.rooms.items():
            self._receivers.setdefault(name, {})["room"] = MatrixRoom(room, text)
        for name, gateway in notify.gateways.items():
            self._receivers.setdefault(name, {})["gateway"] = JsonGateway(gateway, text)
        self._locks = {name: asyncio.Lock() for name in self._receivers}
        self._file = file
        self._prometheus, self._text = notify.prometheus, text
        self._messages = decode_messages(file.read_bytes()) if file.exists() else {}

    def app(self, hosts: Iterable[str]) -> web.Application:
        """Return the application, for requests by these names or by addresses."""
        app = application(hosts)
        app.add_routes([web.get("/healthz", _well), web.post("/{name}", self._take)])
        return app

    async def _take(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        receivers = self._receivers.get(name)
        if receivers is None:
            raise web.HTTPNotFound(text="notify names no such receiver\n")
        if request.content_type != "application/json":  # a browser sends no such form from a stranger's page
            raise web.HTTPUnsupportedMediaType
        try:
            alerts = decode_webhook(await request.read()).alerts
        except UNREADABLE:
            raise web.HTTPBadRequest(text="not a webhook of Alertmanager\n") from None
        async with self._locks[name]:
            answers = [await self._pass_all(f"{name}/{of}", each, alerts) for of, each in receivers.items()]
        return web.Response(status=max(answers))

    async def _pass_all(self, name: str, receiver: Receiver, alerts: list[Alert]) -> int:
        """Pass alerts to a receiver until it is away; return the status of the answer."""
        status = TAKEN
        for alert in alerts:
            try:
                await self._pass(f"{name}/{alert.fingerprint}", receiver, alert)
            except RefusedForGoodError as error:
                log.error("an alert was refused", receiver=name, error=str(error))  # noqa: TRY400 -- no bug of ours
                status = REFUSED
            except (NotPassedError, OSError) as error:  # a full disk: the messages are still in memory
                log.warning("an alert was not passed on; Alertmanager sends it again", receiver=name, error=str(error))
                return AWAY
        return status

    async def _pass(self, key: str, receiver: Receiver, alert: Alert) -> None:
        message = self._messages.get(key)
        if alert.status == "firing" and (message is None or not message.measured):
            sent = await receiver.send(alert, "", None if message is None else message.id)
            self._messages[key] = Notified(sent)
            while len(self._messages) > MOST_MESSAGES:
                del self._messages[next(iter(self._messages))]
        elif alert.status == "resolved" and message is not None and message.measured:
            if await self._measured(alert):
                await receiver.send(alert, self._text("Over"), message.id)
                del self._messages[key]
            else:
                await receiver.send(alert, self._text("No longer measured"), message.id)
                self._messages[key] = Notified(message.id, measured=False)
        else:
            return
        write_whole(self._file, msgspec.json.encode(self._messages))

    async def _measured(self, alert: Alert) -> bool:
        try:
            return await measured(self._prometheus, alert)
        except NotPassedError as error:
            log.warning("no answer from Prometheus: check notify.prometheus", error=str(error))
            return False


async def _well(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")
