"""Over-dispersion: how much more the lost rate varies between days than by chance."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]


def icc(lost: ArrayLike, offered: ArrayLike, squares: ArrayLike | None = None) -> float:
    """Return the intraclass correlation of losses by day: 0 if days only differ by chance.

    `lost` and `offered` are counts by day. If `lost` is expected rather than counted, `squares` are its expected
    squares. The estimator is the one of the analysis of variance (Ridout, Demetrio and Firth, 1999).

    >>> round(icc([0, 10, 0, 10], [10, 10, 10, 10]), 3)
    1.0
    """
    k, n = np.asarray(lost, np.float64), np.asarray(offered, np.float64)
    called = n > 0
    square = (k**2 if squares is None else np.asarray(squares, np.float64))[called]
    k, n = k[called], n[called]
    days, calls = len(n), n.sum()
    if days < 2 or calls <= days:  # noqa: PLR2004 -- a variance between days takes two
        raise ValueError("an intraclass correlation takes two days and more calls than days")
    between = (np.sum(square / n) - k.sum() ** 2 / calls) / (days - 1)
    within = (k.sum() - np.sum(square / n)) / (calls - days)
    size = (calls - np.sum(n**2) / calls) / (days - 1)
    whole = between + (size - 1) * within
    return float((between - within) / whole) if whole > 0 else 0.0
