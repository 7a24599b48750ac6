"""`tocsin staff arrivals FILE`: its JSON, CSV and table."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from tests.agents.commands.test_forecast import file  # noqa: F401 -- a fixture

pytestmark = pytest.mark.slow  # each run computes the holidays of eighty countries


def run(*words: object) -> Result:
    return CliRunner(env={"TOCSIN_CONFIG": None}).invoke(app, ["staff", *map(str, words)])


def document(*words: object) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_each_half_hour_of_the_forecast_has_agents_and_the_share_of_met_days(file: Path) -> None:  # noqa: F811
    line = document("arrivals", file, "--until", "2013-04-22", "--weeks", 2)["lines"]["arrivals"]
    assert len(line["half_hours"]) == 14 * 48
    assert {"from", "mean", "quantiles", "agents", "met"} == set(line["half_hours"][17])
    assert line["half_hours"][17]["agents"] in {2, 3}
    assert [day["agent_hours"] > 0 for day in line["days"]] == ([True] * 5 + [False] * 2) * 2
    assert line["handling"]["talk"] == 180


def test_a_longer_talk_needs_more_hours(file: Path) -> None:  # noqa: F811
    usual, longer = (
        document("arrivals", file, *more)["lines"]["arrivals"]["days"][0] for more in ((), ("--talk", "400"))
    )
    assert longer["agent_hours"] > 1.5 * usual["agent_hours"]


def test_the_csv_and_the_table_show_what_the_json_has(file: Path) -> None:  # noqa: F811
    half_hour = document("arrivals", file)["lines"]["arrivals"]["half_hours"][20]
    rows = list(csv.DictReader(run("arrivals", file, "--csv").stdout.splitlines()))
    (row,) = [each for each in rows if each["from"] == half_hour["from"]]
    assert (int(row["agents"]), float(row["met"])) == (half_hour["agents"], half_hour["met"])
    table = [row.split() for row in run("arrivals", file, "--lang", "fr").stdout.splitlines()]
    (shown,) = [row for row in table if row[:3] == ["10", "h", "00"]]
    assert int(shown[3]) == half_hour["agents"]


def test_days_without_half_hours_are_not_planned(tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text("\n".join(["start,calls", *(f"2013-01-{day:02},9" for day in range(1, 29))]))
    result = run("arrivals", tmp_path / "days.csv")
    assert result.exit_code == 1
    assert "half-hours" in result.stderr


def test_lines_that_share_their_agents_need_fewer(tmp_path: Path, file: Path) -> None:  # noqa: F811
    head, *rows = file.read_text().splitlines()
    two = [f"{head},line", *(f"{row},{line}" for line in ("cards", "standard") for row in rows)]
    (tmp_path / "two.csv").write_text("\n".join(two))
    apart = document("arrivals", tmp_path / "two.csv")["lines"]
    together = document("arrivals", tmp_path / "two.csv", "--pool", "cards+standard")["lines"]
    assert [*together] == ["cards+standard"]
    hours = [sum(day["agent_hours"] for day in line["days"]) for line in (*apart.values(), *together.values())]
    assert max(hours[:2]) < hours[2] < 0.95 * sum(hours[:2])


def test_a_pool_of_an_unknown_line_is_status_2(file: Path) -> None:  # noqa: F811
    result = run("arrivals", file, "--pool", "arrivals+cards")
    assert result.exit_code == 2
    assert "there is no line cards; expected arrivals" in " ".join(result.stderr.split()).replace("│ ", "")
