"""`tocsin analyze FILE` and `tocsin init FILE` recognise the kind of a file; a person may name it."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from agents.cli import app
from tests.agents.invoking import EVENTS, LOG, found, invoke, refused, written

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
OFFICE: Final = ("--config", str(EXAMPLES / "office.yaml"))
TEAMS: Final = (
    b"DocumentId,CallQueueIdentity,UserStartTimeUTC,CallQueueDurationSeconds,CallQueueCallResult,CallQueueTargetType\n"
    b"1,standard,2026-03-04T08:20:00,5,disconnected,\n"
)


@pytest.fixture
def log(tmp_path: Path) -> str:
    return written(tmp_path / "log", LOG)


def test_the_kind_is_recognised_and_said_in_the_first_line(log: str) -> None:
    named, recognised = (invoke("analyze", *words).stdout for words in (["queue-log", log], [log]))
    assert "".join(recognised.split()) == "".join(f"{log}: read as a queue_log{named}".split())
    assert found(log) == found("queue-log", log)


@pytest.mark.parametrize(
    ("name", "kind"), [("calls.csv", "calls by the mapping exchange"), ("cel.csv", "Asterisk's channel events")]
)
def test_a_mapping_that_fits_is_taken(name: str, kind: str) -> None:
    said = invoke("analyze", str(EXAMPLES / name), *OFFICE)
    assert said.exit_code == 0, said.output
    assert said.stdout.splitlines()[0] == f"{EXAMPLES / name}: read as {kind}"


def test_a_survey_is_recognised() -> None:
    assert invoke("analyze", str(EXAMPLES / "survey.csv")).stdout.splitlines()[0].endswith("read as a survey")


def test_a_mapping_names_the_kind(tmp_path: Path) -> None:
    calls = written(tmp_path / "calls.csv", TEAMS)
    assert found(calls, "--mapping", "teams") == found("calls", calls, "--mapping", "teams")
    assert "'tems'; expected one of 3cx" in refused("analyze", calls, "--mapping", "tems")


def test_a_named_kind_takes_the_only_mapping_that_fits(tmp_path: Path) -> None:
    calls = written(tmp_path / "calls.csv", TEAMS)
    said = invoke("analyze", "calls", calls)
    assert said.exit_code == 0, said.output
    assert "".join(said.stdout.split()).startswith(f"{calls}:readascallsbythemappingteams")
    assert found("calls", calls) == found(calls)
    piped = CliRunner().invoke(app, ["analyze", "calls", "-", "--json"], input=TEAMS)
    assert json.loads(piped.stdout)["lines"] == found(calls)["lines"]
    assert f"`tocsin analyze calls --mapping teams {calls}`" in refused("analyze", "tickets", calls)


def test_several_mappings_that_fit_are_left_to_the_person(tmp_path: Path) -> None:
    office = "site: hall\nmappings:\n  own: {of: calls, like: teams}\nlines: {standard: {}}\n"
    office = written(tmp_path / "office.yaml", office.encode())
    said = refused("analyze", "calls", written(tmp_path / "calls.csv", TEAMS), "--config", office)
    assert "expected a mapping of calls" in said


def test_standard_input_loses_none_of_its_rows() -> None:
    rows = LOG.splitlines(keepends=True)
    many = b"".join(rows[5:6] * 1_000 + rows[:5])
    piped = CliRunner().invoke(app, ["analyze", "-", "--json"], input=many)
    assert json.loads(piped.stdout) == json.loads(
        CliRunner().invoke(app, ["analyze", "queue-log", "-", "--json"], input=many).stdout
    )
    assert json.loads(piped.stdout)["rows"]["read"] == 1_005


def test_a_pipe_that_can_be_read_only_once_loses_none_of_its_rows(tmp_path: Path, log: str) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    writer = threading.Thread(target=pipe.write_bytes, args=(LOG,))
    writer.start()
    assert found(str(pipe))["lines"] == found(log)["lines"]
    writer.join()


def test_a_file_may_have_the_name_of_a_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: str) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "queue-log", LOG)
    assert found("queue-log")["lines"] == found(log)["lines"]
    assert found("queue-log", "queue-log")["lines"] == found(log)["lines"]
    assert "events is a kind; name a file as well" in refused("analyze", "events")


def test_a_misspelt_kind_is_corrected_and_a_missing_file_is_named(tmp_path: Path, log: str) -> None:
    assert "did you mean queue-log?" in refused("analyze", "queuelog", log)
    assert "did you mean queue-log?" in refused("analyze", "queuelog")
    gone = str(tmp_path / "gone.csv")
    assert f"file '{gone}' does not exist" in refused("analyze", log, gone)
    assert f"file '{gone}' does not exist" in refused("analyze", gone, log)


def test_files_are_of_one_kind(tmp_path: Path, log: str) -> None:
    events = written(tmp_path / "events.jsonl", EVENTS)
    said = refused("analyze", log, events)
    assert f"tocsin analyze queue-log {log} (a queue_log)" in said
    assert f"tocsin analyze events {events} (contract events)" in said
    rest = written(tmp_path / "torn", b"torn\n")
    assert found(log, rest)["refused"] == {"malformed": 2, "unknown-line": 1}


def test_a_file_of_no_known_kind_is_refused_with_what_was_looked_at_and_what_to_do(tmp_path: Path) -> None:
    said = refused("analyze", written(tmp_path / "days.csv", b"Datum,Anrufe\n2026-03-04,17\n"))
    assert "days.csv is of no known kind: its first 2 lines fit no kind and no mapping" in said
    assert "Its columns are Datum, Anrufe; no mapping fits them" in said
    assert "--mapping NAME" in said
    assert "one of queue-log, asterisk-cel" in said
    assert "is empty" in refused("analyze", written(tmp_path / "empty", b""))
    array = written(tmp_path / "all.json", b"[" + b",".join(EVENTS.splitlines()) + b"]")
    assert f"jq -c '.[]' {array} | tocsin analyze events -" in refused("analyze", array)


def test_a_log_of_an_exchange_that_nobody_called_is_recognised(tmp_path: Path) -> None:
    log = written(tmp_path / "log", b"1543600000|NONE|NONE|NONE|QUEUESTART|\n" * 3)
    ended = invoke("analyze", log)
    assert ended.exit_code == 1
    assert "when reading it as queue-log: it has nothing to count" in ended.stderr
