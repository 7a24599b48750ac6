"""Rooms of a real homeserver: `tocsin check` enters them, `tocsin notify` writes in them; a refusal has its remedy."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from agents.kafka.child import child
from agents.kafka.topics import create_topics
from agents.language import Language
from agents.notify.bridge import Bridge
from agents.ports import free_port
from agents.translation import Words
from config.notify import Notify, Room
from config.settings import Settings
from tests.agents.notify.homeserver import HOST, Account, Homeserver, homeserver
from tests.agents.notify.posting import SAID, alert, post
from tests.agents.office import CommandedOffice
from tests.deploy.servers import alertmanager, configuration, prometheus
from tests.deploy.test_alerts import hastened_rules, routes
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

CONFIGURED = """\
site: lozere
lines: {{circulation: {{}}}}
notify:
  rooms: {{qualite: {{homeserver: "{homeserver}", room: "{room}", token_file: {token}}}}}
  prometheus: {prometheus}
"""
AWAY = "http://127.0.0.1:1"
METRICS = """\
tocsin_site_open{{site="lozere"}} 1
tocsin_line_info{{site="lozere",line="circulation",label="Circulation"}} 1
tocsin_miscount_suspected{{site="lozere",line="circulation",kind="drift"}} {suspected}
tocsin_incident_start_timestamp_seconds{{site="lozere",line="circulation",verdict="miscount",kind="drift"}} 1370241000
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Homeserver]:
    with homeserver() as running:
        yield running


@pytest.fixture
def human(server: Homeserver) -> Account:
    return server.account(f"agent-{uuid4().hex[:8]}")


@pytest.fixture
def program(server: Homeserver) -> Account:
    return server.account(f"tocsin-{uuid4().hex[:8]}")


def token_of(account: Account, folder: Path) -> Path:
    file = folder / "token"
    file.write_text(f"{account.token}\n")
    file.chmod(0o600)
    return file


def posted(folder: Path, account: Account, room: str, *alerts: dict[str, Any]) -> tuple[int, str]:
    """Post alerts to a new bridge, as after a restart; return the status of its answer, and its log."""
    rooms = {"qualite": Room(homeserver=account.address, room=room, token_file=token_of(account, folder))}

    async def run() -> int:
        return await post(Bridge(Notify(rooms=rooms), Words(Language.FR), folder / "notified.json"), *alerts)

    with capture_logs() as logged:
        status = asyncio.run(run())
    assert account.token not in str(logged)
    return status, str(logged)


@contextmanager
def notifying(folder: Path, account: Account, room: str, port: int, prometheus: str = AWAY) -> Iterator[None]:
    """Run `tocsin notify` for a room while the block runs."""
    file, token = folder / "office.yaml", token_of(account, folder)
    file.write_text(CONFIGURED.format(homeserver=account.address, room=room, token=token, prometheus=prometheus))
    command = [sys.executable, "-m", "agents", "notify", "--config", str(file), "--web-port", str(port)]
    environment = {**os.environ, "TOCSIN_STATE_DIR": str(folder / "state")}
    with (folder / "output").open("w+b") as said, child(command, env=environment, said=said):
        yield


def test_an_account_that_is_invited_writes_and_alertmanager_ends_its_message(
    human: Account, program: Account, tmp_path: Path
) -> None:
    room, port = human.room(program), free_port(HOST)
    labels = {"alertname": "MiscountSuspected", "severity": "counting", "team": "qualite", "site": "lozere"}
    with notifying(tmp_path, program, room, port), alertmanager(routes(f"{HOST}:{port}")) as sender:

        def send(ends: datetime) -> None:
            sent = {"labels": labels, "annotations": alert()["annotations"], "endsAt": ends.isoformat()}
            request = Request(f"http://{sender.address}/api/v2/alerts", json.dumps([sent]).encode())
            request.add_header("Content-Type", "application/json")
            with urlopen(request, timeout=PATIENCE):
                pass

        send(datetime.now(UTC) + timedelta(hours=1))
        sender.wait(lambda: human.shown(room) == [SAID])
        send(datetime.now(UTC))
        sender.wait(lambda: human.shown(room) == [f"Terminé : {SAID}"])


def test_an_incident_whose_worker_dies_is_no_longer_measured_and_ends_when_the_worker_says_so(
    human: Account, program: Account, tmp_path: Path
) -> None:
    room, port, worker = human.room(program), free_port(HOST), free_port(HOST)
    (tmp_path / "web").mkdir()
    metrics = tmp_path / "web" / "metrics"
    metrics.write_text(METRICS.format(suspected=1))
    served = [sys.executable, "-m", "http.server", str(worker), "--bind", HOST, "--directory", str(metrics.parent)]
    with alertmanager(routes(f"{HOST}:{port}")) as sender:
        asked = configuration({"tocsin-worker": [f"{HOST}:{worker}"]}, alertmanager=sender.address)
        asked["rule_files"] = hastened_rules(tmp_path)
        with (
            prometheus(asked) as watcher,
            notifying(tmp_path, program, room, port, f"http://{watcher.address}"),
            (tmp_path / "served").open("w+b") as said,
        ):

            def reads(words: str) -> None:
                watcher.wait(lambda: [each.partition(" (")[0] for each in human.shown(room)] == [words])

            with child(served, env=os.environ, said=said):
                reads("lozere, Circulation : erreur de comptage présumée")
            reads("N'est plus mesuré : lozere, Circulation : erreur de comptage présumée")
            with child(served, env=os.environ, said=said):
                reads("lozere, Circulation : erreur de comptage présumée")
                metrics.write_text(METRICS.format(suspected=0))
                reads("Terminé : lozere, Circulation : erreur de comptage présumée")


def test_more_messages_than_the_server_takes_at_once_are_all_sent_each_once(
    human: Account, program: Account, tmp_path: Path
) -> None:
    room = human.room(program)
    alerts = [alert(f"{number:x}") for number in range(6)]
    status, _ = posted(tmp_path, program, room, *alerts)
    assert status == 200
    (tmp_path / "notified.json").unlink()  # killed after the room had them, before the bridge noted it
    status, _ = posted(tmp_path, program, room, *alerts)
    assert status == 200
    assert human.shown(room) == [SAID] * 6


def test_an_account_that_is_not_invited_is_named_and_what_it_missed_comes_once_it_is(
    human: Account, program: Account, tmp_path: Path
) -> None:
    room = human.room()
    status, says = posted(tmp_path, program, room, alert(), alert("b2"))
    assert status == 424, "Alertmanager does not send it again at once"
    assert f"status 403 'M_FORBIDDEN': invite {program.id} to the room" in says
    human.asks("POST", f"rooms/{room}/invite", user_id=program.id)
    assert posted(tmp_path, program, room, alert(), alert("b2"))[0] == 200
    assert human.shown(room) == [SAID, SAID]
    human.asks("POST", f"rooms/{room}/kick", user_id=program.id)
    status, says = posted(tmp_path, program, room, alert(status="resolved"))
    assert (status, "invite" in says) == (424, True)


def test_an_account_that_may_not_write_there_is_named(human: Account, program: Account, tmp_path: Path) -> None:
    room = human.room(program, power_level_content_override={"events_default": 50})
    status, says = posted(tmp_path, program, room, alert())
    assert status == 424
    assert f"'M_FORBIDDEN': {program.id} is in the room, but may not write this" in says


def test_an_old_token_or_a_room_that_is_not_there_is_named(human: Account, program: Account, tmp_path: Path) -> None:
    status, says = posted(tmp_path, replace(program, token="old"), human.room(program), alert())
    assert status == 424
    assert "status 401 'M_UNKNOWN_TOKEN': write a valid access token of the account into token_file" in says
    status, says = posted(tmp_path, program, "!elsewhere:tchap.example", alert())
    assert status == 424
    assert "and check its id" in says


@pytest.mark.broker
def test_check_enters_a_room_by_its_invitation_or_says_what_is_missing(
    human: Account, program: Account, settings: Settings, tmp_path: Path
) -> None:
    create_topics(settings)
    room, token = human.room(), token_of(program, tmp_path)
    configured = CONFIGURED.format(homeserver=human.address, room=room, token=token, prometheus=AWAY)
    office = CommandedOffice(settings, tmp_path, configured)
    refused = office.command("check", "--lang", "en")
    assert refused.exit_code == 1
    assert f"room           qualite: status 403 'M_FORBIDDEN': invite {program.id} to the room" in refused.stderr
    human.asks("POST", f"rooms/{room}/invite", user_id=program.id)
    entered = office.command("check", "--lang", "en")
    assert entered.exit_code == 0, entered.output
    assert f"room           qualite: {program.id} is in the room" in entered.stdout
    assert human.members(room) == {human.id, program.id}
    token_of(replace(program, token="old"), tmp_path)
    old = office.command("check", "--lang", "fr")
    assert old.exit_code == 1
    assert "écrivez dans token_file un jeton d'accès valide du compte" in old.stderr
