"""How a day's calls spread over its half-hours, by weekday.

A weekday borrows from another as far as their profiles agree: as many calls as would make the difference between the
two no more than chance (a chi-square distance less its expectation). Old days weigh less.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from streams.forecast.past import WEEK, Floats, Past

HALF_LIFE: Final = 120  # days
RECENT: Final = 56  # days that show how much more than by chance the half-hours vary
LEAST: Final = 0.5  # calls of a half-hour that shows anything
VISIBLE: Final = 1e-4  # shares below are no evidence


def day_profiles(past: Past, like: list[int]) -> Floats:
    """Return the share of each slot in a day's calls, for each weekday; zeros for a weekday without a call.

    `like` is the weekday that each day is like.
    """
    weight = 0.5 ** ((len(past) - 1 - np.arange(len(past))) / HALF_LIFE)
    calls = np.nan_to_num(past.counts) * weight[:, None]
    week = np.array(like)
    sums = np.array([calls[week == day].sum(axis=0) for day in range(WEEK)])
    totals = sums.sum(axis=1)
    shares = sums / np.maximum(totals, 1e-9)[:, None]
    return np.array([_pooled(day, sums, shares, totals) for day in range(WEEK)])


def _pooled(day: int, sums: Floats, shares: Floats, totals: Floats) -> Floats:
    """Return a weekday's profile with what it borrows."""
    pool: Floats = sums[day].copy()
    if totals[day] <= 0:
        return pool
    for other in range(WEEK):
        if other == day or totals[other] <= 0:
            continue
        both = (shares[day] + shares[other]) / 2
        distance = float(((shares[day] - shares[other]) ** 2 / np.maximum(both, 1e-9)).sum())
        chance = float((both > VISIBLE).sum()) * (1 / max(totals[day], 1) + 1 / totals[other])
        pool += shares[other] * min(totals[other], 1 / max(distance - chance, 1e-6))
    pool /= pool.sum()
    return pool


def slot_dispersion(past: Past, like: list[int], profiles: Floats) -> float:
    """Return by how much the half-hours of a day vary beyond a multinomial, relative to the square of their means."""
    since = max(0, len(past) - RECENT)
    counts, totals = past.counts[since:], past.totals[since:]
    known = ~np.isnan(totals)
    counts, shares = counts[known], profiles[np.array(like)[since:][known]]
    expected = totals[known][:, None] * shares
    some = expected > LEAST
    if past.slots == 1 or not some.any():
        return 0.0
    counts, expected, shares = counts[some], expected[some], shares[some]
    excess = ((counts - expected) ** 2 - expected * (1 - shares)).sum() / (expected**2).sum()
    return float(np.clip(excess, 0, 0.3))
