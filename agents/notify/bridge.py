"""The web server that Alertmanager posts to.

An alert is one message at each receiver: repetitions send nothing, its end changes the message. The answer is 200 once
every receiver has taken every alert. Otherwise it is 503, and Alertmanager sends the alerts again; what a receiver has
taken is not sent again. Only the messages of firing alerts are stored.
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
from agents.notify.receivers import Alert, JsonGateway, MatrixRoom, NotPassedError, Receiver, decode_webhook
from agents.translation import Words
from agents.web import application
from config.notify import Notify
from streams.decoding import UNREADABLE

log = structlog.get_logger()

MOST_MESSAGES: Final = 10_000  # remembered; the ends of older alerts are not sent


class Bridge:
    def __init__(self, notify: Notify, text: Words, file: Path) -> None:
        self._receivers: dict[str, dict[str, Receiver]] = {}
        for name, room in notify.rooms.items():
            self._receivers.setdefault(name, {})["room"] = MatrixRoom(room, text)
        for name, gateway in notify.gateways.items():
            self._receivers.setdefault(name, {})["gateway"] = JsonGateway(gateway, text)
        self._locks = {name: asyncio.Lock() for name in self._receivers}
        self._file = file
        self._messages = msgspec.json.decode(file.read_bytes(), type=dict[str, str]) if file.exists() else {}

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
            passed = [await self._all_passed(f"{name}/{of}", each, alerts) for of, each in receivers.items()]
        return web.Response(status=200 if all(passed) else 503)

    async def _all_passed(self, name: str, receiver: Receiver, alerts: list[Alert]) -> bool:
        """Pass alerts to a receiver until it fails; return whether it took all."""
        for alert in alerts:
            try:
                await self._pass(f"{name}/{alert.fingerprint}", receiver, alert)
            except (NotPassedError, OSError) as error:  # a full disk: the messages are still in memory
                log.warning("an alert was not passed on; Alertmanager sends it again", receiver=name, error=str(error))
                return False
        return True

    async def _pass(self, key: str, receiver: Receiver, alert: Alert) -> None:
        message = self._messages.get(key)
        if alert.status == "firing" and message is None:
            self._messages[key] = await receiver.begin(alert)
            while len(self._messages) > MOST_MESSAGES:
                del self._messages[next(iter(self._messages))]
        elif alert.status == "resolved" and message is not None:
            await receiver.end(alert, message)
            del self._messages[key]
        else:
            return
        write_whole(self._file, msgspec.json.encode(self._messages))


async def _well(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")
