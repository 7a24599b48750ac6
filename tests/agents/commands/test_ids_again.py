"""A table in which an id comes again: rows too far apart for one call are calls of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.agents.invoking import invoke, written


def _analysed(folder: Path, office: str, calls: bytes, mapping: str) -> Any:
    config, file = written(folder / "own.yaml", office.encode()), written(folder / "calls.txt", calls)
    result = invoke("analyze", "calls", file, "--mapping", mapping, "--config", config, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


SMDR = b"""\
 03/04 09:00  00:00:40 T001  ***                           A 6000
 03/04 09:00  00:01:30 T001  012                           A 6000
 03/04 09:01  00:00:40 T002  ***                           A 6000
"""


def test_the_next_caller_on_a_trunk_in_the_same_minute_is_another_call(tmp_path: Path) -> None:
    office = """\
site: hall
lines: {accueil: {queues: ["6000"]}}
mappings: {smdr: {like: mitel, year: 2026}}
"""
    raw = _analysed(tmp_path, office, SMDR, "smdr")["lines"]["accueil"]["raw"]
    assert (raw["offered"], raw["answered"], raw["lost"]) == (3, 1, 2)


RESTARTED = b"""\
id,queue,offered,answered,ended
""" + b"".join(
    b"%d,standard,2026-03-%02d 09:%02d:00,%b,2026-03-%02d 09:%02d:40\n"
    % (call, day, call, b"" if call % 4 == 0 else b"2026-03-%02d 09:%02d:20" % (day, call), day, call)
    for day in (4, 5, 6)
    for call in range(1, 21)
)


@pytest.mark.parametrize("reverse", [False, True])
def test_numbers_that_begin_again_every_day_are_other_calls(tmp_path: Path, *, reverse: bool) -> None:
    office = """\
site: hall
lines: {standard: {}}
mappings:
  pbx: {of: calls, id: id, queue: queue, moments: {offered: offered, answered: answered, ended: ended}}
"""
    head, *rows = RESTARTED.splitlines(keepends=True)
    told = _analysed(tmp_path, office, head + b"".join(reversed(rows) if reverse else rows), "pbx")
    raw = told["lines"]["standard"]["raw"]
    assert (raw["offered"], raw["answered"], raw["lost"]) == (60, 45, 15)
    assert told["lines"]["standard"]["wait"]["answered"]["mean"] == 20
    assert told["rows"] == {
        "read": 60,
        "used": 60,
        "aside": 0,
        "refused": 0,
        "calls": 60,
        "ids_seen_again": 40,
    }
    assert told["events"]["duplicate"] == 0
