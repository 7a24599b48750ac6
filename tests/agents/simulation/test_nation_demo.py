"""`tocsin demo` with a nation's configuration: a quarter is counted, and the figures of its offices are printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.imports import ROOT
from tests.waiting import PATIENCE


@pytest.mark.broker
@pytest.mark.slow
def test_the_example_is_played_to_its_end_and_the_miscount_of_one_exchange_is_corrected() -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    nation = ROOT / "examples" / "nation" / "nation.yaml"
    run = subprocess.run(
        [sys.executable, "-m", "agents", "--lang", "en", "demo", "--config", str(nation)],
        env={**own, "COLUMNS": "160"},  # wide enough for tables
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1st quarter 2025" in run.stdout
    rates = re.search(r"Lost-call rate: Standard +([\d.]+)%\sU +([\d.]+)%", run.stdout)
    assert rates is not None, run.stdout
    assert float(rates[1]) > float(rates[2]) + 1
    assert re.search(r"Auvergne-Rhône-Alpes +1 +\d+,\d+ +([\d.]+)% +\1%", run.stdout), run.stdout  # another exchange
