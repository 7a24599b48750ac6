"""The error of a corrected figure against the truth, beside that of the raw one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agents.analysis.fold import Analysis
from agents.analysis.report import LineReport, report
from benchmarks.detection.figure import figure
from benchmarks.detection.office import LINE, office, with_line


def said(**corrected: Any) -> LineReport:
    """Return the report of a line with 100 raw calls, 10 of them lost."""
    line = report(Analysis(with_line(office()))).lines[LINE]
    raw = msgspec.structs.replace(line.raw, offered=100, answered=90, lost=10, diverted=0, unresolved=0, lost_rate=0.1)
    figures = {"offered": 100, "answered": 98, "lost": 2, "lost_rate": 0.02, "low": 0.01, "high": 0.05, **corrected}
    return msgspec.structs.replace(line, raw=raw, corrected=msgspec.structs.replace(line.corrected, **figures))


def test_errors_are_in_points() -> None:
    worth = figure(said(), 0.03)
    assert (worth.raw_error, worth.error, worth.half) == pytest.approx((7.0, -1.0, 2.0))
    assert worth.covers
    assert worth.farther == 0
    assert not worth.negative


def test_a_figure_may_miss_be_negative_and_be_farther_off_than_raw() -> None:
    worth = figure(said(lost_rate=0.3, low=0.25, high=0.35, unresolved=-4), 0.1)
    assert worth.covers is False
    assert worth.negative
    assert worth.farther == pytest.approx(20.0)


def test_what_is_withheld_is_neither_right_nor_wrong() -> None:
    nothing = dict.fromkeys(("offered", "answered", "lost", "diverted", "unresolved", "lost_rate", "low", "high"))
    worth = figure(said(**nothing, method="unavailable"), 0.03)
    assert (worth.error, worth.covers, worth.half, worth.negative, worth.farther) == (None, None, None, False, 0.0)
    assert worth.method == "unavailable"
