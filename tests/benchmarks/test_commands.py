"""The counts of `analyze` are compared with the events written."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from benchmarks.commands import check, write
from benchmarks.connectors.measure import measured
from config.settings import load


@pytest.mark.slow
def test_analyze_counts_what_was_written(tmp_path: Path) -> None:
    totals = write(load(None, {}), 1_000, tmp_path / "events.jsonl")
    cost = measured(["analyze", "events", str(tmp_path / "events.jsonl"), "--json"], tmp_path / "out", {})
    assert cost.cpu > 0.1
    assert 30 < cost.memory < 2_000
    found = msgspec.json.decode((tmp_path / "out").read_bytes())
    check(found, totals)
    found["lines"]["standard"]["raw"]["lost"] += 1
    with pytest.raises(AssertionError, match="line standard"):
        check(found, totals)


@pytest.mark.slow
def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="analyze events nowhere ended with"):
        measured(["analyze", "events", "nowhere"], tmp_path / "out", {})
