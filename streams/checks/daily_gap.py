"""Daily gap: detects that no call comes at certain hours any more, day after day, though other hours are as before.

Calls that a log loses at its daily rotation leave a gap at the same quarters of every day. The calls at other hours of
the same day say how busy the day is, so the expected calls in the gap are the usual odds of `inside` to `outside`
times the calls outside. As in `streams.checks.gap`, the chance of none follows a negative binomial, because days differ
in their hours (the spread is measured on the usual days by the method of moments), and the odds are only known from the
usual days (the predictive law of a Poisson count; Gelman et al. 2013, section 2.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log1p
from typing import NamedTuple

from streams.checks.silence import log_chance


class SplitDay(NamedTuple):
    """The calls of a day at the hours of a gap, and at other hours."""

    inside: int
    outside: int


class DailyGap(NamedTuple):
    """The expected calls in a gap, and the evidence against chance."""

    expected: float
    score: float  # nats


def weigh(usual: Sequence[SplitDay], outside: Iterable[int], spread: float) -> DailyGap:
    """Return the weight of days without a call in a gap, from their calls `outside` it.

    `spread` is the least variance of a day's calls inside over their mean squared.

    >>> gap = weigh([SplitDay(4, 60), SplitDay(6, 70), SplitDay(5, 65)] * 5, [60, 70, 66], spread=0.1)
    >>> round(gap.expected, 1), round(gap.score, 1)
    (15.1, 11.0)
    """
    inside, others = sum(day.inside for day in usual), sum(day.outside for day in usual)
    if not inside or not others:
        return DailyGap(0.0, 0.0)
    odds = inside / others
    means = [odds * day.outside for day in usual]
    beyond = sum((day.inside - mean) ** 2 - mean * (1 + odds) for day, mean in zip(usual, means, strict=True))
    spread = max(spread, beyond / sum(mean**2 for mean in means))
    return _of_expected([odds * calls for calls in outside], inside, 1 + odds, spread)


def weigh_losses(expected: Sequence[float], learnt: float, spread: float) -> DailyGap:
    """Return the weight of days without a loss in a gap, from the `expected` losses of each day.

    `learnt` is the number of losses from which the expectation was learnt, above 0; `spread` is as in `weigh`.

    >>> gap = weigh_losses([1.5] * 12, learnt=60.0, spread=0.3)
    >>> gap.expected, round(gap.score, 1)
    (18.0, 13.3)
    """
    return _of_expected(expected, learnt, 1.0, spread)


def _of_expected(expected: Sequence[float], known: float, dispersion: float, spread: float) -> DailyGap:
    due = -sum(log_chance(mean, dispersion, spread) for mean in expected)
    return DailyGap(sum(expected), known * log1p(due / known))


def stretches(empty: Mapping[int, int], fewest: int) -> Iterator[tuple[int, list[int]]]:
    """Yield each number of days, at least `fewest`, with the longest runs of quarters that were empty for all of them.

    `empty` has the number of last days without a call, by quarter of the day.

    >>> list(stretches({40: 3, 41: 5, 42: 1, 50: 3}, fewest=3))
    [(3, [40, 41]), (3, [50]), (5, [41])]
    """
    for days in sorted({each for each in empty.values() if each >= fewest}):
        run: list[int] = []
        for quarter in sorted(quarter for quarter, each in empty.items() if each >= days):
            if run and quarter > run[-1] + 1:
                yield days, run
                run = []
            run.append(quarter)
        yield days, run
