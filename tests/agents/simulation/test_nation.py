"""`tocsin simulate` generates all offices of a nation, and its truth covers each office."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agents.cli import app

DAYS = ("--from", "2025-03-03", "--to", "2025-03-09")
FEW = ("--calls", "all=20", "--visitors", "all=8")


@pytest.fixture
def nation(tmp_path: Path) -> Path:
    for site, place in (("cantal", "{exchange: a}"), ("creuse", "{exchange: b}"), ("lot", "{exchange: b}")):
        (tmp_path / f"{site}.yaml").write_text(
            f"site: {site}\nplace: {place}\n"
            "lines: {standard: {expected_lost_rate: 0.05}}\nservices: {titres: {}}\nholidays: {country: null}\n"
        )
    path = tmp_path / "nation.yml"
    path.write_text(
        "sites:\n  - {file: cantal.yaml, since: 2025-03-05}\n  - creuse.yaml\n  - {file: lot.yaml, until: 2025-02-28}\n"
    )
    return path


def invoke(nation: Path, *arguments: str) -> Result:
    files = ("--out", str(nation.with_name("out.jsonl")), "--truth", str(nation.with_name("truth.json")))
    return CliRunner().invoke(
        app, ["simulate", "--config", str(nation), *DAYS, *files, *FEW, *arguments], terminal_width=200
    )


def simulated(nation: Path, *arguments: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    result = invoke(nation, *arguments)
    assert result.exit_code == 0, result.output
    lines = nation.with_name("out.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines], json.loads(nation.with_name("truth.json").read_text())


@pytest.mark.slow
def test_every_office_in_service_is_told_from_its_first_day_and_the_truth_counts_it(nation: Path) -> None:
    events, truth = simulated(nation)
    assert set(truth["sites"]) == {"cantal", "creuse"}  # lot had been retired
    assert truth["sites"]["cantal"]["from"] == "2025-03-05T00:00:00+01:00"
    assert truth["sites"]["cantal"]["size"] != truth["sites"]["creuse"]["size"]
    offered = Counter(each["site"] for each in events if each.get("call") and each["type"] == "offered")
    issued = Counter(each["site"] for each in events if each.get("ticket") and each["type"] == "issued")
    for site, each in truth["sites"].items():
        assert each["lines"]["standard"]["told"]["offered"] == offered[site] > 0
        assert each["services"]["titres"]["told"]["issued"] == issued[site] > 0


def test_a_plan_says_which_offices_and_the_truth_repeats_it(nation: Path) -> None:
    plan = (
        "exchange=b/standard:answered-as-lost:2025-03-04:2025-03-05:0.9",
        "all/all:events-late:2025-03-06:2025-03-06",
    )
    events, truth = simulated(
        nation,
        *(option for each in plan for option in ("--fault", each)),
        *(
            "--overload",
            "cantal/standard:rush:2025-03-07:2025-03-07",
            "--silent",
            "creuse+cantal:2025-03-06:2025-03-06",
        ),
    )
    assert [each["text"] for each in truth["asked"]["faults"]] == list(plan)
    assert truth["asked"]["faults"][0]["sites"] == ["creuse", "lot"]
    of = {site: [fault["mechanism"] for fault in each["faults"]] for site, each in truth["sites"].items()}
    assert of == {"cantal": ["events-late", "silent"], "creuse": ["answered-as-lost", "events-late", "silent"]}
    assert [each["cause"] for each in truth["sites"]["cantal"]["overloads"]] == ["rush"]
    sixth = [each for each in events if "2025-03-06" in each["id"] or 1741215600 <= float(each["at"]) < 1741302000]
    assert sixth == []


@pytest.mark.parametrize(
    ("option", "asked", "says"),
    [
        ("--fault", "standard:silent:2025-03-04:2025-03-05", "expected SITES/ before it: all, a site, several as a+b"),
        ("--fault", "exchange=c/standard:silent:2025-03-04:2025-03-05", "sites 'exchange=c' are not in the"),
        ("--fault", "creuse/titres:silent:2025-03-04:2025-03-05", "line 'titres' is not in the catalogue"),
        ("--silent", "creuse", "expected SITES:FROM:TO"),
        ("--silent", "creuse:2025-03-05:2025-03-04", "expected FROM before TO"),
        ("--visitors", "passports=3", "service 'passports' is not in the catalogue; expected all or one of titres"),
        ("--visitors", "titres=0", "expected SERVICE=PER_DAY"),
    ],
)
def test_what_is_wrong_is_status_2_and_says_what_was_expected(nation: Path, option: str, asked: str, says: str) -> None:
    result = invoke(nation, option, asked)
    assert (result.exit_code, says in " ".join(result.output.split())) == (2, True), result.output


@pytest.mark.slow
def test_one_office_of_the_nation_is_played_as_it_is_alone(nation: Path) -> None:
    _, truth = simulated(nation, "--site", "creuse", "--fault", "standard:phantoms:2025-03-04:2025-03-05")
    assert (truth["site"], truth["seed"], len(truth["faults"])) == ("creuse", 1, 1)
    retired = invoke(nation, "--site", "lot")
    assert (retired.exit_code, "no office is open" in retired.output) == (2, True)


def test_faults_placed_at_random_fall_on_offices_drawn_at_random(nation: Path) -> None:
    _, truth = simulated(nation, "--random-faults", "4", "--random-overloads", "3")
    assert sum(len(each["faults"]) for each in truth["sites"].values()) == 4
    assert sum(len(each["overloads"]) for each in truth["sites"].values()) == 3
