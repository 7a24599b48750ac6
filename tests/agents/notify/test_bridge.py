"""One message an incident, and one for its end, whatever fails in between: to a gateway. `test_room.py` has Matrix."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from agents.language import Language
from agents.notify import receivers
from agents.notify.bridge import Bridge
from agents.ports import listener
from agents.translation import Words
from agents.web import listening
from config.notify import Gateway, Notify
from tests.agents.notify.posting import BOARD, HOST, MEASURED, alert, post

JSON = {"Content-Type": "application/json"}
ADDRESS = "/sms?sig=a-secret"
BODY: dict[str, Any] = {"to": ["+33600000000"], "message": {"text": "[{state}] {summary} {link}"}, "flash": False}


class Servers:
    """An SMS gateway, and a Prometheus in which some expressions have series; both can be away."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.refusals: list[web.Response] = []  # the next answers of the gateway
        self.measured: set[str] | None = set()  # None: Prometheus fails

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/sms", self._sms)
        app.router.add_get("/api/v1/query", self._query)
        return app

    async def _sms(self, request: web.Request) -> web.Response:
        assert request.query["sig"] == "a-secret"
        if self.refusals:
            return self.refusals.pop(0)
        self.messages.append(await request.json())
        return web.Response(status=202, text="queued")

    async def _query(self, request: web.Request) -> web.Response:
        if self.measured is None:
            return web.Response(status=503)
        result = [{"metric": {}, "value": [0, "1"]}] if request.query["query"] in self.measured else []
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": result}})

    def states(self) -> list[str]:
        return [each["message"]["text"].partition("]")[0].removeprefix("[") for each in self.messages]


def bridged(folder: Path, what: Callable[[Servers, Callable[[], Bridge]], Awaitable[None]]) -> None:
    """Run the servers, and give a function that starts another bridge."""

    async def run() -> None:
        servers = Servers()
        async with listening(servers.app(), listener(HOST, 0)) as port:
            url = folder / "url"
            url.write_text(f"http://{HOST}:{port}{ADDRESS}\n")
            url.chmod(0o600)
            gateway = Gateway(url_file=url, body=BODY)
            notify = Notify(gateways={"qualite": gateway}, prometheus=f"http://{HOST}:{port}")
            await what(servers, lambda: Bridge(notify, Words(Language.FR), folder / "notified.json"))

    asyncio.run(run())


def test_an_incident_is_one_message_and_its_end_another_also_after_a_restart(tmp_path: Path) -> None:
    async def what(servers: Servers, bridge: Callable[[], Bridge]) -> None:
        running = bridge()
        for _ in range(2):  # the first one, and a reminder
            assert await post(running, alert()) == 200
        running = bridge()
        assert await post(running, alert(), alert("b2")) == 200
        for _ in range(2):
            assert await post(running, alert(status="resolved"), alert("b2")) == 200
        assert servers.states() == ["", "", "Terminé"]
        assert servers.messages[0] | {"message": {}} == BODY | {"message": {}}
        assert BOARD in servers.messages[0]["message"]["text"]
        assert await post(running, alert(start="2013-03-05T07:30:00Z")) == 200
        assert servers.states()[-1] == "", "the same alert later is another incident"
        assert json.loads((tmp_path / "notified.json").read_text()).keys() == {
            *("qualite/gateway/a1", "qualite/gateway/b2")
        }

    bridged(tmp_path, what)


@pytest.mark.parametrize("measured", [set(), None], ids=["no worker", "no Prometheus"])
def test_an_alert_that_ends_while_nothing_is_measured_does_not_end(measured: set[str] | None, tmp_path: Path) -> None:
    async def what(servers: Servers, bridge: Callable[[], Bridge]) -> None:
        first = alert(measured=MEASURED)
        assert await post(bridge(), first) == 200
        servers.measured = measured
        for _ in range(2):
            assert await post(bridge(), first | {"status": "resolved"}) == 200
        assert servers.states() == ["", "N'est plus mesuré"]
        servers.measured = {MEASURED}
        again = alert(start="2013-03-05T07:30:00Z", measured=MEASURED)
        assert await post(bridge(), again) == 200
        assert await post(bridge(), again | {"status": "resolved"}) == 200
        assert servers.states() == ["", "N'est plus mesuré", "", "Terminé"]

    bridged(tmp_path, what)


def test_while_a_gateway_is_away_alertmanager_is_asked_to_send_again_and_nothing_is_doubled(tmp_path: Path) -> None:
    async def what(servers: Servers, bridge: Callable[[], Bridge]) -> None:
        running = bridge()
        servers.refusals = [web.Response(status=502), web.Response(status=408)]
        with capture_logs() as said:
            assert [await post(running, alert(), alert("b2")) for _ in range(3)] == [503, 503, 200]
        assert servers.states() == ["", ""]
        assert not any(each in str(said) for each in ("a-secret", HOST))

    bridged(tmp_path, what)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 413])
def test_a_refusal_that_lasts_is_not_retried_at_once_names_its_remedy_and_holds_no_other_alert_back(
    status: int, tmp_path: Path
) -> None:
    async def what(servers: Servers, bridge: Callable[[], Bridge]) -> None:
        running = bridge()
        servers.refusals = [web.Response(status=status)]
        with capture_logs() as said:
            assert await post(running, alert(), alert("b2")) == 424
        assert f"status {status} '': check url_file, token_file and body" in str(said)
        assert servers.states() == [""]
        assert await post(running, alert(), alert("b2")) == 200
        assert servers.states() == ["", ""]

    bridged(tmp_path, what)


def test_a_server_that_asks_to_wait_is_asked_again_within_seconds_or_by_alertmanager(tmp_path: Path) -> None:
    def busy(milliseconds: int) -> web.Response:
        return web.json_response({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": milliseconds}, status=429)

    async def what(servers: Servers, bridge: Callable[[], Bridge]) -> None:
        running = bridge()
        servers.refusals = [busy(1)]
        assert await post(running, alert()) == 200
        servers.refusals = [busy(3_600_000)]
        assert await post(running, alert("b2")) == 503
        assert await post(running, alert("b2")) == 200
        assert servers.states() == ["", ""]

    assert receivers.LONGEST_PAUSE < 60
    bridged(tmp_path, what)


@pytest.mark.slow
def test_what_is_no_webhook_of_alertmanager_is_refused(tmp_path: Path) -> None:
    async def what(servers: Servers, bridge: Callable[[], Bridge]) -> None:
        running = bridge()
        assert await post(running, alert(), name="elsewhere") == 404
        assert await post(running, json={"alerts": [{"status": "perhaps"}]}) == 400
        assert await post(running, data=json.dumps({"alerts": [alert()]}), json=None) == 415, "as a stranger's page may"
        assert await post(running, data=BytesIO(b"{" * 2**21), json=None, headers=JSON) == 413
        assert servers.messages == []

    bridged(tmp_path, what)
