"""The table of the benchmark: medians, ratios of CPU round by round, and the reason if a way has no time."""

from __future__ import annotations

from benchmarks.hot_path.report import table
from benchmarks.hot_path.ways import BARE, COMPILED, WORKER, Took


def runs(*cpu: float) -> list[Took]:
    return [Took(1_000_000, each, 2 * each, 100.0, {}) for each in cpu]


def test_ratios_are_taken_round_by_round() -> None:
    rows = table({BARE: runs(4, 2), WORKER: runs(8, 10), COMPILED: runs(4, 5)}, {}).splitlines()
    assert rows[2].startswith(f"| {BARE} | 1,000,000 | 3.0 | ")
    assert rows[3] == f"| {WORKER} | 1,000,000 | 9.0 | 56,250 | 100 | 0.35 (0.20 to 0.50) | 1.00 x | 2.00 x |"
    assert rows[2].endswith("| 1.00 (1.00 to 1.00) | 0.35 x | 0.70 x |")


def test_a_way_that_counts_otherwise_is_not_timed() -> None:
    row = table({BARE: runs(1)}, {BARE: "it counts\notherwise"}).splitlines()[2]
    assert row == f"| {BARE} | not timed: it counts otherwise | | | | | | |"
