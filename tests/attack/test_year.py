"""The forgery of 19.56 %: 143 records on the ledger and one tombstone on the incidents, with the worker's rights.

Circulation of 2013 was counted 19.56 % lost, against a target of 10 %. The forger moves its lost calls to answered in
parts of days, as if late events had done it, and deletes the incident. Each step is printed as people see it.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from msgspec.structs import replace

from agents.ingest.send import ingest
from agents.kafka.client import Topic
from agents.kafka.topics import create_topics
from agents.simulation.lozere import period_rows
from config.settings import Settings, load
from streams.simulation.lozere import PERIODS
from tests.agents.audit.office import Office
from tests.agents.running import worker
from tests.attack.forgery import FAR
from tests.conftest import DEMO
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.broker, pytest.mark.slow]

YEAR: Final = "2013"
FIRST: Final = date(2013, 5, 6)  # four weeks before the fault; the days before them show nothing more
LINE: Final = "circulation"
PARTS: Final = 143


@pytest.fixture
def office(settings: Settings, tmp_path: Path) -> Office:
    """Give the office of the demo after the year of one line, not yet published, and its worker stopped."""
    kafka = settings.kafka.model_copy(update={"partitions": 2})
    create_topics(settings := settings.model_copy(update={"kafka": kafka}))
    office = Office(settings, tmp_path)
    office.file.write_text(DEMO.read_text(encoding="utf-8").replace("clock: wall", "clock: event"), encoding="utf-8")
    (year,) = (each for each in PERIODS if str(each.year) == YEAR)
    lines = tuple(each for each in year.lines if each.line == LINE)
    alone = replace(year, first=FIRST, lines=lines, readings=None)
    rows = [*period_rows(load(office.file, {}), replace(alone, services=(), channels=()))]
    ingest(settings, rows, "demo")
    with worker(settings, TOCSIN_CONFIG=str(office.file)) as running:
        running.await_events(len(rows))
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    return office


def parts(office: Office, position: int | None) -> Iterator[tuple[str, bytes]]:
    """Yield parts of the days with the most lost calls, opened at a position, or at the one that their day names."""
    days = [msgspec.json.decode(value) for key, value in office.ledger().items() if f"/{LINE}/{YEAR}-" in key]
    lost = {day["day"]: sum(slot.get("lost", 0) for slot in day["slots"].values()) for day in days}
    for day in sorted(days, key=lambda each: lost[each["day"]])[-PARTS:]:
        moved = {number: slot["lost"] for number, slot in day["slots"].items() if slot.get("lost")}
        slots = {number: {"answered": count, "lost": -count} for number, count in moved.items()}
        offset = day["offset"] if position is None else position
        part = {"of": "line", "id": day["id"], "day": day["day"], "part": f"0.{offset}", "offset": offset}
        yield f"{day['id']}/{day['day']}#{part['part']}", msgspec.json.encode(part | {"closed": True, "slots": slots})


def reported(office: Office, step: str) -> dict[str, Any]:
    """Return and print what the year's report says of the line."""
    told = json.loads(office.command("totals", "--year", YEAR, "--format", "json").stdout)
    line, breaches = told["lines"][LINE], told["integrity"]["breaches"]
    rates = {name: _percent(line[name]["lost_rate"]) for name in ("raw", "corrected")}
    print(f"{step}\n  report: {LINE} {rates}, target met: {_met(told)}; {_first(breaches)}")  # noqa: T201
    return {**rates, "breaches": breaches}


def published(office: Office, *more: str) -> tuple[int, str]:
    """Publish the year; return the status and the output, and print the first and the last sentence."""
    done = office.command("totals", "--year", YEAR, "--publish", "--format", "json", *more)
    said = done.stderr.strip().splitlines()
    print(f"  totals --publish {' '.join(more)}: status {done.exit_code}, {len(said)} sentences")  # noqa: T201
    for each in dict.fromkeys([*said[:1], *said[-1:]]):
        print(f"    {each}")  # noqa: T201
    return done.exit_code, done.stdout or done.stderr


def _first(breaches: list[dict[str, Any]]) -> str:
    kinds = dict(Counter(each["kind"] for each in breaches))
    one = next((f": {each['subject']}, {each['says_en']} ({each['place']})" for each in breaches), "")
    return f"{len(breaches)} breaches {kinds or ''}{one}"


def _met(told: dict[str, Any]) -> object:
    (of_line,) = (each for each in told["indicators"] if each["id"] == f"lost_rate:{LINE}")
    return {name: of_line[name]["met"] for name in ("raw", "corrected")}


def _percent(rate: float | None) -> str:
    return "withheld" if rate is None else f"{rate:.2%}"


def test_the_forgery_of_19_56_percent_is_seen_at_each_step(office: Office, tmp_path: Path) -> None:
    honest = reported(office, "honest")
    assert (honest["raw"], honest["breaches"]) == ("19.56%", [])
    (incident,) = (key for key, each in office.history().incidents.of().items() if each["verdict"] == "miscount")

    beyond, records = forged(office, tmp_path / "beyond", FAR)
    days = {f"{LINE} {key.partition('#')[0][-10:]}" for key in records}
    found = reported(beyond, f"{PARTS} parts at 2^60")
    assert (found["raw"], {each["subject"].partition(",")[0] for each in found["breaches"]}) == ("19.56%", days)
    beyond.put(Topic.INCIDENTS, incident.encode(), None)
    found = reported(beyond, "and the incident deleted")
    assert {each["kind"] for each in found["breaches"]} == {"day-impossible", "incident-missing"}
    assert published(beyond)[0] == 1
    status, written = published(beyond, "--despite-breaches")
    assert (status, json.loads(written)["integrity"]["holds"]) == (0, False)

    within, records = forged(office, tmp_path / "within", None)
    crossed = reported(within, f"{PARTS} parts at the positions of their days")
    assert float(crossed["raw"].removesuffix("%")) < 5
    status, said = published(within)
    assert (status, sum(day in said for day in days)) == (1, PARTS)

    print("honest again")  # noqa: T201
    assert published(office)[0] == 0


def forged(office: Office, folder: Path, position: int | None) -> tuple[Office, list[str]]:
    """Return the same office on other topics with forged parts, and their keys."""
    kafka = office.settings.kafka.model_copy(update={"prefix": f"{office.settings.kafka.prefix}{folder.name}."})
    folder.mkdir()
    other = office.copied(office.settings.model_copy(update={"kafka": kafka}), folder)
    other.file.write_text(office.file.read_text(encoding="utf-8"), encoding="utf-8")
    records = dict(parts(office, position))
    assert len(records) == PARTS
    other.put_all((Topic.LEDGER, key.encode(), value) for key, value in records.items())
    return other, [*records]
