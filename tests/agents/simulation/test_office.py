"""`tocsin simulate` writes the requested events reproducibly and explains invalid requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.cli import app
from agents.simulation.office import faults_of, overloads_of
from config.settings import Settings, load
from streams.simulation.faults.mechanisms import MECHANISMS
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM

CONFIG = """\
site: mende
lines:
  circulation: {expected_lost_rate: 0.0187}
  etrangers: {expected_lost_rate: 0.0704}
"""
SPRING = ("--from", "2013-03-18", "--to", "2013-04-14")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "office.yaml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def settings(config: Path) -> Settings:
    return load(config, {})


def invoke(config: Path, *arguments: str, name: str = "office") -> Result:
    out, truth = config.with_name(f"{name}.jsonl"), config.with_name(f"{name}.json")
    files = ("--out", str(out), "--truth", str(truth))
    return CliRunner().invoke(
        app, ["simulate", "--config", str(config), *SPRING, *files, *arguments], terminal_width=200
    )


def simulated(config: Path, *arguments: str, name: str = "office") -> tuple[bytes, dict[str, Any]]:
    result = invoke(config, *arguments, name=name)
    assert result.exit_code == 0, result.output
    return config.with_name(f"{name}.jsonl").read_bytes(), json.loads(config.with_name(f"{name}.json").read_bytes())


def raw(sent: bytes, settings: Settings) -> dict[str, Any]:
    analysis = Analysis(settings)
    analysis.take(events(sent.splitlines(), PSEUDONYM))
    found = document(analysis)
    assert found["events"]["ok"] == found["events"]["read"]
    lines = {name: dict(line["raw"]) for name, line in found["lines"].items()}
    for each in lines.values():
        del each["answer_rate"]  # the truth has the results of the calls
    return lines


@pytest.mark.slow
def test_an_analysis_of_a_faultless_run_gives_the_truth(config: Path, settings: Settings) -> None:
    sent, truth = simulated(config, "--readings", "cumulative")
    assert {name: line["true"] for name, line in truth["lines"].items()} == raw(sent, settings)
    assert truth["faults"] == truth["overloads"] == []
    assert (truth["from"], truth["to"]) == ("2013-03-18T00:00:00+01:00", "2013-04-15T00:00:00+02:00")
    assert "2013-04-01" not in truth["lines"]["circulation"]["days"]  # Easter Monday


def test_an_analysis_of_a_faulty_run_gives_what_the_truth_says_was_told(config: Path, settings: Settings) -> None:
    sent, truth = simulated(config, "--fault", "circulation:phantoms:2013-03-25:2013-04-05")
    assert {name: line["told"] for name, line in truth["lines"].items()} == raw(sent, settings)
    (fault,) = truth["faults"]
    assert (fault["line"], fault["kinds"][0], fault["severity"]) == ("circulation", "phantom", 0.22)
    assert (fault["from"], fault["to"]) == ("2013-03-25T00:00:00+01:00", "2013-04-06T00:00:00+02:00")
    assert fault["from"] < fault["first_effect"] < fault["to"]
    assert fault["told"]["offered"] == fault["true"]["offered"] + fault["affected"]


def test_the_same_seed_and_arguments_give_the_same_bytes(config: Path) -> None:
    arguments = ("--seed", "7", "--random-faults", "3", "--random-overloads", "2", "--readings", "interval")
    first, again = (simulated(config, *arguments, name=name) for name in ("first", "again"))
    assert first == again
    assert len(first[1]["faults"]) == 3
    assert len(first[1]["overloads"]) == 2
    assert simulated(config, *arguments[2:], "--seed", "8")[0] != first[0]


@pytest.mark.slow
def test_calls_sources_and_stretches_are_as_asked(config: Path) -> None:
    sent, truth = simulated(
        config,
        *("--calls", "all=100", "--calls", "etrangers=30", "--source-per-line", "--icc", "0.01"),
        *("--overload", "circulation:absence:2013-03-26T09:00:2013-03-26T11:30:0.75"),
    )
    profiles = {name: line["profile"] for name, line in truth["lines"].items()}
    assert {name: each["calls_a_day"] for name, each in profiles.items()} == {"circulation": 100, "etrangers": 30}
    assert profiles["circulation"]["icc"] == 0.01
    assert {json.loads(line)["source"] for line in sent.splitlines()} == {"switch-circulation", "switch-etrangers"}
    (overload,) = truth["overloads"]
    assert (overload["cause"], overload["from"]) == ("absence", "2013-03-26T09:00:00+01:00")
    assert overload["true"]["offered"] > 10


def test_one_fault_may_be_of_several_lines_and_a_day_is_from_its_start_to_its_end(settings: Settings) -> None:
    for lines in ("all", "circulation+etrangers"):
        found = faults_of(f"{lines}:silent:2013-03-30:2013-03-31", settings)
        assert [fault.line for fault in found] == ["circulation", "etrangers"]
        assert {fault.end - fault.start for fault in found} == {47 * 3_600}  # summer time begins
    (step,) = faults_of("etrangers:clock-step:2013-03-29T08:30:2013-03-29T12:00:-2.5", settings)
    assert (step.severity, step.end - step.start) == (-2.5, 3.5 * 3_600)
    (overload,) = overloads_of("etrangers:rush:2013-03-29:2013-03-29", settings)
    assert overload.severity == 2.0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--fault", "circulation:ghosts:2013-03-25:2013-03-26"), "mechanism 'ghosts' is unknown; expected:"),
        (("--fault", "x:phantoms:2013-03-25:2013-03-26"), "line 'x' is not in the catalogue; expected all or one of"),
        (("--fault", "circulation:phantoms:2013-03-25"), "expected LINE:NAME:FROM:TO"),
        (("--fault", "circulation:phantoms:2013-03-25:2013-03-32"), "expected a moment like 2013-09-02"),
        (("--fault", "circulation:phantoms:2013-03-26:2013-03-25"), "expected FROM before TO"),
        (("--fault", "circulation:phantoms:2013-03-25:2013-03-26:-1"), "expected a severity of at least 0"),
        (("--fault", "circulation:stuck:2013-03-25:2013-03-26"), "expected readings, cumulative or interval"),
        (("--overload", "circulation:sale:2013-03-25:2013-03-26"), "cause 'sale' is unknown; expected:"),
        (("--overload", "circulation:rush:2013-03-25:2013-03-26:0.5"), "the severity is out of range: multiple of"),
        (("--calls", "circulation=many"), "expected LINE=PER_DAY, from 1 to 5000"),
        (("--to", "2013-01-01"), "the last day is before the first"),
        (("--to", "2013-03-18", "--from", "2013-03-17", "--config", "/nowhere.yaml"), "no such file"),
    ],
)
def test_what_is_wrong_is_status_2_and_says_what_was_expected(
    config: Path, arguments: tuple[str, ...], says: str
) -> None:
    result = invoke(config, *arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.output.replace("│", " ").split())
    assert not config.with_name("office.jsonl").exists()


def test_a_wrong_mechanism_is_answered_with_the_list_and_the_list_can_be_asked_for(config: Path) -> None:
    result = invoke(config, "--fault", "circulation:ghosts:2013-03-25:2013-03-26")
    listed = CliRunner().invoke(app, ["simulate", "--mechanisms"])
    assert listed.exit_code == 0
    for name in MECHANISMS:
        assert f"  {name} (" in result.output
        assert f"  {name} (" in listed.output


def test_an_office_that_never_opens_and_a_file_that_cannot_be_written(config: Path) -> None:
    closed = invoke(config, "--from", "2013-04-06", "--to", "2013-04-07")
    assert (closed.exit_code, "closed on all of these days" in closed.output) == (2, True)
    failed = invoke(config, "--out", "/dev/full")
    assert (failed.exit_code, "failed:" in failed.output) == (1, True)
