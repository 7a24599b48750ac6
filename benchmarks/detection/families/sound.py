"""Sound years: days that differ by chance, and days that hang together as real ones do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.detection.families.plan import Plan, line, seeded, year
from benchmarks.detection.scenario import Scenario

RATES: Final = (0.0187, 0.0404, 0.0704)
CORRELATIONS: Final = (0.02, 0.04)
# NHS 111, 28 lines in 133 days of 2025 and 2026: the lost rates of two days in a row correlate by .43 in the median,
# 18.6 % of the weekdays lie above twice the line's median, and 1.7 runs of five such weekdays come in a line-year. By
# these two numbers simulated years have .41, 19 % and 1.8.
PERSISTENCE: Final = 0.85
HANGING_ICC: Final = 0.035
YEARS: Final = {30: 2, 100: 2, 300: 1}  # of each rate and correlation, by volume
HANGING_YEARS: Final = {30: 4, 100: 4, 300: 2}  # of each rate, by volume


def sound(plan: Plan) -> Iterator[Scenario]:
    """Yield years in which a day's load says nothing of the next day's."""
    for rate in RATES:
        for icc in CORRELATIONS:
            for calls, seed in plan.at(YEARS):
                profile = line(calls, rate, icc)
                yield Scenario(
                    family="sound",
                    what=f"{rate:.2%} lost, ICC {icc:g}",
                    profile=profile,
                    seed=seeded(rate, icc, seed),
                    days=year(),
                )


def hanging(plan: Plan) -> Iterator[Scenario]:
    """Yield years in which days hang together."""
    for rate in RATES:
        for calls, seed in plan.at(HANGING_YEARS):
            yield Scenario(
                family="hanging",
                what=f"{rate:.2%} lost",
                profile=line(calls, rate, HANGING_ICC, PERSISTENCE),
                seed=seeded("hanging", rate, seed),
                days=year(),
            )
