"""Waits as they are published: how many, how long, in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from streams.kept.waits import Waits


class Wait(Struct, frozen=True):
    """Summarise waits in seconds; figures are None where nobody waited. Quantiles are within 1 %."""

    count: int | None  # None where no wait is told, as by a counter's totals
    mean: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    max: float | None

    @classmethod
    def of(cls, waits: Waits) -> Wait:
        """Return the summary of waits in milliseconds; without quantiles where they have no bins."""
        longest = waits.longest if waits.count else None
        quantiles = map(waits.quantile, (0.5, 0.9, 0.95)) if waits.bins else (None, None, None)
        figures = (waits.mean(), *quantiles, longest)
        return cls(waits.count, *(None if each is None else round(each / 1000, 3) for each in figures))


NO_WAIT: Final = Wait(None, None, None, None, None, None)


def merged(every: Iterable[Waits], *, sums_only: bool = False) -> Waits:
    """Return all waits together; with `sums_only` without what quantiles are told by."""
    whole = Waits()
    for each in every:
        if sums_only:
            whole.merge_sums(each)
        else:
            whole.merge(each)
    return whole
