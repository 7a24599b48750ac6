"""Output of `--explain`: each row of a call and its effect, how the call counts, and no telephone number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agents.invoking import invoke, refused, written

T = 1_543_571_100  # 10:45 in Paris
CALLER = "0612345678"
LOG = f"""\
{T}|{T}.1|standard|NONE|ENTERQUEUE||{CALLER}|1
{T + 5}|{T}.1|standard|SIP/203|RINGNOANSWER|5000
{T + 41}|{T}.1|standard|NONE|ABANDON|1|1|41
{T + 42}|{T}.1|standard|SIP/203|CONNECT|42|{T}.2|1
{T + 60}|{T}.3|standard|NONE|ENTERQUEUE||{CALLER}|1
{T + 62}|{T}.3|standard|NONE|ABANDON|1|1|2
{T + 90}|{T}.3|standard|SIP/203|COMPLETECALLER|2|28|1
""".encode()
OFFICE = b"site: lozere\nlines:\n  standard: {}\n"


def explained(tmp_path: Path, call: str, content: bytes = LOG) -> list[str]:
    log, office = written(tmp_path / "queue_log", content), written(tmp_path / "office.yaml", OFFICE)
    said = invoke("analyze", "queue-log", log, "--config", office, "--explain", call)
    assert said.exit_code == 0, said.stderr
    assert CALLER not in said.stdout
    return said.stdout.splitlines()


def test_a_loss_that_an_answer_takes_back_says_so_row_by_row(tmp_path: Path) -> None:
    head, *rows = explained(tmp_path, f"{T}.1")
    assert head == f"standard {T}.1: answered after 42 s"
    assert [row.split("  ")[1] for row in rows[:4]] == ["row 1", "row 2", "row 3", "row 4"]
    assert [row.rpartition("  ")[2] for row in rows[:4]] == [
        "offered",
        "rang at SIP/203; nothing counted",
        "lost (abandoned), waited 41 s",
        "answered, waited 42 s; replaces lost (abandoned): the first human answer wins",
    ]
    assert rows[4] == "  counted in the quarter-hour from 2018-11-30 10:45"
    assert rows[5].endswith("queued_only: answered; service_level: not in time")


def test_a_diversion_after_a_loss_says_why_it_counts(tmp_path: Path) -> None:
    rows = [
        {"line": "standard", "call": "c", "type": "lost", "at": T + 20, "wait": 20, "reason": "timeout"},
        {"line": "standard", "call": "c", "type": "diverted", "at": T + 21, "wait": 21, "reason": "voicemail"},
    ]
    events = written(tmp_path / "events", "\n".join(map(json.dumps, rows)).encode())
    office = written(tmp_path / "office.yaml", OFFICE)
    said = " ".join(invoke("analyze", "events", events, "--config", office, "--explain", "c").stdout.split())
    assert "standard c: diverted (voicemail) after 21 s" in said
    assert "replaces lost (timeout): of a loss and a diversion the later one counts" in said


def test_a_short_loss_with_a_talk_says_which_definition_leaves_it_out_and_its_evidence(tmp_path: Path) -> None:
    said = "\n".join(explained(tmp_path, f"{T}.3"))
    assert f"standard {T}.3: lost (abandoned) after 2 s" in said
    assert "it stays lost; talk time in a lost call suggests that an answered call was counted as lost" in said
    assert "lost_over_offered: lost; without_short: left out, lost within 5 s; unanswered: unanswered" in said


def test_a_slot_in_quarantine_is_said_with_its_incident(tmp_path: Path) -> None:
    rows = [
        f"{T + 100 * n}|{T}.{n}|standard|NONE|ENTERQUEUE||{CALLER[:-2]}{n:02}|1\n"
        f"{T + 100 * n + 5}|{T}.{n}|standard|NONE|ABANDON|1|1|5\n"
        f"{T + 100 * n + 60}|{T}.{n}|standard|SIP/203|COMPLETECALLER|5|55|1\n"
        for n in range(10, 40)
    ]
    *_, said = explained(tmp_path, f"{T}.20", "".join(rows).encode())
    assert said.startswith("  its quarter-hour is quarantined, so the corrected figure excludes it: incident ")
    assert said.endswith("(miscount, answered calls counted as lost, to review)")


def test_json_has_the_same(tmp_path: Path) -> None:
    log = written(tmp_path / "queue_log", LOG)
    told = json.loads(invoke("analyze", "queue-log", log, "--explain", f"{T}.3", "--json").stdout)
    (call,) = told["calls"]
    assert (call["line"], call["outcome"], call["reason"], call["wait"]) == ("standard", "lost", "abandoned", 2.0)
    assert [row["row"] for row in call["rows"]] == [5, 6, 7]
    assert call["rows"][0]["did"] == ["offered"]
    assert call["definitions"]["without_short"] == "left out, lost within 5 s"
    assert call["incident"] is None


def test_an_id_that_is_not_there_ends_with_status_one_and_the_near_ones(tmp_path: Path) -> None:
    log = written(tmp_path / "queue_log", LOG)
    ended = invoke("analyze", "queue-log", log, "--explain", f"{T}.2")
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr == f"failed: {log} has no call '{T}.2'; near it are {T}.1, {T}.3\n"


@pytest.mark.parametrize("kind", ["events", "calls", "cucm-cdr"])
def test_a_file_of_another_kind_is_told_for_what_it_is(tmp_path: Path, kind: str) -> None:
    ended = invoke("analyze", kind, written(tmp_path / "queue_log", LOG), "--explain", f"{T}.1")
    assert ended.exit_code in {1, 2}
    assert "This looks like a queue_log" in ended.stderr
    assert CALLER not in ended.stderr


def test_the_id_of_a_leg_asks_for_the_call_that_it_is_of(tmp_path: Path) -> None:
    cel = written(
        tmp_path / "cel.csv",
        b"eventtype,eventtime,channame,exten,appname,appdata,uniqueid,linkedid\n"
        b"CHAN_START,1543600000,SIP/trunk-1,4000,,,1543600000.1,1543600000.1\n"
        b"APP_START,1543600001,SIP/trunk-1,4000,Queue,standard,1543600000.1,1543600000.1\n"
        b"CHAN_START,1543600002,SIP/203-2,s,AppQueue,,1543600002.2,1543600000.1\n"
        b"HANGUP,1543600009,SIP/trunk-1,4000,,,1543600000.1,1543600000.1\n",
    )
    said = invoke("analyze", "asterisk-cel", cel, "--explain", "1543600002.2").stdout
    assert said.startswith("standard 1543600000.1: lost (abandoned) after 8 s\n")
    assert "CHAN_START SIP/203 s" in said


def test_standard_input_cannot_be_read_twice() -> None:
    assert "reads the file twice" in refused("analyze", "queue-log", "-", "--explain", "1")
