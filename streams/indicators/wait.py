"""Published waits: their number and lengths in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from streams.kept.waits import Waits


class Wait(Struct, frozen=True):
    """A summary of waits in seconds, with None if there were none. Quantiles are within 1 %."""

    count: int | None  # None if waits are unknown, as from a counter's totals
    mean: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    max: float | None

    @classmethod
    def of(cls, waits: Waits) -> Wait:
        """Return the summary of waits in milliseconds; no quantiles if there are no bins."""
        longest = waits.longest if waits.count else None
        quantiles = map(waits.quantile, (0.5, 0.9, 0.95)) if waits.bins else (None, None, None)
        figures = (waits.mean(), *quantiles, longest)
        return cls(waits.count, *(None if each is None else round(each / 1000, 3) for each in figures))


NO_WAIT: Final = Wait(None, None, None, None, None, None)


def merged(every: Iterable[Waits], *, sums_only: bool = False) -> Waits:
    """Return all these waits as one summary. `sums_only` omits the bins, and so the quantiles."""
    whole = Waits()
    for each in every:
        if sums_only:
            whole.merge_sums(each)
        else:
            whole.merge(each)
    return whole
