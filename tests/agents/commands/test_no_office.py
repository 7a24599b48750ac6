"""Without a configuration no office is assumed: files are shown by their own names, other commands ask for one."""

from __future__ import annotations

import json
import os
import shlex
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from agents.kafka.client import reach
from agents.ports import free_port
from tests.agents.forked import forked
from tests.agents.invoking import HOST, invoke, refused, written
from tests.documented import ROOT, in_blocks, in_sentences
from tests.waiting import PATIENCE, until

OF_NO_OFFICE = {"analyze", "broker", "demo", "init", "reconcile", "simulate"}
PRINTED = {
    shlex.join(words): words
    for words in (told.after("tocsin") for told in (*in_blocks(), *in_sentences()))
    if words and words[0] in OF_NO_OFFICE and not {"--config", "--apache"} & {*words}
    if not any(word.isupper() or ("." in word and not (ROOT / word).exists()) for word in words)
}
CALLS = b"""\
1772611200|1.1|600|NONE|ENTERQUEUE||0261995001|1
1772611209|1.1|600|NONE|ABANDON|1|1|9
1772611300|1.2|standard|NONE|ENTERQUEUE||0261995002|1
1772611309|1.2|standard|SIP/1|CONNECT|9|1.3|3
"""


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOCSIN_CONFIG")


def test_queues_are_lines_by_their_own_names_and_judged_by_nobodys_rates(tmp_path: Path) -> None:
    log = written(tmp_path / "queue_log", CALLS)
    report = json.loads(invoke("analyze", "queue-log", log, "--json").stdout)
    assert report["site"] == "office"
    assert report["lines"].keys() == {"600", "standard"}
    assert report["services"] == report["requests"] == {}


@pytest.mark.parametrize(
    "command",
    [
        *(("topics",), ("worker",), ("board",), ("check",), ("audit",), ("mail", "--dry-run"), ("review", "list")),
        *(("totals", "--year", "2013"), ("state", "list"), ("certify", "--year", "2013")),
    ],
)
def test_commands_of_an_office_ask_for_its_configuration(command: tuple[str, ...]) -> None:
    says = refused(*command)
    assert "--config" in says
    assert "TOCSIN_CONFIG" in says


@pytest.mark.broker
@pytest.mark.parametrize("printed", PRINTED)
def test_a_printed_command_that_needs_no_office_asks_for_none(printed: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    address = f"{HOST}:{free_port(HOST)}"
    environment = {**os.environ, "LANG": "C", "TOCSIN_STATE_DIR": str(tmp_path), "TOCSIN_KAFKA_BOOTSTRAP": address}
    with TemporaryFile() as said, chdir(tmp_path), forked(PRINTED[printed], env=environment, said=said) as command:

        def words() -> str:
            return os.pread(said.fileno(), 100_000, 0).decode()

        until(lambda: command.poll() is not None or "broker " in words(), words)
        assert "Which office?" not in words()
        if printed == "broker":
            assert reach(address, PATIENCE)


def test_an_unknown_line_has_no_usual_rate_and_no_hours_to_be_silent_in(tmp_path: Path) -> None:
    """Three in ten callers are lost on every working day of five weeks; nobody calls at night or on Sunday."""
    rows = []
    for day in (day for day in range(35) if day % 7 < 5):
        for call in range(60):
            at = 1_767_571_200 + day * 86_400 + 9 * 3600 + 420 * call  # from Monday, 5 January 2026
            rows.append(f"{at}|{at}.1|600|NONE|ENTERQUEUE||0261995001|1")
            lost = call * 7 % 10 < 3
            rows.append(f"{at + 9}|{at}.1|600|" + ("NONE|ABANDON|1|1|9" if lost else f"SIP/1|CONNECT|9|{at}.2|3"))
    log = written(tmp_path / "queue_log", "\n".join(rows).encode() + b"\n")
    report = json.loads(invoke("analyze", "queue-log", log, "--json").stdout)
    assert report["lines"]["600"]["raw"]["lost_rate"] == pytest.approx(0.3)
    assert report["incidents"] == []


@pytest.mark.parametrize(("wait", "noticed"), [(0, True), (1, True), (12, False)])
def test_a_machine_that_answers_everybody_at_once_is_noticed(tmp_path: Path, wait: int, *, noticed: bool) -> None:
    rows = []
    for call in range(60):
        at = 1_767_600_000 + 60 * call
        rows.append(f"{at}|{at}.1|600|NONE|ENTERQUEUE||0261995001|1")
        rows.append(f"{at + wait}|{at}.1|600|SIP/1|CONNECT|{wait}|{at}.2|3")
    log = written(tmp_path / "queue_log", "\n".join(rows).encode() + b"\n")
    said = invoke("analyze", "queue-log", log).stdout
    assert ("a machine may answer" in " ".join(said.split())) is noticed


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_events_name_their_own_desks(tmp_path: Path, jobs: str) -> None:
    events = [
        {"site": "mende", "line": "accueil", "call": "1", "type": "offered", "at": "2026-03-04T09:00:00Z"},
        {"site": "mende", "line": "accueil", "call": "1", "type": "lost", "at": "2026-03-04T09:00:09Z"},
        {"site": "mende", "service": "titres", "ticket": "A1", "type": "issued", "at": "2026-03-04T09:00:00Z"},
        {"site": "mende", "channel": "email", "request": "7", "type": "received", "at": "2026-03-04T09:00:00Z"},
    ]
    file = written(tmp_path / "events.jsonl", "\n".join(map(json.dumps, events)).encode())
    report = json.loads(invoke("analyze", "events", file, "--jobs", jobs, "--json").stdout)
    assert report["events"]["invalid"] == 0
    assert report["lines"]["accueil"]["raw"]["lost"] == 1
    assert report["services"]["titres"]["issued"] == 1
    assert report["requests"]["email"]["received"] == 1
    explained = json.loads(invoke("analyze", "events", file, "--explain", "1", "--json").stdout)
    assert [call["outcome"] for call in explained["calls"]] == ["lost"]
