"""The figures of a run, in words and tables."""

from __future__ import annotations
from collections.abc import Mapping, Sequence
from benchmarks.detection.score import Score
def report(measured: Sequence[Score], costs: Mapping[int, tuple[int, float, float]], *, river: bool) -> str:
    return str(costs)
