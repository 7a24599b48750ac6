"""`tocsin forecast arrivals FILE`: its JSON, CSV and table, and its refusals."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from tests.streams.forecast.made_up import MONDAY, half_hours

LEVELS = ["0.025", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.975"]
OFFICE = "site: lozere\ntimezone: Europe/Paris\nholidays: {country: FR}\n"

pytestmark = pytest.mark.slow  # each run computes the holidays of eighty countries


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("forecast") / "calls.csv"
    rows = ["start,calls"]
    for place, day in enumerate(half_hours(112)):
        date = MONDAY + timedelta(place)
        rows += [f"{date} {slot // 2:02}:{slot % 2 * 30:02},{calls:g}" for slot, calls in enumerate(day)]
    found.write_text("\n".join(rows))
    return found


def run(*words: object) -> Result:
    return CliRunner(env={"TOCSIN_CONFIG": None}).invoke(app, ["forecast", *map(str, words)])


def document(*words: object) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_json_has_half_hours_days_and_weeks_with_nine_quantiles(file: Path) -> None:
    line = document("arrivals", file, "--until", "2013-04-22", "--weeks", 2)["lines"]["arrivals"]
    assert [len(line[name]) for name in ("half_hours", "days", "weeks")] == [14 * 48, 14, 2]
    assert line["days"][0]["date"] == "2013-04-22"
    assert line["half_hours"][17]["from"] == "2013-04-22T08:30:00"
    for each in (line["half_hours"][17], line["days"][0], line["weeks"][0]):
        assert list(each["quantiles"]) == LEVELS
        assert list(each["quantiles"].values()) == sorted(each["quantiles"].values())
        assert each["quantiles"]["0.025"] < each["mean"] < each["quantiles"]["0.975"]


def test_days_after_the_end_are_not_looked_at(file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.csv"
    cut.write_text("\n".join(row for row in file.read_text().splitlines() if row < "2013-04-08" or "start" in row))
    assert document("arrivals", file, "--until", "2013-04-08") == document("arrivals", cut, "--until", "2013-04-08")


def test_the_csv_and_the_table_show_what_the_json_has(file: Path) -> None:
    day = document("arrivals", file)["lines"]["arrivals"]["days"][0]
    rows = list(csv.DictReader(run("arrivals", file, "--csv").stdout.splitlines()))
    (row,) = [each for each in rows if each["step"] == "day" and each["from"] == day["date"]]
    assert [float(row["mean"]), *(int(row[level]) for level in LEVELS)] == [day["mean"], *day["quantiles"].values()]
    table = run("arrivals", file, "--lang", "fr").stdout
    low, high = (day["quantiles"][level] for level in ("0.025", "0.975"))
    assert ["lundi", "29", "avril", f"{day['mean']:.0f}", f"{low}", "à", f"{high}"] in map(
        str.split, table.splitlines()
    )


def test_a_configuration_gives_holidays_and_the_offsets_of_times(file: Path, tmp_path: Path) -> None:
    office = tmp_path / "office.yaml"
    office.write_text(OFFICE)
    found = document("arrivals", file, "--until", "2013-03-25", "--config", office)
    assert found["holidays"] == {"country": "FR", "inferred": False, "days": found["holidays"]["days"]}
    assert found["holidays"]["days"]["2013-04-01"]
    starts = [each["from"] for each in found["lines"]["arrivals"]["half_hours"]]
    assert len(starts) == 7 * 48 - 2  # clocks go forward on 31 March
    assert (starts[0], starts[-1]) == ("2013-03-25T00:00:00+01:00", "2013-03-31T23:30:00+02:00")


def test_what_cannot_be_used_is_refused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("start,calls\n2013-01-01,3\n2013-01-02,x\n")
    (tmp_path / "other.csv").write_text("day,number\n")
    few = run("arrivals", tmp_path / "few.csv")
    assert few.exit_code == 1
    assert "few.csv:3: 'x'" in few.stderr
    assert run("arrivals", tmp_path / "other.csv").exit_code == 1
    assert [run(*words).exit_code for words in (["arrivals"], [file], ["arrivals", tmp_path / "none"])] == [2, 2, 2]
