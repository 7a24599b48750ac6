"""Usage and configuration errors exit with 2 and failures with 1. Both say how to fix it, on a real broker too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.kafka import client as kafka
from agents.kafka.burial import MOST_OF_A_CAUSE
from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from agents.ports import free_port
from agents.sources.kind import FileKind
from config.settings import Settings
from tests.agents.forked import run
from tests.agents.invoking import HOST, OFFICE, found, invoke, refused, written
from tests.agents.reading import letters, values
from tests.agents.running import find_broker

pytestmark = pytest.mark.usefixtures("no_settings_from_outside")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["analyze", "ingest"])
def test_wrong_usage_is_status_2_and_says_what_is_expected(command: str, log: str, tmp_path: Path) -> None:
    assert "does not exist" in refused(command, "queue-log", str(tmp_path / "none"))
    assert "is a folder" in refused(command, "queue-log", str(tmp_path))
    assert "'queue_log' is not a kind of file; did you mean queue-log?" in refused(command, "queue_log", log)
    assert f"'x' is not a kind of file; expected one of {', '.join(FileKind)}" in refused(command, "x", log)
    assert "Unknown option --frobnicate" in refused(command, "queue-log", log, "--frobnicate")
    assert "expected a time zone of the tz database" in refused(command, "queue-log", log, "--timezone", "Mars/X")
    missing = {"analyze": "Refused value for FILE: name a file", "ingest": "The argument KIND is missing."}
    assert missing[command] in refused(command)


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


@pytest.mark.slow
@pytest.mark.parametrize("command", [["topics"], ["topics", "--check"], ["check"], ["ingest"], ["dead-letters"]])
def test_a_broker_that_is_not_there_is_status_1_with_its_address_within_fifteen_seconds(
    command: list[str], log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{HOST}:{free_port(HOST)}"
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", address)
    assert kafka.START_MS <= 10_000
    # So that not every run waits that long. In a process, because kafka-python leaves sockets unclosed.
    hurried = "from agents import cli; from agents.kafka import client; client.START_MS = 500; cli.main()"
    arguments = [*command, "queue-log", log] if command == ["ingest"] else command
    ended = run(arguments, program=hurried)
    assert ended.returncode == 1, ended.stderr
    assert address in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.broker
def test_topics_and_ingest_do_their_work_on_a_real_broker(
    settings: Settings, log: str, office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_broker(monkeypatch, settings)
    calls = topic(settings, Topic.CALL_ATTEMPTS)

    missing = invoke("topics", "--check", "--config", office)
    assert missing.exit_code == 1
    assert f"{calls} is missing; `tocsin topics` creates it" in missing.stderr
    created = invoke("topics", "--config", office)
    assert created.exit_code == 0
    assert created.stdout.startswith(f"on {settings.kafka.bootstrap}, cluster ")
    assert invoke("topics", "--check", "--config", office).exit_code == 0
    assert invoke("check", "--config", office).exit_code == 0

    sent = invoke("ingest", "queue-log", log, "--config", office)
    assert sent.exit_code == 0, sent.output
    assert f"5 records to {calls}" in sent.stdout
    assert f"2 records to {topic(settings, Topic.DEAD_LETTERS)}" in sent.stdout
    assert len(values(settings, calls)) == 5
    assert {letter.reason for letter in letters(settings)} == {"malformed", "unknown-line"}


@pytest.mark.broker
def test_dead_letters_are_shown_in_part_and_steer_no_terminal(
    settings: Settings, tmp_path: Path, office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_broker(monkeypatch, settings)
    create_topics(settings)
    file = written(tmp_path / "binary", b"\x1b]0;gone\x07\n" * 500)
    sent = invoke("ingest", "queue-log", file, "--config", office)
    assert sent.exit_code == 1
    assert "as queue-log: its 500 lines were all refused" in sent.stderr
    assert f"{MOST_OF_A_CAUSE + 1} records to {topic(settings, Topic.DEAD_LETTERS)}" in sent.stdout

    shown = invoke("dead-letters", "--config", office).stdout
    assert "\x1b" not in shown
    assert "a summary of 480 records" in shown
    assert shown.endswith("21 dead letters for 500 records; the last 20 are shown, all by --limit 21\n")
    assert invoke("dead-letters", "--config", office, "--limit", "2").stdout.count("malformed") == 2
    assert len(invoke("dead-letters", "--config", office, "--json").stdout.splitlines()) == 21
    assert "0 sent again, 500 left" in invoke("dead-letters", "--config", office, "--replay").stdout


@pytest.mark.broker
def test_a_topic_with_other_partitions_is_told_with_how_to_mend_it(
    settings: Settings, office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_topics(settings)
    find_broker(monkeypatch, settings)
    monkeypatch.setenv("TOCSIN_KAFKA_PARTITIONS", "5")
    for command in (["topics", "--check"], ["check"]):
        result = invoke(*command, "--config", office)
        assert result.exit_code == 1
        assert "has partitions 4, expected 5; if nothing was counted yet, set kafka.partitions to 4" in result.stderr
