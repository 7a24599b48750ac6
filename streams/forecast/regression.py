"""A penalised, robust quasi-Poisson regression of day totals.

The variance of a count with mean m is m + f m^2: a Poisson count whose rate is gamma distributed (Taylor 2012). Newton
steps find the coefficients (McCullagh and Nelder 1989); counts beyond 2.5 standard deviations weigh less (Huber 1964);
f is found from the squares of the residuals, cut off and with the mean that normal ones have (Huber's second proposal),
each day corrected by its leverage. The inverse of the last Hessian is the covariance.
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
CUT: Final = 3.0  # standard deviations: the limit of a residual
EXPECTED: Final = 0.985  # mean of the squares of standard normal numbers, cut off there
HALVINGS: Final = 12  # of the interval of the dispersion, on the logarithm
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
        dispersion = _dispersion(calls, mean, leverage)
    coming = design.columns[design.known :]
    return DayLevels(
        np.exp(np.clip(design.columns @ beta, LOW, HIGH)), coming @ covariance @ coming.T + design.added, dispersion
    )


def _dispersion(calls: Floats, mean: Floats, leverage: Floats) -> float:
    """Return the dispersion with which the squares of standardised residuals, cut off, are as great as they should be.

    Each day weighs as much as it can show of the dispersion; days with a mean of a call or less show nothing.
    """
    some = mean > 1
    if not some.any():
        return FIRST
    mean, squares = mean[some], (calls[some] - mean[some]) ** 2 / (1 - np.clip(leverage[some], 0, 0.9))
    weights = mean / (1 + FIRST * mean)
    low, high = LEAST, MOST
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        standard = np.minimum(squares / (mean + middle * mean**2), CUT**2)
        low, high = (middle, high) if np.average(standard, weights=weights) > EXPECTED else (low, middle)
    return float(np.sqrt(low * high))
