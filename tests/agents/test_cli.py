"""The command line keeps its promises to shells and programs: statuses, streams, words, and a quick `--help`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.kafka import client as kafka
from agents.kafka.child import free_port
from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from config.settings import Settings
from tests.agents.analysis.test_report import SHAPE, assert_shape
from tests.agents.reading import letters, values

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
HOST = "127.0.0.1"

LOG = b"""\
1543600000|1543600000.1|standard|NONE|ENTERQUEUE||0612345678|1
1543600009|1543600000.1|standard|Agent/2|CONNECT|9|1543600001.2|4
1543600039|1543600000.1|standard|Agent/2|COMPLETECALLER|9|30|1
1543600040|1543600040.1|600|NONE|ENTERQUEUE||0612345679|1
1543600052|1543600040.1|600|NONE|ABANDON|1|1|12
1543600060|1543600060.1|nowhere|NONE|ENTERQUEUE||0612345670|1
15436|0612345678|tor
"""
EVENTS = b"""\
{"line": "standard", "call": "1", "type": "answered", "at": 1543600000, "wait": 3}
{"line": "x", "call": "1", "type": "answered", "at": 1543600000, "wait": 3}
{"line": "standard", "call": "1", "type": "answerd", "at": 1543600000, "wait": 3}
"""
OFFICE = """\
site: lozere
lines:
  standard: {}
  circulation: {queues: ["600"]}
"""


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("TOCSIN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def log(tmp_path: Path) -> str:
    return written(tmp_path / "queue_log", LOG)


@pytest.fixture
def office(tmp_path: Path) -> str:
    return written(tmp_path / "office.yaml", OFFICE.encode())


def written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, terminal_width=200)


def refused(*arguments: str) -> str:
    """Return what a wrong use or configuration is told; nothing stands on standard output."""
    result = invoke(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return " ".join(result.stderr.replace("│", " ").split())


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "agents.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def found(*arguments: str) -> dict[str, Any]:
    result = invoke("analyze", *arguments, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def raw(document: dict[str, Any], line: str) -> tuple[int, ...]:
    counts = document["lines"][line]["raw"]
    return tuple(counts[kind] for kind in ("offered", "answered", "lost", "diverted", "unresolved"))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_waits_for_neither_faust_nor_scipy(command: str) -> None:
    told = """
import sys
from agents.cli import main
try:
    main()
except SystemExit as end:
    print("status", end.code, "faust" in sys.modules, "scipy" in sys.modules, file=sys.stderr)
"""
    ended = subprocess.run(
        [sys.executable, "-c", told, command, "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stderr == "status 0 False False\n"
    assert f" {command} [OPTIONS]" in ended.stdout


def test_help_names_every_command() -> None:
    said = invoke("--help").stdout
    assert all(command in said for command in COMMANDS)


def test_a_file_is_analysed_as_a_document_of_the_promised_shape(log: str) -> None:
    document = found("queue-log", log)
    assert_shape(document, SHAPE)
    assert raw(document, "standard") == (1, 1, 0, 0, 0)
    assert raw(document, "circulation") == (1, 0, 1, 0, 0)
    assert raw(document, "nowhere") == (1, 0, 0, 0, 1)
    assert document["events"] == {"read": 7, "ok": 6, "duplicate": 0, "late": 0, "invalid": 1}


def test_json_stands_alone_on_standard_output(log: str) -> None:
    with start("analyze", "queue-log", log, "--json") as process:
        said, complained = process.communicate(timeout=60)
    assert (process.returncode, complained) == (0, "")
    assert said.startswith("{")
    assert said.endswith("}\n")
    document = json.loads(said)
    assert document["lines"]["etrangers"]["raw"]["lost_rate"] is None
    assert "null" in said
    assert "0612345678" not in said


def test_people_get_a_table(log: str) -> None:
    result = invoke("analyze", "queue-log", log)
    assert result.exit_code == 0
    assert "lozere, 2018-11-30T18:46:40+01:00 to" in result.stdout
    assert "events: 7 read, 6 ok" in result.stdout
    assert "malformed: 1 line(s), the first is 7: too-few-fields" in " ".join(result.stdout.split())


def test_with_a_configuration_an_unknown_queue_is_refused_with_what_to_do(log: str, office: str) -> None:
    document = found("queue-log", log, "--config", office)
    assert document["refused"] == {"malformed": 1, "unknown-line": 1}
    assert "nowhere" not in document["lines"]
    said = " ".join(invoke("analyze", "queue-log", log, "--config", office).stdout.split())
    assert "unknown-line: 1 line(s), the first is 6: queue 'nowhere' is no line's; name it under `queues`" in said


def test_events_are_analysed_and_what_is_none_is_told(tmp_path: Path, office: str) -> None:
    file = written(tmp_path / "events.jsonl", EVENTS)
    document = found("events", file, "--config", office)
    assert document["events"] == {"read": 3, "ok": 1, "duplicate": 0, "late": 0, "invalid": 2}
    said = " ".join(invoke("analyze", "events", file, "--config", office).stdout.split())
    assert "line 'x' is not in the catalogue; expected one of standard, circulation" in said
    assert "expected one of answered, diverted, ended, lost, offered, ringing" in said


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00", b"\x00" * 1_000, b"{" * 100_000, b"|" * 100_000])
@pytest.mark.parametrize("kind", ["queue-log", "events"])
def test_a_file_of_nothing_or_of_anything_is_analysed_to_its_end(tmp_path: Path, kind: str, content: bytes) -> None:
    document = found(kind, written(tmp_path / "file", content))
    assert document["events"]["ok"] == 0
    assert document["from"] is None
    assert document["lines"]["standard"]["raw"]["lost_rate"] is None


def test_a_table_s_times_are_those_of_the_zone_that_was_asked_for(tmp_path: Path) -> None:
    table = b"time,callid,queuename,agent,event,data1,data2\n2018-11-30 18:00:00,1.1,standard,NONE,ENTERQUEUE,,\n"
    file = written(tmp_path / "table.csv", table)
    assert found("queue-log", file)["from"] == "2018-11-30T18:00:00+01:00"
    assert found("queue-log", file, "--timezone", "Indian/Reunion")["from"] == "2018-11-30T15:00:00+01:00"


@pytest.mark.parametrize("command", ["analyze", "ingest"])
def test_wrong_usage_is_status_2_and_says_what_is_expected(command: str, log: str, tmp_path: Path) -> None:
    assert "does not exist" in refused(command, "queue-log", str(tmp_path / "none"))
    assert "is a directory" in refused(command, "queue-log", str(tmp_path))
    kinds = "'queue-log', 'calls', 'tickets', 'polls', 'readings', 'requests', 'events', 'survey'"
    assert f"is not one of {kinds}" in refused(command, "queue_log", log)
    assert "No such option: --frobnicate" in refused(command, "queue-log", log, "--frobnicate")
    assert "expected a time zone of the tz database" in refused(command, "queue-log", log, "--timezone", "Mars/X")
    assert "Missing argument" in refused(command)


def test_an_unknown_command_is_status_2() -> None:
    assert "No such command 'anlyze'" in refused("anlyze")


@pytest.mark.parametrize(
    "arguments", [["analyze", "queue-log", "LOG"], ["ingest", "queue-log", "LOG"], ["topics"], ["check"], ["worker"]]
)
def test_a_wrong_configuration_is_status_2_and_names_file_key_and_what_was_expected(
    arguments: list[str], log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [log if argument == "LOG" else argument for argument in arguments]
    assert refused(*arguments, "--config", str(tmp_path / "no.yaml")) == (
        f"The configuration is refused: {tmp_path}/no.yaml: found no such file, expected a YAML file that exists"
    )
    wrong = written(tmp_path / "wrong.yaml", OFFICE.replace("standard: {}", "standard: {taget: 0.1}").encode())
    assert refused(*arguments, "--config", wrong) == (
        f"The configuration is refused: {wrong}: lines.standard.taget: "
        "found an unknown key, expected a known key (did you mean target?)"
    )
    monkeypatch.setenv("TOCSIN_CLOCK", "sun")
    assert refused(*arguments) == (
        "The configuration is refused: TOCSIN_CLOCK: clock: found \"sun\", expected 'wall' or 'event'"
    )


def test_the_configuration_may_be_named_by_the_environment(log: str, office: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("TOCSIN_CONFIG", office)
    assert list(found("queue-log", log)["lines"]) == ["standard", "circulation"]


def test_a_key_of_pseudonyms_that_is_too_short_is_status_2(log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_PSEUDONYM_KEY", "secret")
    said = refused("ingest", "queue-log", log)
    assert "TOCSIN_PSEUDONYM_KEY: found 6 characters, expected at least 16" in said
    assert "secret" not in said


def test_a_port_that_is_taken_is_status_1() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = invoke("broker", "--port", str(port))
    assert result.exit_code == 1
    assert f"port {port} of {HOST} is taken; choose another" in result.stderr


@pytest.mark.parametrize("command", [["topics"], ["topics", "--check"], ["check"], ["ingest"], ["dead-letters"]])
def test_a_broker_that_is_not_there_is_status_1_with_its_address_within_fifteen_seconds(
    command: list[str], log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{HOST}:{free_port(HOST)}"
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", address)
    assert kafka.START_MS <= 10_000
    # Not every run of the tests is to wait that long. In a process, since kafka-python leaves sockets unclosed.
    hurried = "from agents import cli; from agents.kafka import client; client.START_MS = 500; cli.main()"
    arguments = [*command, "queue-log", log] if command == ["ingest"] else command
    ended = subprocess.run(
        [sys.executable, "-c", hurried, *arguments], capture_output=True, check=False, text=True, timeout=60
    )
    assert ended.returncode == 1, ended.stderr
    assert address in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.integration
def test_topics_and_ingest_do_their_work_on_a_real_broker(
    settings: Settings, log: str, office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", settings.kafka.bootstrap)
    monkeypatch.setenv("TOCSIN_KAFKA_PREFIX", settings.kafka.prefix)
    monkeypatch.setenv("TOCSIN_KAFKA_PARTITIONS", str(settings.kafka.partitions))
    calls = topic(settings, Topic.CALL_ATTEMPTS)

    missing = invoke("topics", "--check", "--config", office)
    assert missing.exit_code == 1
    assert f"{calls} is missing; `tocsin topics` creates it" in missing.stderr
    assert invoke("topics", "--config", office).exit_code == 0
    assert invoke("topics", "--check", "--config", office).exit_code == 0
    assert invoke("check", "--config", office).exit_code == 0

    sent = invoke("ingest", "queue-log", log, "--config", office)
    assert sent.exit_code == 0, sent.output
    assert f"5 records to {calls}" in sent.stdout
    assert f"2 records to {topic(settings, Topic.DEAD_LETTERS)}" in sent.stdout
    assert len(values(settings, calls)) == 5
    assert {letter.reason for letter in letters(settings)} == {"malformed", "unknown-line"}


@pytest.mark.integration
def test_a_topic_with_other_partitions_is_told_with_how_to_mend_it(
    settings: Settings, office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_topics(settings)
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", settings.kafka.bootstrap)
    monkeypatch.setenv("TOCSIN_KAFKA_PREFIX", settings.kafka.prefix)
    monkeypatch.setenv("TOCSIN_KAFKA_PARTITIONS", "5")
    for command in (["topics", "--check"], ["check"]):
        result = invoke(*command, "--config", office)
        assert result.exit_code == 1
        assert "has partitions 4, expected 5; where nothing was counted yet, set kafka.partitions to 4" in result.stderr
