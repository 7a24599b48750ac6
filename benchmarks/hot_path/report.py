"""The table of the cost of every way, with its ratios to the bare loop round by round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from benchmarks.hot_path.ways import BARE, COMPILED, WORKER, Took

_HEAD: Final = """\
| way | events | CPU s a million | wall: events/s | peak MB | of the bare loop | the worker: times as fast | compiled |
|---|---|---|---|---|---|---|---|"""


def table(results: Mapping[str, Sequence[Took]], excluded: Mapping[str, str]) -> str:
    """Return every way's medians; ratios are of CPU, and a way without a time gives the reason."""
    rows = [_HEAD]
    base, worker, compiled = (results.get(way, ()) if way not in excluded else () for way in (BARE, WORKER, COMPILED))
    for way, runs in results.items():
        if way in excluded or not runs:
            rows.append(f"| {way} | not timed: {' '.join(excluded.get(way, 'not run').split())[:200]} | | | | | | |")
            continue
        cpu, wall, memory = (
            median(values)
            for values in (
                [each.each for each in runs],
                [each.events / each.wall for each in runs],
                [each.memory for each in runs],
            )
        )
        rows.append(
            f"| {way} | {runs[0].events:,} | {cpu:.1f} | {wall:,.0f} | {memory:.0f} "
            f"| {_ratios(base, runs)} | {_times(runs, worker)} | {_times(runs, compiled)} |"
        )
    return "\n".join(rows)


def _ratios(base: Sequence[Took], runs: Sequence[Took]) -> str:
    """Return the median of the ratios of CPU round by round, and their range."""
    ratios = [one.each / other.each for one, other in zip(base, runs, strict=False)]
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else ""


def _times(runs: Sequence[Took], worker: Sequence[Took]) -> str:
    """Return the worker's throughput relative to each way with the same CPU, round by round."""
    times = [one.each / other.each for one, other in zip(runs, worker, strict=False)]
    return f"{median(times):.2f} x" if times else ""
