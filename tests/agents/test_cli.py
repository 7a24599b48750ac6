"""The command line keeps its promises to shells and programs: statuses, streams, words, and a quick `--help`."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from agents.analysis.fold import MAX_ADOPTED
from agents.cli import app
from agents.kafka import client as kafka
from agents.kafka.burial import MOST_OF_A_CAUSE
from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from agents.ports import free_port
from agents.sources.kind import FileKind
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
        [sys.executable, "-m", "agents", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def found(*arguments: str) -> dict[str, Any]:
    result = invoke("analyze", *arguments, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def unusable(command: str, *arguments: str) -> str:
    """Return what is said of a file of which nothing could be used."""
    result = invoke(command, *arguments)
    assert result.exit_code == 1, result.output
    return " ".join(result.stderr.split())


def raw(document: dict[str, Any], line: str) -> tuple[int, ...]:
    counts = document["lines"][line]["raw"]
    return tuple(counts[kind] for kind in ("offered", "answered", "lost", "diverted", "unresolved"))


def test_every_command_takes_a_configuration() -> None:
    def without(command: Any, name: str) -> list[str]:
        if inner := getattr(command, "commands", None):
            return [each for part, known in inner.items() for each in without(known, f"{name} {part}")]
        return [] if any("--config" in each.opts for each in command.params) else [name]

    assert without(typer.main.get_command(app), "tocsin") == []


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
    assert "malformed: 1 line, the first is 7: too-few-fields" in " ".join(result.stdout.split())


def test_who_names_no_kind_is_told_which_a_file_is_of(log: str) -> None:
    said = refused("analyze", log)
    assert "its kind is named before it" in said
    assert f"This looks like a queue_log: `tocsin analyze queue-log {log}`".replace(" ", "") in said.replace(" ", "")


def test_why_a_file_gave_nothing_is_said_once(tmp_path: Path) -> None:
    said = unusable("analyze", "queue-log", written(tmp_path / "letter.txt", b"Madame,\nMonsieur,\n"))
    assert said.count("too-few-fields") == 1
    assert "no call was counted" not in said


def test_with_a_configuration_an_unknown_queue_is_refused_with_what_to_do(log: str, office: str) -> None:
    document = found("queue-log", log, "--config", office)
    assert document["refused"] == {"malformed": 1, "unknown-line": 1}
    assert "nowhere" not in document["lines"]
    said = " ".join(invoke("analyze", "queue-log", log, "--config", office).stdout.split())
    assert "unknown-line: 1 line, the first is 6: queue 'nowhere' is no line's; name it under `queues`" in said


def test_events_are_analysed_and_what_is_none_is_told(tmp_path: Path, office: str) -> None:
    file = written(tmp_path / "events.jsonl", EVENTS)
    document = found("events", file, "--config", office)
    assert document["events"] == {"read": 3, "ok": 1, "duplicate": 0, "late": 0, "invalid": 2}
    said = " ".join(invoke("analyze", "events", file, "--config", office).stdout.split())
    assert "line 'x' is not in the catalogue; expected one of standard, circulation" in said
    assert "expected one of answered, diverted, ended, lost, offered, ringing" in said


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00", b"\x00" * 1_000, b"{" * 100_000, b"|" * 100_000])
@pytest.mark.parametrize("kind", ["queue-log", "events"])
def test_a_file_of_nothing_or_of_anything_is_read_to_its_end_and_a_failure(
    tmp_path: Path, kind: str, content: bytes
) -> None:
    ended = invoke("analyze", kind, written(tmp_path / "file", content), "--json")
    assert ended.exit_code == 1
    assert f"file gave nothing as {kind}: " in ended.stderr
    document = json.loads(ended.stdout)
    assert document["events"]["ok"] == 0
    assert document["from"] is None
    assert document["lines"]["standard"]["raw"]["lost_rate"] is None


def test_a_file_named_as_another_kind_is_told_for_what_it_looks_like(tmp_path: Path, log: str) -> None:
    said = unusable("analyze", "events", log)
    assert "gave nothing as events: all of its 7 lines were refused" in said
    assert said.endswith(f"This looks like a queue_log: `tocsin analyze queue-log {log}`")
    events = written(tmp_path / "events.jsonl", EVENTS.splitlines(keepends=True)[0])
    assert f"`tocsin analyze events {events}`" in unusable("analyze", "queue-log", events)
    assert f"`tocsin analyze queue-log {log}`" in refused("analyze", "tickets", log)
    restarted = written(tmp_path / "restarted", b"1543600000|NONE|NONE|NONE|QUEUESTART|\n" + LOG)
    assert f"`tocsin analyze queue-log {restarted}`" in refused("analyze", "cucm-cdr", restarted)
    examples = Path(__file__).parents[2] / "examples"
    said = refused("analyze", "calls", str(examples / "calls.csv"), "--config", str(examples / "office.yaml"))
    assert "This looks like calls by the mapping exchange" in said


def test_a_file_named_rightly_is_not_told_to_be_analysed_by_the_same_command_again(tmp_path: Path, log: str) -> None:
    elsewhere = written(tmp_path / "office.yaml", b"site: demo\ntimezone: Europe/Paris\nlines: {elsewhere: {}}\n")
    said = unusable("analyze", "queue-log", log, "--config", elsewhere)
    assert "'standard' is no line's; name it under `queues`" in said
    assert "This looks like" not in said


def test_a_share_of_no_calls_is_said_to_be_none(tmp_path: Path) -> None:
    rows = LOG.splitlines(keepends=True)[3] + b"1543600041|1543600040.1|600|NONE|ABANDON|1|1|1\n"
    said = " ".join(invoke("analyze", "queue-log", written(tmp_path / "log", rows)).stdout.split())
    assert "without short calls none, of those that waited 100.00%, reached nobody 100.00%" in said


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


def test_gzip_utf_16_and_standard_input_are_read_and_a_workbook_is_named(tmp_path: Path, log: str) -> None:
    packed = written(tmp_path / "queue_log.gz", gzip.compress(LOG))
    assert found("queue-log", packed)["lines"] == found("queue-log", log)["lines"]
    recoded = written(tmp_path / "queue_log.txt", LOG.decode().encode("utf-16"))
    assert found("queue-log", recoded)["lines"] == found("queue-log", log)["lines"]
    given = CliRunner().invoke(app, ["analyze", "queue-log", "-", "--json"], input=LOG)
    assert json.loads(given.stdout)["lines"] == found("queue-log", log)["lines"]
    workbook = written(tmp_path / "calls.xlsx", b"PK\x03\x04 [Content_Types].xml")
    assert f"failed: {workbook} cannot be read: it is an Excel workbook; save it as CSV" in unusable(
        "analyze", "queue-log", workbook
    )


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
        ended = invoke("analyze", "queue-log", written(tmp_path / "queue_log", LOG + row), *more)
        assert ended.exit_code == 0
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(ended.output)
        assert "u001b]" in ended.output or "x1b]" in ended.output


def test_a_queue_may_have_any_name(tmp_path: Path) -> None:
    named = LOG.replace(b"|standard|", b"|[/]|")
    assert "[/]" in invoke("analyze", "queue-log", written(tmp_path / "queue_log", named)).stdout


def test_without_a_configuration_the_first_queues_alone_become_lines(tmp_path: Path) -> None:
    rows = [f"1543600000|{number}.1|q{number}|NONE|ENTERQUEUE|||1" for number in range(MAX_ADOPTED + 7)]
    file = written(tmp_path / "queue_log", "\n".join(rows).encode())
    document = found("queue-log", file)
    assert document["refused"] == {"unknown-line": 7}
    said = " ".join(invoke("analyze", "queue-log", file).stdout.split())
    assert f"7 rows of queues beyond the first {MAX_ADOPTED} are refused" in said


def test_a_table_s_times_are_those_of_the_zone_that_was_asked_for(tmp_path: Path) -> None:
    table = b"time,callid,queuename,agent,event,data1,data2\n2018-11-30 18:00:00,1.1,standard,NONE,ENTERQUEUE,,\n"
    file = written(tmp_path / "table.csv", table)
    assert found("queue-log", file)["from"] == "2018-11-30T18:00:00+01:00"
    assert found("queue-log", file, "--timezone", "Indian/Reunion")["from"] == "2018-11-30T15:00:00+01:00"


@pytest.mark.parametrize("command", ["analyze", "ingest"])
def test_wrong_usage_is_status_2_and_says_what_is_expected(command: str, log: str, tmp_path: Path) -> None:
    assert "does not exist" in refused(command, "queue-log", str(tmp_path / "none"))
    assert "is a folder" in refused(command, "queue-log", str(tmp_path))
    assert "'queue_log' is no kind; did you mean queue-log?" in refused(command, "queue_log", log)
    assert f"'x' is no kind; expected one of {', '.join(FileKind)}" in refused(command, "x", log)
    assert "Unknown option --frobnicate" in refused(command, "queue-log", log, "--frobnicate")
    assert "expected a time zone of the tz database" in refused(command, "queue-log", log, "--timezone", "Mars/X")
    assert "The argument KIND is missing." in refused(command)


def test_an_unknown_command_is_status_2() -> None:
    assert "Unknown command anlyze: 'analyze'?" in refused("anlyze")


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


@pytest.mark.parametrize(
    ("command", "option"), [("broker", "--port"), ("worker", "--web-port"), ("board", "--web-port")]
)
def test_a_port_that_is_taken_is_status_2_in_one_line_before_a_broker_is_asked(
    command: str, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", f"{HOST}:{free_port(HOST)}")
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(command, option, str(port))
    assert said == f"port {port} of {HOST} is taken; choose another with {option}, or 0 for a free one"


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


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("amid", ["agents.ending", "agents.terminal", "agents.cli", "typer", "agents.commands.totals"])
def test_one_that_is_interrupted_while_it_starts_says_so(amid: str, how: signal.Signals, status: int) -> None:
    """The signal comes as a module begins to be imported."""
    program = f"""
import os, runpy, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == {amid!r}:
            os.kill(os.getpid(), {int(how)})
sys.meta_path.insert(0, Interrupting())
sys.argv[1:] = ["demo"]
runpy.run_module("agents", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (status, f"ended by {how.name}; its work is not finished\n")
    assert not done.stdout


@pytest.mark.integration
@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demonstration_that_is_interrupted_says_so(how: signal.Signals, status: int) -> None:
    with start("demo") as process:
        assert process.stdout
        assert process.stdout.readline().startswith("broker on ")
        process.send_signal(how)
        _, said = process.communicate(timeout=15)
    assert process.returncode == status
    assert said.splitlines()[-1] == f"ended by {how.name}; the demonstration did not reach its end"


@pytest.mark.parametrize(
    "command", [["topics"], ["check"], ["totals", "--year", "2013"], ["review", "list"], ["board"]]
)
def test_a_broker_that_takes_connections_and_never_answers_keeps_no_command_alive(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as mute:
        mute.bind((HOST, 0))
        mute.listen()
        monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", f"{HOST}:{mute.getsockname()[1]}")
        with start(*command, *(["--web-port", "0"] if command == ["board"] else [])) as process:
            mute.accept()[0].close()  # it has come as far as asking
            time.sleep(0.5)
            begin = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=15)
    assert time.monotonic() - begin < 10
    assert process.returncode == (0 if command == ["board"] else 143)
    assert "ended by SIGTERM; " in said.splitlines()[-1]


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


@pytest.mark.integration
def test_dead_letters_are_shown_in_part_and_steer_no_terminal(
    settings: Settings, tmp_path: Path, office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", settings.kafka.bootstrap)
    monkeypatch.setenv("TOCSIN_KAFKA_PREFIX", settings.kafka.prefix)
    monkeypatch.setenv("TOCSIN_KAFKA_PARTITIONS", str(settings.kafka.partitions))
    create_topics(settings)
    file = written(tmp_path / "binary", b"\x1b]0;gone\x07\n" * 500)
    sent = invoke("ingest", "queue-log", file, "--config", office)
    assert sent.exit_code == 1
    assert "gave nothing as queue-log: all of its 500 lines were refused" in sent.stderr
    assert f"{MOST_OF_A_CAUSE + 1} records to {topic(settings, Topic.DEAD_LETTERS)}" in sent.stdout

    shown = invoke("dead-letters", "--config", office).stdout
    assert "\x1b" not in shown
    assert "480 summed up" in shown
    assert shown.endswith("21 dead letters of 500 records; the last 20 are shown, all by --limit 21\n")
    assert invoke("dead-letters", "--config", office, "--limit", "2").stdout.count("malformed") == 2
    assert len(invoke("dead-letters", "--config", office, "--json").stdout.splitlines()) == 21
    assert "0 sent again, 500 left" in invoke("dead-letters", "--config", office, "--replay").stdout


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
