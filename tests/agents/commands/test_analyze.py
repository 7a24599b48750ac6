"""Output of `tocsin analyze` for every kind of file, for invalid files and for malicious ones."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.analysis.fold import MAX_ADOPTED
from agents.cli import app
from tests.agents.analysis.test_report import SHAPE, assert_shape
from tests.agents.forked import run
from tests.agents.invoking import EVENTS, LOG, found, invoke, raw, refused, unusable, written

pytestmark = pytest.mark.usefixtures("no_settings_from_outside")


def test_a_file_is_analysed_as_a_document_of_the_promised_shape(log: str) -> None:
    document = found("queue-log", log)
    assert_shape(document, SHAPE)
    assert raw(document, "standard") == (1, 1, 0, 0, 0)
    assert raw(document, "circulation") == (1, 0, 1, 0, 0)
    assert document["events"] == {"read": 7, "ok": 5, "duplicate": 0, "late": 0, "invalid": 2}


@pytest.mark.slow
def test_json_stands_alone_on_standard_output(log: str) -> None:
    done = run(["analyze", "queue-log", log, "--json"])
    said = done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert said.startswith("{")
    assert said.endswith("}\n")
    document = json.loads(said)
    assert document["lines"]["etrangers"]["raw"]["lost_rate"] is None
    assert "null" in said
    assert "0612345678" not in said


def test_people_get_a_table(log: str) -> None:
    result = invoke("analyze", "queue-log", log)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "lozere, 30 November 2018, 18:46 to 18:47: 2 calls from 7 rows"
    assert [line.split() for line in lines[2:5]] == [
        ["line", "lost", "rate", "calls"],
        ["standard", "0.00%", "1"],
        ["circulation", "100.00%", "1"],
    ]
    assert lines[6] == "To look at:"
    assert "- 1 of 7 rows refused, the first is row 7: too-few-fields" in result.stdout
    assert lines[-1].startswith("--full prints")


def test_everything_is_printed_in_full(log: str) -> None:
    said = invoke("analyze", "queue-log", log, "--full").stdout
    assert said.startswith(invoke("analyze", "queue-log", log).stdout.partition("--full")[0])
    assert "events: 7 read, 5 ok" in said
    assert "malformed: 1 line, the first is 7: too-few-fields" in said


def test_nothing_to_look_at_is_said(tmp_path: Path) -> None:
    office = written(tmp_path / "office.yaml", b"site: mende\nlines: {standard: {expected_lost_rate: 0.05}}\n")
    log = written(tmp_path / "log", b"".join(LOG.splitlines(keepends=True)[:3]))
    said = invoke("analyze", "queue-log", log, "--config", office).stdout
    assert "Nothing to look at." in said
    assert "To look at" not in said


def test_who_names_no_kind_is_told_which_a_file_is_of(log: str) -> None:
    said = refused("ingest", log, "--config", "x")
    assert "put its kind before it" in said
    assert f"This looks like a queue_log: `tocsin analyze queue-log {log}`".replace(" ", "") in said.replace(" ", "")
    assert "\nThis looks like" in invoke("ingest", log, "--config", "x").stderr


def test_why_a_file_gave_nothing_is_said_once(tmp_path: Path) -> None:
    said = unusable("analyze", "queue-log", written(tmp_path / "letter.txt", b"Madame,\nMonsieur,\n"))
    assert said.count("too-few-fields") == 1
    assert "no call was counted" not in said


def test_with_a_configuration_an_unknown_queue_is_refused_with_what_to_do(log: str, office: str) -> None:
    document = found("queue-log", log, "--config", office)
    assert document["refused"] == {"malformed": 1, "unknown-line": 1}
    assert "nowhere" not in document["lines"]
    said = " ".join(invoke("analyze", "queue-log", log, "--config", office, "--full").stdout.split())
    assert (
        "unknown-line: 1 line, the first is 6: queue 'nowhere' belongs to no line; add it to a line's `queues`" in said
    )


def test_events_are_analysed_and_what_is_none_is_told(tmp_path: Path, office: str) -> None:
    file = written(tmp_path / "events.jsonl", EVENTS)
    document = found("events", file, "--config", office)
    assert document["events"] == {"read": 3, "ok": 1, "duplicate": 0, "late": 0, "invalid": 2}
    said = " ".join(invoke("analyze", "events", file, "--config", office, "--full").stdout.split())
    assert "line 'x' is not in the catalogue; expected one of standard, circulation" in said
    assert "expected one of answered, diverted, ended, lost, offered, ringing" in said


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00", b"\x00" * 1_000, b"{" * 100_000, b"|" * 100_000])
@pytest.mark.parametrize("kind", ["queue-log", "events"])
def test_a_file_of_nothing_or_of_anything_is_read_to_its_end_and_a_failure(
    tmp_path: Path, kind: str, content: bytes
) -> None:
    ended = invoke("analyze", kind, written(tmp_path / "file", content), "--json")
    assert ended.exit_code == 1
    assert f"when reading it as {kind}: " in ended.stderr
    document = json.loads(ended.stdout)
    assert document["events"]["ok"] == 0
    assert document["from"] is None
    assert document["lines"]["standard"]["raw"]["lost_rate"] is None


@pytest.mark.slow
def test_a_file_named_as_another_kind_is_told_for_what_it_looks_like(tmp_path: Path, log: str) -> None:
    said = unusable("analyze", "events", log)
    assert "as events: its 7 lines were all refused" in said
    assert said.endswith(f"This looks like a queue_log: `tocsin analyze queue-log {log}`")
    events = written(tmp_path / "events.jsonl", EVENTS.splitlines(keepends=True)[0])
    assert f"`tocsin analyze events {events}`" in unusable("analyze", "queue-log", events)
    assert f"`tocsin analyze queue-log {log}`" in refused("analyze", "tickets", log)
    restarted = written(tmp_path / "restarted", b"1543600000|NONE|NONE|NONE|QUEUESTART|\n" + LOG)
    assert f"`tocsin analyze queue-log {restarted}`" in refused("analyze", "cucm-cdr", restarted)
    examples = Path(__file__).parents[3] / "examples"
    read = invoke("analyze", "calls", str(examples / "calls.csv"), "--config", str(examples / "office.yaml"))
    assert "read as calls by the mapping exchange" in " ".join(read.stdout.split())


def test_a_file_named_rightly_is_not_told_to_be_analysed_by_the_same_command_again(tmp_path: Path, log: str) -> None:
    elsewhere = written(tmp_path / "office.yaml", b"site: demo\ntimezone: Europe/Paris\nlines: {elsewhere: {}}\n")
    said = unusable("analyze", "queue-log", log, "--config", elsewhere)
    assert "'standard' belongs to no line; add it to a line's `queues`" in said
    assert "This looks like" not in said


def test_a_share_of_no_calls_is_said_to_be_none(tmp_path: Path) -> None:
    rows = LOG.splitlines(keepends=True)[3] + b"1543600041|1543600040.1|600|NONE|ABANDON|1|1|1\n"
    said = " ".join(invoke("analyze", "queue-log", written(tmp_path / "log", rows), "--full").stdout.split())
    assert "without short calls none, of calls that waited 100.00%, unanswered 100.00%" in said


@pytest.mark.slow
def test_figures_that_a_full_disk_does_not_take_end_in_a_sentence(log: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "agents", "analyze", "queue-log", log],
            stdout=full,
            check=False,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("failed: the disk is full; free some space")


@pytest.mark.slow
def test_gzip_utf_16_and_standard_input_are_read_and_a_damaged_workbook_is_refused(tmp_path: Path, log: str) -> None:
    packed = written(tmp_path / "queue_log.gz", gzip.compress(LOG))
    assert found("queue-log", packed)["lines"] == found("queue-log", log)["lines"]
    recoded = written(tmp_path / "queue_log.txt", LOG.decode().encode("utf-16"))
    assert found("queue-log", recoded)["lines"] == found("queue-log", log)["lines"]
    given = CliRunner().invoke(app, ["analyze", "queue-log", "-", "--json"], input=LOG)
    assert json.loads(given.stdout)["lines"] == found("queue-log", log)["lines"]
    workbook = written(tmp_path / "calls.xlsx", b"PK\x03\x04 [Content_Types].xml")
    said = "it is a ZIP archive or a damaged workbook; unpack it, or save its table as CSV"
    assert f"failed: {workbook} cannot be read: {said}" in unusable("analyze", "queue-log", workbook)


def test_several_files_are_read_as_one_in_the_order_given(tmp_path: Path, log: str) -> None:
    rows = LOG.splitlines(keepends=True)
    parts = [
        written(tmp_path / f"queue_log.{number}", b"".join(part)) for number, part in enumerate((rows[:2], rows[2:]))
    ]
    assert found("queue-log", *parts) == found("queue-log", log)


def test_the_header_of_a_table_counts_once_though_each_of_its_files_has_it(tmp_path: Path, office: str) -> None:
    header = b"line,at,offered,answered,lost\n"
    rows = (b"standard,1543600000,10,9,1\n", b"standard,1543600900,20,18,2\n")
    parts = [written(tmp_path / f"{number}.csv", header + row) for number, row in enumerate(rows)]
    assert (
        found("readings", *parts, "--config", office)["events"]
        == found("readings", written(tmp_path / "whole.csv", header + b"".join(rows)), "--config", office)["events"]
    )


def test_one_event_of_2099_makes_no_other_late(tmp_path: Path, office: str) -> None:
    events = [
        f'{{"line": "standard", "call": "{number}", "type": "lost", "at": {1543827600 + 60 * number}}}'
        for number in range(100)
    ]
    without = found("events", written(tmp_path / "without.jsonl", "\n".join(events).encode()), "--config", office)
    events.insert(5, '{"line": "standard", "call": "x", "type": "lost", "at": "2099-01-01T09:00:00Z"}')
    document = found("events", written(tmp_path / "events.jsonl", "\n".join(events).encode()), "--config", office)
    assert document["events"] == {"read": 101, "ok": 100, "duplicate": 0, "late": 0, "invalid": 1}
    assert document["refused"] == {"clock": 1}
    assert document["incidents"] == without["incidents"]


def test_a_file_steers_no_terminal(tmp_path: Path, office: str) -> None:
    title = "\x1b]0;gone\x07\x9b2J\u202e"
    row = f"1543600000|1543600000.1|{title}|NONE|ENTERQUEUE||0612345678|1\n".encode()
    for more in ([], ["--config", office]):
        ended = invoke("analyze", "queue-log", written(tmp_path / "queue_log", LOG + row), "--full", *more)
        assert ended.exit_code == 0
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(ended.output)
        assert "u001b]" in ended.output or "x1b]" in ended.output


def test_a_queue_may_have_any_name(tmp_path: Path) -> None:
    named = LOG.replace(b"|standard|", b"|[/]|")
    assert "[/]" in invoke("analyze", "queue-log", written(tmp_path / "queue_log", named)).stdout


@pytest.mark.slow
def test_without_a_configuration_the_first_queues_alone_become_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOCSIN_CONFIG")
    rows = [f"1543600000|{number}.1|q{number}|NONE|ENTERQUEUE|||1" for number in range(MAX_ADOPTED + 7)]
    file = written(tmp_path / "queue_log", "\n".join(rows).encode())
    document = found("queue-log", file)
    assert document["refused"] == {"unknown-line": 7}
    said = " ".join(invoke("analyze", "queue-log", file).stdout.split())
    assert f"7 rows of further queues, after the first {MAX_ADOPTED}, are refused" in said


def test_a_table_s_times_are_those_of_the_zone_that_was_asked_for(tmp_path: Path) -> None:
    table = b"time,callid,queuename,agent,event,data1,data2\n2018-11-30 18:00:00,1.1,standard,NONE,ENTERQUEUE,,\n"
    file = written(tmp_path / "table.csv", table)
    assert found("queue-log", file)["from"] == "2018-11-30T18:00:00+01:00"
    assert found("queue-log", file, "--timezone", "Indian/Reunion")["from"] == "2018-11-30T15:00:00+01:00"
