"""The country whose holidays explain the unusual days of a past, if the evidence is strong.

Each country is a hypothesis: its holidays differ from other days by one common effect, which its Bayes factor
integrates over. Any day is a holiday somewhere, so one unusual day is no evidence: without a country, too, a few days
are far from usual. Countries share most holidays, so days are judged, not countries: a day is a holiday if countries
with half of the probability have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from streams.forecast.days_off import DaysOff
from streams.forecast.design import design
from streams.forecast.past import WEEK, Floats, Past
from streams.forecast.regression import regress

NONE: Final = 0.9  # probability, before anything is known, that no country explains the days
EFFECTS: Final = np.linspace(-1, 1, 21)  # possible common effects of holidays, relative to an ordinary day
UNKEPT: Final = 0.15  # share of a country's holidays that an office does not keep
ODD: Final = 0.01  # share of other days that are far from usual for reasons of their own
OTHER: Final = 0.15  # standard deviation of one holiday around it
WEEKEND: Final = 0.02  # how much less likely a country is if the two quietest weekdays are not its weekend
QUIET: Final = 0.75  # the calls of a quiet weekday, at most, relative to the others
FAR: Final = 1.5  # most that a day shows, relative to its mean


def likely_days_off(pasts: Sequence[Past], countries: Sequence[DaysOff], ahead: int) -> DaysOff:
    """Return the holidays up to `ahead` days after the pasts; none if no country explains the days well enough."""
    log_odds = np.zeros(len(countries))
    weekend = _quiet_weekend(pasts)
    for past in pasts:
        levels = regress(design(past.first, len(past), len(past), DaysOff(), past.closed), past.totals)
        excess = np.clip((past.totals - levels.mean) / levels.mean, -1, FAR)
        open_days = ~np.isnan(past.totals) & ~np.isin(past.weekdays, list(past.closed))
        variance = 1 / np.maximum(levels.mean, 0.1) + levels.dispersion
        for number, country in enumerate(countries):
            places = ((day - past.first).days for day in country.names)
            known = [place for place in places if 0 <= place < len(past) and open_days[place]]
            log_odds[number] += _evidence(excess[known], variance[known])
    if weekend is not None:
        log_odds += [0 if country.weekend == weekend else np.log(WEEKEND) for country in countries]
    odds = np.exp(np.clip(log_odds, -500, 500)) * (1 - NONE) / max(len(countries), 1)
    shares = odds / (odds.sum() + NONE)
    best = countries[int(np.argmax(shares))] if len(countries) else DaysOff()
    first, last = min(past.first for past in pasts), max(past.day(len(past) + ahead) for past in pasts)
    names = _names(countries, shares, best, first, last)
    return DaysOff(names, best.weekend, best.country) if names else DaysOff()


def _evidence(excess: Floats, variance: Floats) -> float:
    """Return the logarithm of the Bayes factor of one effect common to some days, against none.

    >>> one, two = (_evidence(np.full(days, -0.9), np.full(days, 0.02)) for days in (1, 2))
    >>> one < 6 < two  # one day without calls has many other reasons
    True
    """
    without = (1 - ODD) * _density(excess, variance) + ODD / (1 + FAR)
    kept = _density(excess - EFFECTS[:, None], variance + OTHER**2)
    each = np.log((1 - UNKEPT) * kept / without + UNKEPT).sum(axis=1)
    return float(np.log(np.exp(np.minimum(each, 500)).mean()))


def _density(distance: Floats, variance: Floats) -> Floats:
    density: Floats = np.exp(-(distance**2) / variance / 2) / np.sqrt(2 * np.pi * variance)
    return density


def _quiet_weekend(pasts: Sequence[Past]) -> frozenset[int] | None:
    """Return the two neighbouring weekdays with the fewest calls, if they have clearly fewer than the others."""
    means = np.zeros(WEEK)
    for past in pasts:
        for day in range(WEEK):
            totals = past.totals[past.weekdays == day]
            totals = totals[~np.isnan(totals)]
            means[day] += totals.mean() if len(totals) else 0.0
    quietest = [int(day) for day in np.argsort(means)[:2]]
    others = np.delete(means, quietest)
    if (quietest[0] - quietest[1]) % WEEK not in {1, WEEK - 1} or means[quietest].max() > QUIET * others.mean():
        return None
    return frozenset(quietest)


def _names(countries: Sequence[DaysOff], shares: Floats, best: DaysOff, first: date, last: date) -> dict[date, str]:
    """Return the days that are holidays in countries with half of the probability, by their name in the best one."""
    weight: dict[date, float] = {}
    names: dict[date, str] = {}
    for country, share in zip(countries, shares, strict=True):
        for day, name in country.names.items():
            if first <= day < last:
                weight[day] = weight.get(day, 0.0) + float(share)
                names.setdefault(day, name)
    return {day: best.names.get(day, names[day]) for day, share in sorted(weight.items()) if share >= 1 / 2}
