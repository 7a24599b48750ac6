"""Figures in words, for the report's tables: shares, medians, rates a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isfinite
from statistics import median


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def share(flags: Iterable[bool]) -> str:
    """Return the share of flags that are set, in percent."""
    every = list(flags)
    return f"{sum(every) / len(every):.0%}" if every else "-"


def median_of(delays: Iterable[float | None], digits: int = 0) -> str:
    """Return the median of delays, where None stands for never.

    >>> median_of([3, None, None])
    'never'
    """
    every = [inf if each is None else each for each in delays]
    if not every:
        return "-"
    half = median(every)
    return f"{half:.{digits}f}" if isfinite(half) else "never"


def a_year(number: float, years: float) -> str:
    """Return a number of something as so many a line-year."""
    return f"{number / years:.2f}" if years else "-"
