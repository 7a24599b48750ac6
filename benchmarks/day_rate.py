"""How soon a changed lost rate of a line of totals is detected, and how often an honest line raises a false alarm.

Run `python -m benchmarks.day_rate`.

Days have autocorrelated log-normal rates (an autoregression), so the calls of a day correlate by `icc`.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log, sqrt

import numpy as np

from agents.terminal import say
from streams.checks.day_rate import DayRateCheck, DayRateState, DayTotals

FIRST = 735_000
CHECK = DayRateCheck()
LINES = [(20, 0.0187), (48, 0.0187), (100, 0.04), (300, 0.07), (1_000, 0.04)]  # calls a day, share lost
DAYS = [(0.015, 0.43), (0.036, 0.43), (0.036, 0.6)]  # icc, autocorrelation from day to day; NHS 111 has .015 and .43


def days(
    chance: np.random.Generator, count: int, calls: int, rate: float, icc: float, alike: float
) -> Iterator[DayTotals]:
    """Yield the working days of a line."""
    spread = sqrt(log(1 + icc * (1 - rate) / rate))
    off, weekdays = chance.normal(0, spread), chance.normal(0, 0.2, 7)
    for day in range(FIRST, FIRST + count):
        off = alike * off + sqrt(1 - alike**2) * chance.normal(0, spread)
        weekday = (day - 1) % 7
        if weekday < 5:  # noqa: PLR2004 -- Saturday
            share = min(0.9, rate * exp(weekdays[weekday] + off - spread**2 / 2))
            offered = max(1, round(chance.normal(calls * (1 + 0.2 * weekdays[weekday]), 0.2 * calls)))
            yield DayTotals(day, offered, int(chance.binomial(offered, share)))


def begun(told: Iterator[DayTotals]) -> list[int]:
    """Return the days on which a change was detected."""
    state, found, going_on = DayRateState(), list[int](), None
    for day in told:
        CHECK.add(state, day)
        if state.change is not None and state.change is not going_on:
            found.append(day.day)
        going_on = state.change
    return found


def shifted(chance: np.random.Generator, told: Iterator[DayTotals], since: int, share: float) -> Iterator[DayTotals]:
    """Yield days; from `since` on, a share of the answered calls is counted as lost."""
    for day in told:
        more = int(chance.binomial(day.offered - day.lost, share)) if day.day >= since else 0
        yield day._replace(lost=day.lost + more)


def main() -> None:
    """Print the delay of detection and the number of false alarms."""
    chance = np.random.default_rng(1)
    for calls, rate in LINES:
        for icc, alike in DAYS:
            lines = 40
            false = sum(len(begun(days(chance, 5 * 365, calls, rate, icc, alike))) for _ in range(lines))
            since, delays = FIRST + 211, list[int]()  # a Monday
            for _ in range(5 * lines):
                told = days(chance, 260, calls, rate, icc, alike)
                after = [
                    day for day in begun(shifted(chance, told, since, (0.1956 - rate) / (1 - rate))) if day >= since
                ]
                delays.append((after[0] - since) // 7 * 5 + min(5, (after[0] - since) % 7 + 1) if after else 99)
            half, most = np.quantile(delays, [0.5, 0.95])
            say(
                f"{calls:5} calls a day, {rate:.2%} lost, icc {icc}, autocorrelation {alike}: "
                f"{false / lines:.2f} false alarms in 5 years; "
                f"19.56 % detected in {half:.0f} days (median), {most:.0f} (95 %)"
            )


if __name__ == "__main__":
    main()
