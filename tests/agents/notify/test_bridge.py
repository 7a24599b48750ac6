"""One message an incident, changed when it ends, whatever fails in between: to a homeserver and to a gateway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from agents.language import Language
from agents.notify import receivers
from agents.notify.bridge import Bridge
from agents.ports import listener
from agents.translation import Words
from agents.web import listening
from config.notify import Gateway, Notify, Room
from tests.deploy.servers import alertmanager
from tests.deploy.test_alerts import routes
from tests.waiting import PATIENCE

HOST = "127.0.0.1"
JSON = {"Content-Type": "application/json"}
TOKEN, ADDRESS = "syt_a-token", "/sms?sig=a-secret"
ROOM = "!qualite:agent.tchap.example"
BODY: dict[str, Any] = {"to": ["+33600000000"], "message": {"text": "[{state}] {summary} {link}"}, "flash": False}
BOARD = "http://board/incidents/now?site=lozere&line=circulation&kind=drift"


def alert(fingerprint: str = "a1", status: str = "firing", start: str = "2013-03-04T07:30:00Z") -> dict[str, Any]:
    words = {"summary": "Circulation : erreur de comptage", "description": "Lire les preuves.", "board": BOARD}
    return {"status": status, "fingerprint": fingerprint, "startsAt": start, "annotations": words, "labels": {}}


class Servers:
    """A homeserver with one room, as the specification has it, and an SMS gateway; both can be away."""

    def __init__(self) -> None:
        self.events: dict[str, dict[str, Any]] = {}  # by event id, in order
        self.messages: list[dict[str, Any]] = []
        self.refusals: list[web.Response] = []  # the next answers
        self._transactions: dict[str, str] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_put("/_matrix/client/v3/rooms/{room}/send/m.room.message/{txn}", self._put)
        app.router.add_post("/sms", self._sms)
        return app

    async def _put(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert request.match_info["room"] == ROOM
        if self.refusals:
            return self.refusals.pop(0)
        once, content = request.match_info["txn"], await request.json()
        if once not in self._transactions:
            self._transactions[once] = f"$event{len(self.events)}"
            self.events[self._transactions[once]] = content
        return web.json_response({"event_id": self._transactions[once]})

    async def _sms(self, request: web.Request) -> web.Response:
        assert request.query["sig"] == "a-secret"
        self.messages.append(await request.json())
        return web.Response(status=202, text="queued")

    def shown(self) -> list[str]:
        """Return the room's messages as a client shows them."""
        found = {name: each["body"] for name, each in self.events.items() if "m.relates_to" not in each}
        for each in self.events.values():
            if "m.relates_to" in each:
                found[each["m.relates_to"]["event_id"]] = each["m.new_content"]["body"]
        return list(found.values())


Post = Callable[..., Awaitable[int]]


def bridged(folder: Path, what: Callable[[Servers, Callable[[], Bridge], Post], Awaitable[None]]) -> None:
    """Run servers, and give a function that starts another bridge, and one that posts alerts to it as Alertmanager."""

    async def run() -> None:
        servers = Servers()
        async with listening(servers.app(), listener(HOST, 0)) as port, aiohttp.ClientSession() as client:
            token, url = folder / "token", folder / "url"
            token.write_text(f"{TOKEN}\n")
            url.write_text(f"http://{HOST}:{port}{ADDRESS}\n")
            for each in (token, url):
                each.chmod(0o600)
            notify = Notify(
                rooms={"qualite": Room(homeserver=f"http://{HOST}:{port}", room=ROOM, token_file=token)},
                gateways={"qualite": Gateway(url_file=url, body=BODY)},
            )

            def bridge() -> Bridge:
                return Bridge(notify, Words(Language.FR), folder / "notified.json")

            async def post(of: Bridge, *alerts: dict[str, Any], name: str = "qualite", **more: Any) -> int:
                told = {"json": {"version": "4", "alerts": alerts}} | more
                async with (
                    listening(of.app([]), listener(HOST, 0)) as at,
                    client.post(f"http://{HOST}:{at}/{name}", **told) as answer,
                ):
                    return answer.status

            await what(servers, bridge, post)

    asyncio.run(run())


def test_an_incident_is_one_message_that_its_end_changes_also_after_a_restart(tmp_path: Path) -> None:
    async def what(servers: Servers, bridge: Callable[[], Bridge], post: Post) -> None:
        running = bridge()
        for _ in range(2):  # the first one, and a reminder
            assert await post(running, alert()) == 200
        assert servers.shown() == [f"Circulation : erreur de comptage\nLire les preuves.\n{BOARD}"]
        running = bridge()
        assert await post(running, alert(), alert("b2")) == 200
        for _ in range(2):
            assert await post(running, alert(status="resolved"), alert("b2")) == 200
        over, other = servers.shown()
        assert over.startswith("Terminé : Circulation : erreur de comptage\n")
        assert not other.startswith("Terminé")
        assert [each["message"]["text"].partition("]")[0] for each in servers.messages] == ["[", "[", "[Terminé"]
        assert servers.messages[0] | {"message": {}} == BODY | {"message": {}}
        assert BOARD in servers.messages[0]["message"]["text"]
        assert await post(running, alert(start="2013-03-05T07:30:00Z")) == 200
        assert len(servers.shown()) == 3, "the same alert later is another incident"
        assert set(json.loads((tmp_path / "notified.json").read_text()).keys()) == {
            *("qualite/room/a1", "qualite/room/b2", "qualite/gateway/a1", "qualite/gateway/b2")
        }

    bridged(tmp_path, what)


def test_while_a_server_is_away_alertmanager_is_asked_to_send_again_and_nothing_is_doubled(tmp_path: Path) -> None:
    async def what(servers: Servers, bridge: Callable[[], Bridge], post: Post) -> None:
        running = bridge()
        servers.refusals = [web.Response(status=502), web.json_response({"errcode": "M_FORBIDDEN"}, status=403)]
        with capture_logs() as said:
            assert [await post(running, alert(), alert("b2")) for _ in range(3)] == [503, 503, 200]
        assert len(servers.shown()) == 2
        assert len(servers.messages) == 2, "the gateway took them at once"
        assert "M_FORBIDDEN" in str(said)
        assert not any(each in str(said) for each in (TOKEN, "a-secret", HOST))
        (tmp_path / "notified.json").unlink()  # killed after the room had it, before the bridge noted it
        assert await post(bridge(), alert()) == 200
        assert len(servers.shown()) == 2, "the transaction is the same"

    bridged(tmp_path, what)


def test_a_server_that_asks_to_wait_is_asked_again_within_seconds_or_by_alertmanager(tmp_path: Path) -> None:
    def busy(milliseconds: int) -> web.Response:
        return web.json_response({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": milliseconds}, status=429)

    async def what(servers: Servers, bridge: Callable[[], Bridge], post: Post) -> None:
        running = bridge()
        servers.refusals = [busy(1)]
        assert await post(running, alert()) == 200
        servers.refusals = [busy(3_600_000)]
        assert await post(running, alert("b2")) == 503
        assert await post(running, alert("b2")) == 200
        assert len(servers.shown()) == 2

    assert receivers.LONGEST_PAUSE < 60
    bridged(tmp_path, what)


@pytest.mark.slow
def test_what_is_no_webhook_of_alertmanager_is_refused(tmp_path: Path) -> None:
    async def what(servers: Servers, bridge: Callable[[], Bridge], post: Post) -> None:
        running = bridge()
        assert await post(running, alert(), name="elsewhere") == 404
        assert await post(running, json={"alerts": [{"status": "perhaps"}]}) == 400
        assert await post(running, data=json.dumps({"alerts": [alert()]}), json=None) == 415, "as a stranger's page may"
        assert await post(running, data=BytesIO(b"{" * 2**21), json=None, headers=JSON) == 413
        assert (servers.events, servers.messages) == ({}, [])

    bridged(tmp_path, what)


@pytest.mark.broker
def test_alertmanager_with_our_routes_begins_and_ends_a_message(tmp_path: Path) -> None:
    def through(address: str, servers: Servers) -> None:
        labels = {"alertname": "MiscountSuspected", "severity": "counting", "team": "qualite", "site": "lozere"}
        with alertmanager(routes(address)) as sender:

            def send(ends: datetime) -> None:
                sent = {"labels": labels, "annotations": alert()["annotations"], "endsAt": ends.isoformat()}
                asked = Request(f"http://{sender.address}/api/v2/alerts", json.dumps([sent]).encode(), JSON)
                with urlopen(asked, timeout=PATIENCE):
                    pass

            send(datetime.now(UTC) + timedelta(hours=1))
            sender.wait(lambda: len(servers.shown()) == 1)
            send(datetime.now(UTC))
            sender.wait(lambda: servers.shown()[0].startswith("Terminé : Circulation"))
            assert len(servers.messages) == 2

    async def what(servers: Servers, bridge: Callable[[], Bridge], _post: Post) -> None:
        async with listening(bridge().app([]), listener(HOST, 0)) as port:
            await asyncio.to_thread(through, f"{HOST}:{port}", servers)

    bridged(tmp_path, what)
