"""`tocsin analyze --witness`: a second record beside the first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from agents.cli import app

ROOT: Final = Path(__file__).parents[3]
OFFICE: Final = str(ROOT / "examples/office.yaml")
QUEUE_LOG: Final = str(ROOT / "examples/queue_log_door")
CEL: Final = str(ROOT / "examples/cel.csv")


def analyze(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["analyze", *arguments, "--config", OFFICE], terminal_width=200)


def found(*arguments: str) -> dict[str, Any]:
    result = analyze(*arguments, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_callers_turned_away_stand_in_the_figure_by_both_records() -> None:
    document = found("queue-log", QUEUE_LOG, "--witness", "asterisk-cel", CEL)
    line = document["lines"]["accueil"]
    assert line["raw"]["offered"] == 3
    assert {name: line["witness"][name] for name in ("source", "offered", "answered", "lost", "matched")} == {
        "source": "asterisk-cel",
        "offered": 5,
        "answered": 1,
        "lost": 3,
        "matched": 3,
    }
    assert {name: line["witness"][name] for name in ("only_here", "only_there", "contradicted")} == {
        "only_here": 0,
        "only_there": 2,
        "contradicted": 0,
    }
    assert (line["corrected"]["offered"], line["corrected"]["method"]) == (5, "witness")
    (told,) = [each for each in document["incidents"] if each["cause"] == "only there"]
    # The other call that only the CEL has was given up before the queue, which is no contradiction.
    assert (told["kind"], told["verdict"]) == ("missing", "miscount")
    assert told["evidence"][0]["calls"] == ["1728460820.3"]


def test_a_witness_of_other_things_than_calls_is_refused() -> None:
    result = analyze("queue-log", QUEUE_LOG, "--witness", "tickets", CEL)
    assert result.exit_code == 2
    assert "has no calls" in result.output


def test_a_witness_of_which_nothing_could_be_used_ends_with_status_1(tmp_path: Path) -> None:
    (tmp_path / "torn.jsonl").write_text("{}\n")
    result = analyze("queue-log", QUEUE_LOG, "--witness", "events", str(tmp_path / "torn.jsonl"))
    assert result.exit_code == 1, result.output
    assert "as events:" in result.output


def test_a_counter_beside_the_calls_is_held_against_their_totals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line takes calls, although without a configuration the counter's record comes first."""
    monkeypatch.delenv("TOCSIN_CONFIG")
    header = (
        "DocumentId,CallQueueIdentity,UserStartTimeUTC,CallQueueDurationSeconds,CallQueueCallResult,CallQueueTargetType"
    )
    calls = [f"{n},accueil,2026-03-04T08:{n:02}:00,5,disconnected," for n in range(20, 60)]
    (tmp_path / "calls.csv").write_text("\n".join([header, *calls]))
    counted = [f"2026-03-04T08:{at:02}:00Z,2026-03-04T08:{at - 5:02}:00Z,accueil,0,0,0" for at in range(5, 60, 5)]
    (tmp_path / "counter.csv").write_text("\n".join(["at,since,line,offered,answered,lost", *counted]))
    result = CliRunner().invoke(
        app,
        [
            *("analyze", "calls", str(tmp_path / "calls.csv"), "--mapping", "teams", "--json"),
            *("--witness", "readings", str(tmp_path / "counter.csv")),
        ],
    )
    document = json.loads(result.stdout)
    assert document["lines"]["accueil"]["raw"]["offered"] == 40
    assert "witness" not in document["lines"]["accueil"]
    assert {each["cause"] for each in document["incidents"]} >= {"counter stuck"}


def test_one_poll_alone_is_told_to_be_too_few(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(
        "at,service,called,waiting,open_counters,counter\n1728289800,passeports,P0,0,2,G1\n"
    )
    result = analyze("polls", str(tmp_path / "one.csv"))
    assert result.exit_code == 1
    assert "tickets can only be estimated from polls that differ" in result.output


def test_the_table_says_how_the_second_record_stands_to_the_first() -> None:
    said = " ".join(analyze("queue-log", QUEUE_LOG, "--witness", "asterisk-cel", CEL, "--full").output.split())
    assert "accueil: second record asterisk-cel: 5 calls, 3 lost; 3 agree, 0 only here, 2 only there, 0 contra" in said
    assert "accueil: corrected lost rate 60.0" in said


def test_without_a_witness_none_is_told_of() -> None:
    assert "witness" not in found("queue-log", QUEUE_LOG)["lines"]["accueil"]
