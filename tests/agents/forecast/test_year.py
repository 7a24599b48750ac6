"""The forecasts of a year: scored from its first week to the last day known."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import pytest

from agents.forecast.year import year_scores
from streams.indicators.period import Period
from tests.agents.board.known import history
from tests.agents.forecast.varied import OFFICE, UNTIL, varied

YEAR = Period(date(2013, 1, 1), date(2013, 12, 31))


@pytest.mark.slow
def test_each_line_and_service_has_the_score_of_its_weeks() -> None:
    found = {each.desk[1]: each.score for each in year_scores(history(days=varied()), OFFICE, YEAR, UNTIL)}
    assert found["standard"] is None, "it has no day"
    assert found["circulation"] is not None
    assert found["cartes"] is not None
    assert 100 < found["circulation"].days < 130
    assert 0.9 < found["circulation"].days_held <= 1


def test_a_year_of_a_few_days_or_to_come_has_no_score() -> None:
    known = history(days=[day for day in varied() if day.day < "2013-02-01"])
    for year, today in ((YEAR, date(2013, 2, 1)), (YEAR, YEAR.first)):
        assert {each.score for each in year_scores(known, OFFICE, year, today)} == {None}


def test_the_mathematics_starts_no_threads_beside_the_one_that_computes() -> None:
    script = "import agents, numpy as n; n.ones((500, 500)) @ n.ones((500, 500)); print(open('/proc/self/stat').read())"
    environ = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    stat = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environ)
    assert stat.stdout.rpartition(") ")[2].split()[17] == "1", "field 20 of the process: its threads"
