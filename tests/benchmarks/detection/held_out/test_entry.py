"""A detector enters the benchmark from the documented files alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from benchmarks.detection.held_out.entry import score, scored, summary
from benchmarks.detection.held_out.files import RUNS, RunFile, TruthLine, write
from benchmarks.detection.held_out.situation import Played, Recorded, TrueCall
from benchmarks.detection.office import LINE, office, with_line
from config.settings import load
from streams.events import CallEvent

# Knows nothing but the files: it alarms whenever a quarter of the last 40 calls is lost.
DETECTOR = """
import json, pathlib, sys

folder = pathlib.Path(sys.argv[1])
for run in sorted(path.parent for path in folder.glob("*/events.jsonl")):
    recent = []
    for line in (run / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        if event["type"] in ("answered", "lost"):
            recent = [*recent[-39:], event["type"] == "lost"]
            if len(recent) == 40 and sum(recent) >= 10:
                print(json.dumps({"run": run.name, "at": event["at"]}))
"""
FAULT = RunFile(
    run="a", situation="silent", world="office", seed=0, kind="fault", years=0.5, from_=100_000.0, until=200_000.0
)
SOUND = RunFile(run="b", situation="sound", world="office", seed=0, kind="sound", years=2.0)


def played() -> Played:
    """A call a minute: answered, but recorded as lost from the 500th on; every tenth has no record."""
    calls = [TrueCall(str(number), number * 60_000, "answered") for number in range(1_000)]
    wrong = {call.call: call.start >= 500 * 60_000 for call in calls}
    recorded = {
        each.call: Recorded(each.start, "lost" if wrong[each.call] else "answered", not wrong[each.call], "answered")
        for each in calls
        if each.start // 60_000 % 10
    }
    events = [
        CallEvent(line=LINE, call=call, type="lost" if wrong[call] else "answered", at=each.start / 1000)
        for call, each in recorded.items()
    ]
    settings = with_line(office(), expected_lost_rate=0.02)
    return Played(settings, (), events, calls, recorded, 0, 60_000_000, [30_000_000])


def truths(folder: Path) -> list[TruthLine]:
    return [msgspec.json.decode(line, type=TruthLine) for line in (folder / "truth.jsonl").read_bytes().splitlines()]


def test_a_detector_that_reads_the_files_alone_is_scored(tmp_path: Path) -> None:
    write(played(), tmp_path / "a")
    run = RunFile(
        run="a", situation="silent", world="office", seed=0, kind="fault", years=1.0, from_=30_000.0, until=60_000.0
    )
    (tmp_path / RUNS).write_bytes(msgspec.json.encode(run) + b"\n")
    found = subprocess.run(
        [sys.executable, "-S", "-c", DETECTOR, str(tmp_path)], capture_output=True, text=True, check=True
    )
    (tmp_path / "alarms.jsonl").write_text(found.stdout, encoding="utf-8")
    (mine,) = scored(tmp_path, tmp_path / "alarms.jsonl")
    assert (mine.calls, mine.false) == (10, 0)
    assert "| silent | 1 | 1 of 1: 100 % [2.5, 100.0] | 10 | 0 in 1: 0.000 [0.000, 3.689] |" in summary([mine])


def test_the_files_of_a_run_have_its_truth_its_answers_and_a_configuration_for_tocsin(tmp_path: Path) -> None:
    write(played(), tmp_path)
    lines = truths(tmp_path)
    assert len(lines) == 1_000
    assert sum(each.call is None for each in lines) == 100
    assert sum(each.right for each in lines) == 450
    answers = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert answers[0] == {"line": LINE, "call": "1", "answer": "right", "after": 3600.0}
    assert answers[-1]["answer"] == "wrong"
    assert load(tmp_path / "office.yaml", {}).lines[LINE].expected_lost_rate == 0.02


def test_an_alarm_counts_once_a_day_and_only_until_the_first_day_after_the_fault() -> None:
    truth = [TruthLine(call=str(at), at=at, recorded="lost", true="lost", right=True) for at in range(0, 400_000, 1000)]
    assert (score(FAULT, truth, [50_000, 110_000, 111_000, 180_000]).calls) == 11
    late = score(FAULT, truth, [99_000, 300_000, 300_500])
    assert (late.calls, late.false) == (None, 2)
    assert score(SOUND, truth, [1.0, 2.0, 90_000.0]).false == 2


def test_an_alarm_of_an_unknown_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / RUNS).write_bytes(msgspec.json.encode(SOUND) + b"\n")
    (tmp_path / "alarms.jsonl").write_text('{"run": "c", "at": "2013-09-02T10:00:00+02:00"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="'c' is unknown"):
        scored(tmp_path, tmp_path / "alarms.jsonl")


@pytest.mark.slow
def test_the_documented_commands_write_runs_and_score_alarms(tmp_path: Path) -> None:
    bench = [sys.executable, "-m", "benchmarks.detection"]
    folder, alarms = tmp_path / "runs", tmp_path / "alarms.jsonl"
    chosen = ["--held-out", "--only", "silent 18 %", "--seeds", "1"]
    subprocess.run([*bench, *chosen, "--export", str(folder)], check=True)
    assert len((folder / RUNS).read_text().splitlines()) == 2
    found = subprocess.run([sys.executable, "-S", "-c", DETECTOR, str(folder)], capture_output=True, check=True)
    alarms.write_bytes(found.stdout)
    told = subprocess.run(
        [*bench, "--score", str(folder), str(alarms)], capture_output=True, text=True, check=True
    ).stdout
    assert "| silent 18 % | 2 |" in told
