"""The difference of two means or shares, with its interval, and whether it is more than chance."""

from __future__ import annotations

from math import hypot, sqrt

from msgspec import Struct

from streams.figures.mean import BOUNDS, CorrectedMean


class FigureChange(Struct, frozen=True):
    """A later value less an earlier one, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether it is more than chance."""
        return self.low > 0 or self.high < 0


def difference(before: CorrectedMean, since: CorrectedMean, *, share: bool) -> FigureChange | None:
    """Return the difference of two periods; None if one is unknown. Each `share` also has the chance of its counts.

    >>> before, since = (CorrectedMean(wait, wait - 3, wait + 3, 1.0, "none") for wait in (20.0, 12.0))
    >>> found = difference(before, since, share=False)
    >>> found is not None and [round(each, 2) for each in (found.value, found.low, found.high)]
    [-8.0, -12.24, -3.76]
    """
    if before.value is None or since.value is None:
        return None
    value, half = since.value - before.value, hypot(_half(before, share=share), _half(since, share=share))
    return FigureChange(value, value - half, value + half)


def _half(figure: CorrectedMean, *, share: bool) -> float:
    """Return half of a figure's interval: at its wider side, because the other one may end at a bound."""
    value, low, high = figure.value, figure.low, figure.high
    if value is None or low is None or high is None:
        return 0.0
    smoothed = (figure.total + 0.5) / (figure.number + 1)
    chance = BOUNDS * sqrt(smoothed * (1 - smoothed) / max(1, figure.number)) if share else 0.0
    return max(high - value, value - low, chance)
