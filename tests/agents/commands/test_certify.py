"""`tocsin certify` on a real broker: the coverage of checks and the calls to verify by hand. It writes nothing."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.history.incident_json import incident_json
from agents.kafka.client import Topic, producer, topic
from agents.kafka.reading import records
from agents.kafka.topics import create_topics
from config.settings import Settings
from streams.certificate import sensitivity
from streams.events import CallEvent, Reading
from streams.kept.packing import pack
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LineDay, day_key
from streams.simulation.attempt import Attempt, events_of
from tests.agents.html import Page
from tests.agents.running import find_broker
from tests.agents.totals.year import PARIS
from tests.streams.indicators.telling import incident, line_days

OFFICE = """\
site: lozere
timezone: UTC
opening_hours: "Mo-Fr 09:00-11:00"
holidays: {country: null}
lines:
  circulation: {label: "Circulation <b>", target: 0.10, expected_lost_rate: 0.02}
  standard: {label: "Standard", target: 0.02, witness: cel}
  desk: {lifecycle: totals}
"""
WRONG = incident(date(2013, 4, 15), date(2013, 4, 19), status="confirmed")
MARCH = 1_362_387_600_000  # 2013-03-04, 09:00


def ledger() -> list[LineDay]:
    """Return a hundred working days of two lines."""
    first, last = date(2013, 1, 7), date(2013, 5, 24)
    usual = CallSlot(offered=6, answered=6)
    return [
        *line_days(first, last, lambda slot_no: CallSlot(offered=6, answered=5, lost=1) if slot_no % 9 == 0 else usual),
        *line_days(first, last, lambda _: usual, "standard"),
    ]


def calls() -> list[CallEvent]:
    attempts = [
        Attempt(
            line="circulation",
            call=f"call-{n}",
            start=MARCH + n * QUARTER_MS // 10,
            wait=2_000,
            outcome="lost" if n % 20 == 0 else "answered",
            caller=f"hmac:{n:08x}",
        )
        for n in range(60)
    ]
    return [event for each in attempts for _, event in events_of(each, "lozere", "switch", final=False)]


def configured(folder: Path) -> Path:
    file = folder / "office.yaml"
    file.write_text(OFFICE, encoding="utf-8")
    return file


@pytest.fixture
def office(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    create_topics(settings)
    monkeypatch.setenv("TOCSIN_CONFIG", str(configured(tmp_path)))
    find_broker(monkeypatch, settings)
    client = producer(settings)

    def send(name: Topic, key: str, value: object) -> None:
        client.send(topic(settings, name), key=key.encode(), value=msgspec.json.encode(pack(value)))

    for day in ledger():
        send(Topic.LEDGER, day_key(day), day)
    send(Topic.INCIDENTS, WRONG.id, {"site": "lozere", **incident_json(WRONG, PARIS)})
    for at in (MARCH, MARCH + 2 * QUARTER_MS):
        reading = Reading(line="circulation", mode="cumulative", at=at / 1000, lost=1)
        send(Topic.LINE_READINGS, "lozere/circulation", reading)
    for event in calls():
        send(Topic.CALL_ATTEMPTS, "lozere/circulation", event)
    client.close()
    return settings


def certify(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["certify", "--year", "2013", "--limit", "0", *arguments], terminal_width=200)


def told(*arguments: str) -> dict[str, Any]:
    result = certify(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.broker
def test_a_certificate_says_what_was_checked_and_what_was_not_and_writes_nothing(office: Settings) -> None:
    every = [topic(office, each) for each in (Topic.LEDGER, Topic.INCIDENTS, Topic.REVIEWS, Topic.NOTES)]
    before = len(list(records(office, *every)))
    made = told()
    assert [each["line"] for each in made["lines"]] == ["circulation", "standard"]
    circulation, standard = made["lines"]
    checks = {each["check"]: each for each in circulation["checks"]}
    assert checks["readings"]["spoke"] == 2
    assert checks["witness"]["silent"].keys() == {"no witness", "not counted"}
    assert "not heard" in next(each for each in standard["checks"] if each["check"] == "witness")["silent"]
    assert [each["id"] for each in circulation["incidents"]] == [WRONG.id]
    assert circulation["calls"]["source"] == "ledger"
    assert circulation["calls"]["calls"] == circulation["calls"]["counted"] > 0
    assert set(circulation["untried"].values()) == {"time", "not kept"}, "--limit 0 leaves no time"
    assert (circulation["faults"], circulation["sample"], made["vintage"]) == ([], None, None)
    assert len(list(records(office, *every))) == before


@pytest.mark.broker
@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("fr", ("Certificat du comptage 2013", "Aucun appel n'a été vérifié", "Aucun second relevé", "Non essayés")),
        ("en", ("Certificate of the count 2013", "No calls were checked", "No second record", "Not tried")),
    ],
)
def test_the_page_speaks_one_language_and_says_what_was_not_checked(
    tmp_path: Path, lang: str, says: tuple[str, ...]
) -> None:
    out = tmp_path / "certificate.html"
    result = certify("--line", "circulation", "--format", "html", "--out", str(out), "--lang", lang)
    assert (result.exit_code, result.stdout) == (0, "")
    page = Page(out.read_text(encoding="utf-8"))
    for words in (*says, "Circulation <b>", WRONG.id):
        assert words in page.text
    assert not {"script", "link", "img", "iframe", "b"} & set(page.tags)
    table = certify("--line", "circulation", "--lang", lang).stdout
    assert " ".join(says[1].split()) in " ".join(table.split())


@pytest.mark.broker
@pytest.mark.usefixtures("office")
def test_calls_are_drawn_from_what_is_there_and_the_answers_come_back(tmp_path: Path) -> None:
    sample = tmp_path / "calls.csv"
    drawn = certify("--line", "circulation", "--sample", "10", "--to", str(sample))
    assert (drawn.exit_code, drawn.stdout) == (0, "")
    assert "drawn from the 60 calls" in drawn.stderr
    text = sample.read_text(encoding="utf-8")
    assert "hmac" not in text
    again = certify("--line", "circulation", "--sample", "10")
    assert list(csv.reader(again.stdout.splitlines())) == list(csv.reader(text.splitlines()))
    blank = certify("--line", "circulation", "--answers", str(sample))
    assert (blank.exit_code, blank.stdout) == (2, "")
    with sample.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with sample.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(row | {"answer": "right"} for row in rows)
    (line,) = told("--line", "circulation", "--answers", str(sample))["lines"]
    result = line["sample"]["result"]
    assert (result["checked"], result["wrong"]) == (len(rows), 0)
    assert 0 < result["within"] < 1
    gone = certify("--line", "standard", "--sample", "10")
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert "add the year's events with --events" in gone.stderr


@pytest.mark.broker
@pytest.mark.usefixtures("office")
def test_events_of_a_file_stand_for_the_calls_and_tell_of_callers(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n".join(map(msgspec.json.encode, calls())))
    (line,) = told("--line", "circulation", "--events", str(file))["lines"]
    assert line["calls"]["source"] == "events"
    assert line["calls"]["calls"] == 60 < line["calls"]["counted"]
    assert line["untried"]["legs-as-lost"] == "not told"
    callers, talks = (next(each for each in line["checks"] if each["check"] == name) for name in ("callers", "talks"))
    assert callers["spoke"] > 0
    assert "not told" in talks["silent"], "no call of this file has a talk"


@pytest.mark.broker
@pytest.mark.usefixtures("office")
def test_faults_are_tried_on_the_line_as_the_ledger_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensitivity, "OF_COUNTS", ("answered-as-lost-silently",))
    (line,) = told("--line", "circulation", "--limit", "300")["lines"]
    (first,) = line["faults"]
    assert first["starts"] >= 10
    assert 0 < first["told"]["20"]["points"] <= first["worst"]["points"]
    assert set(line["untried"].values()) == {"not kept"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--line", "nothing"), "expected one of"),
        (("--line", "desk"), "is counted by readings only"),
        (("--sample", "3"), "a sample needs one line"),
        (("--answers", __file__), "a sample needs one line"),
        (("--events", "nowhere.jsonl"), "does not exist"),
    ],
)
def test_a_wrong_word_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    monkeypatch.setenv("TOCSIN_CONFIG", str(configured(tmp_path)))
    result = certify(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in " ".join(result.stderr.split())
