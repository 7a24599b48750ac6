"""The summary of detection has the figures of the measurements."""

from __future__ import annotations

import re
from typing import Final

import pytest

from benchmarks.detection.thresholds import PAGE

_ROW: Final = re.compile(r"\(`([^`]+)`\)[^|]*\| (\S+) \| (\S+) \| (\S+)")
SUMMARY: Final = _ROW.findall(PAGE.with_name("detection.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("fault", "found", "right", "after"), SUMMARY)
def test_a_fault_has_its_measured_figures(fault: str, found: str, right: str, after: str) -> None:
    after_sound_weeks = PAGE.read_text(encoding="utf-8").partition("\n## Faults after sound weeks\n")[2]
    row = next(line for line in after_sound_weeks.splitlines() if line.startswith(f"| {fault} |"))
    assert [cell.strip() for cell in row.split("|")][3:6] == [found, right, after]


def test_every_fault_is_listed() -> None:
    faults = (
        PAGE.read_text(encoding="utf-8").partition("\n## Faults after sound weeks\n")[2].partition("| **all** |")[0]
    )
    measured = {row.split("|")[1].strip() for row in faults.splitlines() if row.startswith("| ")}
    assert {name for name, *_ in SUMMARY} == measured - {"", "---"}
