"""A real worker on a real broker counts a nation's offices while their files are added, changed and removed."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.history.ledger import read_history
from agents.ingest.send import ingest
from agents.kafka.topics import create_topics
from agents.sources.entry import Accepted
from config.settings import Settings
from streams.events import CallEvent
from streams.ledger.day import LineDay
from tests.agents.forked import run
from tests.agents.reading import letters
from tests.agents.running import Running, of_broker, worker
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker

OFFICE = """
site: {site}
place: {{region: {region}}}
timezone: {zone}
lines:
  standard: {{label: "{label}"}}
services:
  cards: {{label: "Cards"}}
"""
OPENS = 1_700_000_000  # s: a Tuesday


def calls(site: str | None, first: int, count: int) -> list[dict[str, Any]]:
    return [
        {"type": "answered", "line": "standard", "call": str(call), "at": OPENS + call, "wait": 2, "talk": 1}
        | ({} if site is None else {"site": site})
        for call in range(first, first + count)
    ]


class Offices:
    """The files of a nation, and the worker that counts its offices."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.settings = settings
        self.folder = folder / "offices"
        self.folder.mkdir()
        self.nation = folder / "nation.yaml"
        self.nation.write_text("sites: offices\nclock: event\n", encoding="utf-8")

    def write(self, site: str, label: str = "Standard", zone: str = "Europe/Paris", region: str = "Here") -> None:
        text = OFFICE.format(site=site, label=label, zone=zone, region=region)
        (self.folder / f"{site}.yaml").write_text(text, encoding="utf-8")

    def tell(self, site: str, first: int, count: int) -> None:
        """Send answered calls of an office."""
        events = [msgspec.convert(each, CallEvent) for each in calls(site, first, count)]
        ingest(self.settings, [Accepted(1, each, msgspec.json.encode(each)) for each in events], "calls")

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            **of_broker(self.settings),
            "TOCSIN_CONFIG": str(self.nation),
            "LANG": "en_GB.UTF-8",
        }
        return run(words, env=environment)

    def in_ledger(self) -> dict[str, int]:
        """Return the calls offered in the ledger, by site."""
        found = Counter[str]()
        for day in read_history(self.settings).days.of():
            if isinstance(day, LineDay):
                found[day.id.partition("/")[0]] += sum(slot.offered for slot in day.slots.values())
        return dict(found)


@pytest.fixture
def offices(tmp_path: Path, settings: Settings) -> Offices:
    """Return a nation of two offices on that broker."""
    create_topics(settings)
    made = Offices(tmp_path, settings)
    made.write("mende")
    made.write("reunion", zone="Indian/Reunion", region="There")
    return made


@pytest.fixture
def running(offices: Offices) -> Iterator[Running]:
    with worker(offices.settings, TOCSIN_CONFIG=str(offices.nation)) as found:
        found.await_page("/healthz", '"status": "ok"')
        yield found


def await_offered(running: Running, **expected: int) -> None:
    """Wait until the worker shows this number of calls for each site."""

    def seen() -> dict[str, float]:
        return {site: running.total("tocsin_calls_offered_total", site=site) for site in expected}

    running.until(lambda: seen() == expected, lambda: f"{seen()}, expected {expected}")


def test_each_office_is_counted_by_its_own_hours_zone_and_place(
    offices: Offices, running: Running, tmp_path: Path
) -> None:
    file = tmp_path / "events.jsonl"
    both = calls("mende", 0, 30) + calls("reunion", 0, 20) + calls(None, 0, 3)
    file.write_text("".join(json.dumps(each) + "\n" for each in both), encoding="utf-8")
    sent = offices.command("ingest", "events", str(file))
    assert (sent.returncode, "50 records to" in sent.stdout) == (0, True), sent
    await_offered(running, mende=30, reunion=20)
    assert running.total("tocsin_site_info", site="mende", region="Here") == 1
    assert running.total("tocsin_site_info", site="reunion", region="There") == 1
    running.process.terminate()
    running.process.wait(PATIENCE)
    assert offices.in_ledger() == {"mende": 30, "reunion": 20}
    assert [each.reason for each in letters(offices.settings)] == ["site"] * 3
    days = {each.id: each.day for each in read_history(offices.settings).days.of() if isinstance(each, LineDay)}
    assert days == {"mende/standard": "2023-11-14", "reunion/standard": "2023-11-15"}


def test_an_office_that_is_added_changed_retired_or_wrong_for_a_while_loses_nothing(
    offices: Offices, running: Running
) -> None:
    offices.tell("mende", 0, 10)
    offices.tell("langogne", 0, 25)  # before its file exists
    await_offered(running, mende=10)
    offices.write("langogne")
    offices.tell("langogne", 25, 15)  # at once
    await_offered(running, mende=10, langogne=40)

    offices.write("mende", label="Accueil")
    (offices.folder / "reunion.yaml").write_text("site: reunion\nlins: {}\n", encoding="utf-8")
    offices.tell("mende", 10, 10)
    await_offered(running, mende=20, langogne=40)
    running.await_page("/metrics", "tocsin_catalogue_refused 1.0")
    offices.write("reunion", zone="Indian/Reunion")
    running.await_page("/metrics", "tocsin_catalogue_refused 0.0", 'label="Accueil"')
    offices.tell("reunion", 0, 5)
    await_offered(running, mende=20, reunion=5)

    (offices.folder / "langogne.yaml").rename(offices.folder / "langogne.retired")
    running.until(lambda: not running.total("tocsin_calls_offered_total", site="langogne"))
    offices.tell("langogne", 40, 10)
    offices.tell("mende", 20, 10)
    await_offered(running, mende=30)
    (offices.folder / "langogne.retired").rename(offices.folder / "langogne.yaml")
    await_offered(running, mende=30, reunion=5, langogne=50)
    running.process.terminate()
    running.process.wait(PATIENCE)
    assert offices.in_ledger() == {"mende": 30, "reunion": 5, "langogne": 50}
    with worker(offices.settings, TOCSIN_CONFIG=str(offices.nation)) as again:
        again.await_page("/healthz", '"status": "ok"')
        await_offered(again, mende=30, reunion=5, langogne=50)


def test_what_no_worker_knew_is_sent_again_once_it_is_known(offices: Offices) -> None:
    with worker(offices.settings, TOCSIN_CONFIG=str(offices.nation)) as running:
        offices.tell("langogne", 0, 25)
        running.await_events(25)
    offices.write("langogne")
    with worker(offices.settings, TOCSIN_CONFIG=str(offices.nation)) as running:
        done = offices.command("dead-letters", "--replay")
        assert "25 sent again, 0 left" in done.stdout, done
        await_offered(running, langogne=25)


def test_the_commands_of_a_nation(offices: Offices) -> None:
    checked = offices.command("check")
    assert checked.returncode == 0, checked
    assert offices.command("ingest", "calls", "x.csv").returncode == 2
    assert "sites 2: lines 2, services 2, channels 0; regions 2" in checked.stdout
    assert offices.command("topics", "--check").returncode == 0
