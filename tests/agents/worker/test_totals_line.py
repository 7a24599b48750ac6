"""A line of totals on a broker: the ledger equals a file's readings exactly, despite every kill."""

from __future__ import annotations

import csv
import json
import random
import signal
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from agents.history.ledger import read_history
from agents.kafka.client import Topic, partition_of, topic
from agents.kafka.sending import sending
from config.settings import Settings
from tests.agents.office import CommandedOffice
from tests.agents.running import Running, worker
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker

OFFICE = """\
site: lozere
clock: event
lines:
  accueil: {lifecycle: totals, queues: [Welcome]}
  permis: {lifecycle: totals, expected_lost_rate: 0.05}
  etrangers: {}
mappings:
  published:
    of: readings
    queue: line
    moments: {since: {column: since}, at: {column: until}}
    offered: offered
    answered: answered
    lost: lost
"""
FIRST = date(2024, 1, 1)
DAYS = 120
KEY = "line lozere/accueil"


def rows(first: int, end: int) -> list[dict[str, object]]:
    """Return the daily readings of two lines; the first one's lost column includes the answered calls."""
    told: list[dict[str, object]] = []
    for number in range(first, end):
        day = FIRST + timedelta(number)
        for name in ("Welcome", "permis"):
            chance = random.Random(f"{name} {number}")
            offered = 0 if name == "permis" and 40 <= number < 47 else chance.randrange(150, 250)
            lost = sum(chance.random() < 0.05 for _ in range(offered))
            told.append(
                {
                    "line": name,
                    "since": f"{day}T00:00:00",
                    "until": f"{day + timedelta(1)}T00:00:00",
                    "offered": offered,
                    "answered": offered - lost,
                    "lost": offered if name == "Welcome" else lost,
                }
            )
    return told


class Office(CommandedOffice):
    """A runner of commands that must all succeed."""

    def command(self, *words: str, **more: str) -> Result:
        done = super().command(*words, **more)
        assert done.exit_code == 0, done.output
        return done

    def written(self, name: str, told: list[dict[str, object]]) -> str:
        file = self.folder / name
        with file.open("w") as out:
            writer = csv.DictWriter(out, list(told[0]))
            writer.writeheader()
            writer.writerows(told)
        return str(file)

    def ingest(self, name: str, told: list[dict[str, object]]) -> None:
        self.command("ingest", "readings", self.written(name, told), "--mapping", "published")

    def year(self, *more: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.command("totals", "--year", "2024", "--format", "json", *more).stdout)
        return found

    def analysed(self, told: list[dict[str, object]]) -> dict[str, Any]:
        file = self.written("whole.csv", told)
        done = self.command("analyze", "readings", file, "--mapping", "published", "--json")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def offered(self) -> int:
        """Return the calls offered in the ledger."""
        days = read_history(self.settings).days.of("lozere")
        return sum(getattr(slot, "offered", 0) for day in days for slot in day.slots.values())

    def await_offered(self, running: Running, offered: int) -> None:
        running.until(lambda: self.offered() == offered, lambda: f"{self.offered()} of {offered}")

    def same(self, analysed: dict[str, Any], year: dict[str, Any]) -> None:
        """Check that the figures of a year equal an analysis, to the unit."""
        for name in ("accueil", "permis"):
            one, other = analysed["lines"][name], year["lines"][name]
            for figure in ("offered", "answered", "lost", "diverted", "unresolved", "lost_rate"):
                assert one["raw"][figure] == other["raw"][figure], (name, figure)
                assert one["corrected"][figure] == other["corrected"][figure], (name, figure)
            assert one["corrected"]["method"] == other["corrected"]["method"]
            assert one["corrected"]["coverage"] == pytest.approx(other["corrected"]["coverage"], abs=0.0001)
        ids = [[(each["id"], each["kind"], each["verdict"]) for each in told["incidents"]] for told in (analysed, year)]
        assert sorted(ids[0]) == sorted(ids[1])


def counted(told: list[dict[str, object]]) -> int:
    """Return the raw number of calls offered: answered and lost."""
    return sum(int(str(row["answered"])) + int(str(row["lost"])) for row in told)


def test_a_line_of_totals_counts_to_the_unit_through_two_kills(settings: Settings, tmp_path: Path) -> None:
    office = Office(settings, tmp_path, OFFICE)
    office.command("topics")
    whole = rows(0, DAYS)
    for first, end in ((0, 50), (40, 90)):  # repeated days count once
        office.ingest(f"{first}.csv", rows(first, end))
        with worker(settings, TOCSIN_CONFIG=str(office.file)) as running:
            office.await_offered(running, counted(rows(0, end)))
            running.process.send_signal(signal.SIGKILL)
            running.process.wait(PATIENCE)
    office.ingest("last.csv", rows(80, DAYS))
    with worker(settings, TOCSIN_CONFIG=str(office.file)) as running:
        office.await_offered(running, counted(whole))
        answered = sum(int(str(row["answered"])) for row in whole if row["line"] == "permis")
        running.until(lambda: running.total("tocsin_calls_answered_total", line="permis") == answered)
        samples = running.samples()
        shown = {name for name, labels in samples if dict(labels).get("line") == "permis"}
        # Values that no reading has are not shown as 0.
        assert not shown & {"tocsin_calls_waiting", "tocsin_calls_ended", "tocsin_call_wait_seconds_count"}
        assert running.total("tocsin_miscount_suspected", line="accueil", kind="duplicate") == 1
    analysed = office.analysed(whole)
    assert analysed["lines"]["accueil"]["corrected"]["method"] == "recount"
    assert analysed["lines"]["permis"]["corrected"]["method"] == "exclude"
    office.same(analysed, office.year())
    office.year("--publish")
    audited = json.loads(office.command("audit", "--json").stdout)
    assert audited["breaches"] == []


def test_a_line_of_totals_whose_state_is_lost_is_folded_anew_by_its_readings(
    settings: Settings, tmp_path: Path
) -> None:
    office = Office(settings, tmp_path, OFFICE)
    office.command("topics")
    whole = rows(0, 60)
    office.ingest("first.csv", rows(0, 50))
    with worker(settings, TOCSIN_CONFIG=str(office.file)) as running:
        office.await_offered(running, counted(rows(0, 50)))
    home = partition_of(b"lozere/accueil", settings.kafka.partitions)
    with sending(settings) as sender:
        for value in (None, b"\x07 junk"):
            sender.send_to(topic(settings, Topic.STATE), home, KEY.encode(), value)
    done = office.command("state", "rebuild", KEY)
    assert "is rebuilt" in done.stdout
    office.ingest("last.csv", rows(50, 60))
    with worker(settings, TOCSIN_CONFIG=str(office.file)) as running:
        office.await_offered(running, counted(whole))
        own = sum(int(str(row["answered"])) for row in whole if row["line"] == "Welcome")
        running.until(lambda: running.total("tocsin_calls_answered_total", line="accueil") == own)
    office.same(office.analysed(whole), office.year())
