"""Several files are read in the order of their first moments, whichever way the shell gave them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agents.invoking import invoke, written

DAY = 86_400
MORNING = 1_772_611_200


def log(day: int) -> bytes:
    """Return ten calls of a day, one a minute, the last one lost."""
    rows = []
    for call in range(10):
        at = MORNING + day * DAY + 60 * call
        rows.append(f"{at}|{at}.{call}|600|NONE|ENTERQUEUE||0261995001|1")
        end = f"{at + 9}|{at}.{call}|600|" + ("NONE|ABANDON|1|1|9" if call == 9 else f"SIP/1|CONNECT|9|{at}.9|3")
        rows.append(end)
    return "\n".join(rows).encode() + b"\n"


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOCSIN_CONFIG")


def test_the_live_file_is_read_after_the_older_ones(tmp_path: Path) -> None:
    names = ("queue_log", "queue_log.1", "queue_log.2")  # as the shell gives queue_log*
    files = [written(tmp_path / name, log(day)) for name, day in zip(names, (2, 1, 0), strict=True)]
    told = invoke("analyze", "queue-log", *files, "--json")
    assert f"in the order of time: {files[2]} {files[1]} {files[0]}" in told.stderr.replace("\n", " ")
    report = json.loads(told.stdout)
    assert report["events"]["late"] == 0
    assert not report["incidents"]
    raw = report["lines"]["600"]["raw"]
    assert (raw["offered"], raw["answered"], raw["lost"]) == (30, 27, 3)
    in_order = invoke("analyze", "queue-log", *reversed(files), "--json")
    assert json.loads(in_order.stdout) == report
    assert "order of time" not in in_order.stderr


def test_a_table_newest_first_and_a_file_without_moments_keep_the_order(tmp_path: Path) -> None:
    empty, log_file = written(tmp_path / "empty", b""), written(tmp_path / "log", log(0))
    told = invoke("analyze", "queue-log", log_file, empty, "--json")
    assert told.exit_code == 0
    assert "order of time" not in told.stderr
