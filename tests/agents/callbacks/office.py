"""An office with a fresh log of callers, some lost and some reached later."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.history.incident_json import incident_json
from agents.kafka.client import Topic, topic
from agents.kafka.reading import records
from agents.kafka.sending import sending
from agents.kafka.topics import topic_plans
from config.settings import Settings, load
from streams.watch.incident import Incident
from tests.agents.board.known import line, ongoing
from tests.agents.running import of_broker

OFFICE: Final = f"""\
site: lozere
opening_hours: 24/7
holidays: {{open: [{datetime.now(ZoneInfo("Europe/Paris")).date()}]}}
lines: {{accueil: {{label: Accueil, queues: [accueil]}}, cartes: {{label: Cartes grises, queues: [cartes]}}}}
"""
ANNE, BRUNO, CLAIRE = "0466496001", "0466496002", "0466496003"


class Office:
    """An office whose commands a test runs."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        (folder / "office.yaml").write_text(OFFICE)
        self.log = folder / "queue_log"
        self.environment = {
            **of_broker(settings),
            "TOCSIN_CONFIG": str(folder / "office.yaml"),
            "TOCSIN_STATE_DIR": str(folder / "state"),
        }
        self.settings = load(folder / "office.yaml", self.environment)

    def run(self, *words: str, exit_code: int = 0) -> Result:
        done = CliRunner().invoke(app, [*words, "--lang", "en"], env=self.environment, terminal_width=200)
        assert done.exit_code == exit_code, done.output
        return done

    def listed(self, *more: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.run("callbacks", "--json", *more).stdout)
        return told


def row(at: float, call: str, queue: str, agent: str, event: str, *data: str) -> str:
    return "|".join([f"{at:.0f}", call, queue, agent, event, *data])


def lost(at: float, call: str, number: str, queue: str = "accueil", wait: int = 20) -> list[str]:
    entered = row(at - wait, call, queue, "NONE", "ENTERQUEUE", "", number, "1")
    return [entered, row(at, call, queue, "NONE", "ABANDON", "1", "1", str(wait))]


def answered(at: float, call: str, number: str, queue: str) -> list[str]:
    entered = row(at - 5, call, queue, "NONE", "ENTERQUEUE", "", number, "1")
    return [entered, row(at, call, queue, "Agent/1", "CONNECT", "5", f"{call}9", "3")]


def told(office: Office) -> Office:
    """Let an office ingest its log: Anne and Claire were lost, Bruno was lost and then reached on another line."""
    now = time.time()
    rows = [
        *lost(now - 86_400, "0.1", CLAIRE),
        *lost(now, "1.1", ANNE),
        *lost(now, "1.2", f'"Bruno" <{BRUNO}>', wait=7),
        *answered(now + 1, "1.3", BRUNO, "cartes"),
        *lost(now + 2, "1.4", CLAIRE, "cartes", wait=40),
        *lost(now + 3, "1.5", f"+33{ANNE[1:]}", "cartes", wait=9),
        *lost(now + 3, "1.6", "anonymous"),
    ]
    office.log.write_text("\n".join(rows) + "\n")
    office.run("topics")
    office.run("ingest", "queue-log", str(office.log))
    return office


def suspect(office: Office, name: str) -> None:
    """Publish an open miscount of a line since yesterday, whose rule does not identify the calls."""
    now = datetime.now(ZoneInfo(office.settings.timezone))
    since, until = (round((now - timedelta(hours=hours)).timestamp()) * 1000 for hours in (25, 1))
    found = Incident("wrong", name, "rise", "miscount", "drift", since, until, since, 3)
    told = {"site": "lozere", **incident_json(found, ZoneInfo(office.settings.timezone))}
    with sending(office.settings) as sender:
        sender.send(topic(office.settings, Topic.INCIDENTS), b"lozere/wrong", msgspec.json.encode(told))
        status = line(name, now, incidents=[ongoing(found)])
        sender.send(topic(office.settings, Topic.STATUS), status.id.encode(), msgspec.json.encode(status))


def nothing_in_clear(office: Office) -> bool:
    """Check that no record of any topic, and no file beside the log, holds a number."""
    told = [
        (record.key or b"") + (record.value or b"")
        for name in topic_plans(office.settings)
        for record in records(office.settings, name)
    ]
    told += [file.read_bytes() for file in office.log.parent.rglob("*") if file.is_file() and file != office.log]
    assert told
    return not any(number[1:].encode() in each for number in (ANNE, BRUNO, CLAIRE) for each in told)
