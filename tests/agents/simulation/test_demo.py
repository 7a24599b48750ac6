"""`tocsin demo`: three years pass through a broker and a worker, and the published year matches the minutes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from agents.history.incident_schema import IncidentJson
from agents.simulation.demo import require_planted
from agents.simulation.system import DemoError
from streams.simulation.lozere import PUBLISHED, PUBLISHED_AFTER, PUBLISHED_BEFORE
from tests.imports import ROOT
from tests.waiting import PATIENCE


def test_the_demo_counts_every_call_and_publishes_the_figures_of_the_minutes() -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    command = [sys.executable, "-m", "agents", "--lang", "en", "demo"]
    run = subprocess.run(
        command, env=own | {"COLUMNS": "200"}, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "the counts of all 4 lines equal the calls sent" in run.stdout
    assert re.search(r"Lost-call rate: Circulation +19\.56%\s+U\s+1\.90%", run.stdout), run.stdout
    beside = re.findall(r"(?m)^(\w+:\S+ \d{4}) +([\d.]+) +([\d.]+) +(\S+)$", run.stdout.partition("raw / minutes")[2])
    assert len(beside) == len(PUBLISHED) + len(PUBLISHED_BEFORE) + len(PUBLISHED_AFTER)
    assert {row[0]: row[1:3] for row in beside if row[3] != "="} == {}


def incident(line: str, kind: str, since: str, verdict: str = "miscount") -> IncidentJson:
    return {"id": f"{line}-{kind}", "line": line, "kind": kind, "from": since, "verdict": verdict}


PLANTED = incident("circulation", "answered-as-lost", "2013-06-03T08:45:00+02:00")


def test_the_demo_accepts_what_it_planted_and_bad_hours() -> None:
    require_planted([PLANTED, incident("standard", "overload", "2013-01-07T08:45:00+01:00", "overload")])


@pytest.mark.parametrize(
    "accused",
    [
        incident("circulation", "missing", "2013-06-03T08:45:00+02:00"),
        incident("standard", "answered-as-lost", "2013-06-03T08:45:00+02:00"),
        incident("circulation", "answered-as-lost", "2013-02-18T08:45:00+01:00"),
        incident("etrangers", "drift", "2013-02-18T08:45:00+01:00", "undecided"),
    ],
)
def test_the_demo_fails_if_it_accuses_what_it_did_not_plant(accused: IncidentJson) -> None:
    with pytest.raises(DemoError, match=f"not planted: {accused['id']} "):
        require_planted([PLANTED, accused])


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_demo_runs_it() -> None:
    run = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "demo"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1].endswith("/bin/tocsin demo")
