"""A penalised, robust quasi-Poisson regression of day totals.

The variance of a count with mean m is m + f m^2: a Poisson count whose rate is gamma distributed (Taylor 2012). Newton
steps find the coefficients (McCullagh and Nelder 1989); counts beyond 2.5 standard deviations weigh less (Huber 1964);
f is found by moments, each day corrected by its leverage. The inverse of the last Hessian is the covariance.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct

from streams.forecast.design import Design
from streams.forecast.past import Floats

ROBUST: Final = 2.5  # standard deviations
LEAST, MOST, FIRST = 0.0015, 0.5, 0.03  # dispersion
LOW, HIGH = -6.0, 16.0  # logarithm of a mean
ROUNDS: Final = 4  # of the dispersion
STEPS: Final = 12  # of the coefficients, within a round
CLOSE: Final = 1e-3
FARTHEST: Final = 1.5  # on the logarithm, in one step


class DayLevels(Struct, frozen=True):
    """The means of the days of a design, known and coming."""

    mean: Floats  # of each day
    covariance: Floats  # of the logarithms of the means of the coming days
    dispersion: float  # f: of a day around its mean, relative to the mean's square


def regress(design: Design, totals: Floats) -> DayLevels:
    """Return the levels of all days of a design by the totals of its first days; nan totals are unknown."""
    use = np.flatnonzero(~np.isnan(totals))
    columns, calls = design.columns[use], totals[use]
    beta = design.mean.copy()
    beta[0] = np.log(max(float(calls.mean()) if len(calls) else 0.0, 0.1))
    dispersion = FIRST
    for _ in range(ROUNDS):
        for _ in range(STEPS):
            mean = np.exp(np.clip(columns @ beta, LOW, HIGH))
            variance = mean + dispersion * mean**2
            robust = np.minimum(1, ROBUST / np.maximum(np.abs(calls - mean) / np.sqrt(variance), 1e-9)) ** 2
            weights = mean**2 / variance * robust
            hessian = columns.T * weights @ columns + design.precision
            slope = columns.T @ (mean * (calls - mean) / variance * robust) - design.precision @ (beta - design.mean)
            step = np.linalg.solve(hessian, slope)
            step *= min(1, FARTHEST / max(float(np.abs(columns @ step).max(initial=0)), 1e-9))
            beta += step
            if np.abs(step).max() < CLOSE:
                break
        covariance = np.linalg.inv(hessian)
        leverage = (columns @ covariance * columns).sum(axis=1) * weights
        dispersion = _dispersion(calls, mean, leverage, robust)
    coming = design.columns[design.known :]
    return DayLevels(
        np.exp(np.clip(design.columns @ beta, LOW, HIGH)), coming @ covariance @ coming.T + design.added, dispersion
    )


def _dispersion(calls: Floats, mean: Floats, leverage: Floats, robust: Floats) -> float:
    """Return the dispersion by moments of days with a call or more; each weighs as much as it can show."""
    some = mean > 1
    if not some.any():
        return FIRST
    calls, mean, leverage, robust = calls[some], mean[some], np.clip(leverage[some], 0, 0.9), robust[some]
    excess = ((calls - mean) ** 2 / (1 - leverage) - mean) / mean**2
    weights = np.sqrt(robust) * mean / (1 + FIRST * mean)
    return float(np.clip(np.average(excess.clip(-1, 0.5), weights=weights), LEAST, MOST))
