"""Decisions on the command line: read from a real broker, written to it, and refused if impossible."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.history.notes import read_notes
from agents.history.review import ReviewError, incidents, parse_moment
from agents.kafka import client as kafka
from agents.kafka.client import Topic, producer, topic
from agents.kafka.reading import records
from agents.kafka.topics import create_topics
from config.settings import Settings
from streams.chain.entry import is_entry
from streams.decoding import Decoder
from streams.events import Review
from tests.agents.history.known import FALL, RISE, STUCK, told
from tests.agents.running import find_broker


@pytest.fixture
def office(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    create_topics(settings)
    file = tmp_path / "office.yaml"
    file.write_text("site: lozere\ntimezone: Europe/Paris\nlines: {standard: {}}\n")
    monkeypatch.setenv("TOCSIN_CONFIG", str(file))
    find_broker(monkeypatch, settings)
    publish(
        settings,
        told(RISE, "open", 3),
        told(STUCK, "open", 4),
        told(FALL, "closed", 5),
        told(STUCK, "dismissed", 4),
        told("standard-20130601T073000Z-rise", "open", 6, site="ardeche"),
    )
    return settings


def publish(settings: Settings, *incidents: dict[str, object]) -> None:
    client = producer(settings)
    for each in incidents:
        client.send(topic(settings, Topic.INCIDENTS), key=str(each["id"]).encode(), value=msgspec.json.encode(each))
    client.close()


def invoke(*arguments: str, told: str | None = None) -> Result:
    return CliRunner(env={"COLUMNS": None}).invoke(app, ["review", *arguments], input=told)


def sent(settings: Settings) -> list[tuple[bytes | None, Review]]:
    decode = Decoder(Review).decode
    log = [each for each in records(settings, topic(settings, Topic.REVIEWS)) if not is_entry(each.value)]
    return [(each.key, decode(each.value)) for each in log]


@pytest.mark.broker
def test_the_latest_states_of_the_sites_incidents_are_listed_those_to_review_first(office: Settings) -> None:
    assert [(each["id"], each["status"]) for each in incidents(office)] == [
        (RISE, "open"),
        (FALL, "closed"),
        (STUCK, "dismissed"),
    ], "over, and still to be decided, as it decides the year"
    assert json.loads(invoke("list", "--json").stdout)[0]["id"] == RISE
    assert json.loads(invoke("list", "--line", "nowhere", "--json").stdout) == []
    assert "3 incidents, 2 to review" in invoke("list").stdout
    shown = invoke("show", RISE).stdout
    assert all(words in shown for words in ("20%", "after 40 calls", "m: confirms: [n]"))


@pytest.mark.broker
def test_a_decision_goes_to_its_line_with_who_and_why(office: Settings) -> None:
    done = invoke("dismiss", RISE, "--by", "m.durand", "--note", "a fair")
    what = "standard: miscount, drift of the counting, mechanism unknown"
    said = f"dismisses: {RISE} ({what}, 2013-03-04T08:30:00+01:00 to 2013-03-04T12:00:00+01:00)\n"
    assert (done.exit_code, done.stdout) == (0, said)
    assert done.stderr.startswith(
        "published with the figures and kept: 'm.durand', 'a fair'\nthe note must not contain a caller's name"
    )
    assert invoke("confirm", RISE, "--by", "m", "--note", "n", "--to", "2013-03-04 10:00").exit_code == 0
    assert invoke("reopen", STUCK, "--by", "m").exit_code == 0
    taken = invoke("take", RISE, "--by", "m")
    assert (taken.exit_code, taken.stdout.partition(" (")[0]) == (0, f"is dealing with it: {RISE}")
    bounds = ("--from", "2013-07-01T08:30", "--to", "2013-07-01T12:00+02:00")
    assert invoke("declare", "standard", *bounds, "--by", "m", "--note", "works").exit_code == 0
    found = sorted(sent(office), key=lambda each: float(each[1].at))  # type: ignore[arg-type]  # seconds
    assert {key for key, _ in found} == {b"lozere/standard"}
    decided = [review for _, review in found]
    assert [each.decision for each in decided] == ["dismiss", "confirm", "reopen", "take", "declare"]
    assert (decided[0].incident, decided[0].by, decided[0].note) == (RISE, "m.durand", None)
    assert read_notes(office)[decided[0].note_digest or ""] == "a fair", "the log has the note's hash alone"
    assert decided[1].to == parse_moment("2013-03-04T10:00+01:00", "UTC")
    assert (decided[4].line, decided[4].from_) == ("standard", parse_moment("2013-07-01T08:30+02:00", "UTC"))


@pytest.mark.broker
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("show", "standard-1"),
            "incident 'standard-1' is unknown; expected an id from `tocsin review list`, a number",
        ),
        (
            ("confirm", "4", "--note", "n"),
            "incident '4' is unknown; expected an id from `tocsin review list`, a number up",
        ),
        (("erase", "0", "--by", "m"), "a number up to 3, or `last`"),
        (("dismiss", RISE), "--note"),
        (("confirm", RISE, "--note", "n", "--to", "soon"), "'soon' is not a moment"),
        (("confirm", RISE, "--note", "n", "--to", "2013-03-04 08:00"), "would be before its start"),
        (("declare", "nowhere", "--from", "2013-03-04", "--to", "2013-03-05"), "expected one of standard"),
        (("declare", "standard", "--from", "2013-03-05", "--to", "2013-03-04"), "is not after"),
        (("dismiss", RISE, "--note", "Mme Durand, 06 11 22 33 44"), "a telephone number - at `$.note`; a decision is"),
        (("dismiss", RISE, "--note", "tested", "--by", "0611223344"), "a telephone number - at `$.by`; a decision is"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_sent(office: Settings, arguments: tuple[str, ...], says: str) -> None:
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert sent(office) == []


@pytest.mark.broker
@pytest.mark.parametrize(("answer", "arguments", "kept"), [("n", (), 0), ("y", (), 1), ("", ("--yes",), 1)])
def test_on_a_terminal_a_person_agrees_to_what_is_kept(
    office: Settings, monkeypatch: pytest.MonkeyPatch, answer: str, arguments: tuple[str, ...], kept: int
) -> None:
    monkeypatch.setattr("agents.commands.deciding.attended", lambda: True)
    result = invoke("dismiss", RISE, "--by", "m", "--note", "a fair", *arguments, told=f"{answer}\n")
    assert "published with the figures and kept: 'm', 'a fair'" in result.stderr
    assert result.exit_code == (0 if kept else 1)
    assert len(sent(office)) == kept


@pytest.mark.broker
def test_a_number_says_which_incident_it_is_before_that_is_decided_on(office: Settings) -> None:
    listed = invoke("list").stdout
    assert re.findall(r"^ +(\d)  (\S+)", listed, re.MULTILINE) == [("1", RISE), ("3", FALL), ("2", STUCK)]
    assert "incidents are numbered by their beginning; the last is number 3" in listed
    assert "last is number 3" in invoke("list", "--line", "nowhere").stdout, "of all, not of those shown"
    assert {each["id"]: each["number"] for each in json.loads(invoke("list", "--json").stdout)} == {
        RISE: 1,
        STUCK: 2,
        FALL: 3,
    }
    assert invoke("show", "2").stdout == invoke("show", STUCK).stdout
    done = invoke("confirm", "last", "--by", "m", "--note", "n")
    assert done.stderr.startswith(
        f"last: {FALL} (standard: miscount, drift of the counting, mechanism unknown, 2013-05-04T08:30:00"
    )
    assert done.stdout.startswith(f"confirms: {FALL} (standard: ")
    publish(office, told(FALL, "confirmed", 5))
    assert invoke("reopen", "1", "--by", "m").exit_code == 0
    assert [each.incident for _, each in sent(office)] == [FALL, RISE]
    assert invoke("show", "3").stdout == invoke("show", FALL).stdout, "a decision changes no number"


@pytest.mark.broker
@pytest.mark.parametrize(("answers", "status", "kept"), [("n\n", 1, 0), ("oui\na fair\ny\n", 0, 1)])
def test_on_a_terminal_a_person_agrees_that_a_number_is_the_one_meant(
    office: Settings, monkeypatch: pytest.MonkeyPatch, answers: str, status: int, kept: int
) -> None:
    monkeypatch.setattr("agents.commands.deciding.attended", lambda: True)
    result = invoke("dismiss", "2", "--by", "m", told=answers)
    assert f"2: {STUCK} (standard" in result.stderr
    assert ("Why" in result.stderr) == bool(kept), "nobody is asked why before it is clear of which"
    assert (result.exit_code, len(sent(office))) == (status, kept)


def silence(line: str, status: str = "open") -> dict[str, object]:
    return told(f"{line}-20130304T073000Z-silence", status, 3, line=line, cause="silence", kind="missing")


@pytest.mark.broker
def test_where_all_lines_were_silent_one_decision_is_on_all_of_them(office: Settings) -> None:
    name, lines = "office-20130304T073000Z-closed", ("standard", "circulation")
    silences = [f"{line}-20130304T073000Z-silence" for line in lines]
    publish(office, *(silence(line) for line in lines))
    assert json.loads(invoke("list", "--json").stdout)[0]["office"] is None
    assert {each["id"] for each in json.loads(invoke("list", "--json").stdout) if each["office"] == name} == {*silences}
    listed = invoke("list", "--line", "circulation").stdout
    assert listed.count(f"2  {name}") == 1
    assert not any(each in listed for each in silences)
    assert "all lines silent" in listed
    assert "tous les services muets : fermé ?" in invoke("show", name, "--lang", "fr").stdout
    done = invoke("dismiss", name, "--by", "m", "--note", "a bridge day")
    assert (done.exit_code, done.stdout[: len(name) + 20]) == (0, f"dismisses: {name} (circula")
    publish(office, *(silence(line, "dismissed") for line in lines))
    assert name not in invoke("list").stdout
    assert invoke("reopen", name, "--by", "m").exit_code == 0
    found = sent(office)
    assert {(key, each.incident, each.decision) for key, each in found} == {
        (f"lozere/{line}".encode(), each, decision)
        for line, each in zip(lines, silences, strict=True)
        for decision in ("dismiss", "reopen")
    }
    assert len({each.at for _, each in found}) == 2


def test_a_moment_is_read_in_the_offices_zone() -> None:
    assert parse_moment("2013-07-01", "Europe/Paris").isoformat() == "2013-07-01T00:00:00+02:00"
    with pytest.raises(ReviewError, match="expected one like"):
        parse_moment("yesterday", "Europe/Paris")


def test_a_broker_that_does_not_answer_is_work_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", "127.0.0.1:9")
    monkeypatch.setattr(kafka, "START_MS", 500)
    assert invoke("list").exit_code == 1
