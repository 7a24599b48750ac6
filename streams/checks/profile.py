"""Profile: detects calls that come as if the clock were hours off.

A line has a profile: the usual calls of each hour of its week. A wrong clock shifts the whole profile and changes
nothing else. So each day is tested: does the shifted profile explain the day better than each of three others?
- the usual one;
- the usual one, except for one stretch of hours with more or fewer calls: a closure, a late opening, a rush. The best
  stretch is found by the scan statistic of Kulldorff (1997); `ODD` is the cost of assuming a stretch;
- the usual one with a quarter of the calls shifted, as when habits change.
Days have shapes of their own, so a day never weighs more than `weight` calls (the design effect of a
Dirichlet-multinomial law, 1 + calls / weight). One day alone decides nothing; a CUSUM (Page 1954) adds up the evidence
of the days.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Final

from msgspec import Struct, field

from streams.checks.bernoulli_cusum import Cusum

HOURS: Final = 24
A_WEEK: Final = 7 * HOURS
SHIFTS: Final = (-2, -1, 1, 2)  # hours by which the clock may be ahead
PARTLY: Final = 0.25  # share of the calls that may have other hours without a fault
ODD: Final = 3.0  # nats: one day in twenty has a stretch of its own
STRAY: Final = 0.01  # share of the calls that may come at any hour
KNOWN: Final = 1.5  # faded days of a weekday after which that weekday is known
FEW, MANY = 0.5, 2.0  # times the usual calls of a day: days outside these bounds have other hours


class ProfileState(Struct, array_like=True):
    """The profile of a line, and the evidence that it is shifted."""

    hours: list[float] = field(default_factory=lambda: [0.0] * A_WEEK)  # calls, faded, by `weekday * 24 + hour`
    days: list[float] = field(default_factory=lambda: [0.0] * 7)  # days, faded, by weekday
    sums: list[Cusum] = field(default_factory=lambda: [Cusum() for _ in SHIFTS])  # as `SHIFTS`; `since` a day


class Shifted(Struct, frozen=True):
    """A profile shifted as if the clock were `hours` ahead, or behind if negative."""

    hours: int
    since: int  # the first day that counts
    score: float  # nats


class ProfileCheck(Struct, frozen=True):
    """The check of one line's profile; weekdays count from 0, hours from 0 to 23.

    >>> check, state = ProfileCheck(alarm=10.0, most=3.0, weight=300.0, shrinkage=50.0, half_life=60.0), ProfileState()
    >>> usual = [0] * 8 + [6, 14, 13, 11, 6, 9, 10, 8, 5] + [0] * 7
    >>> for day in range(28):
    ...     check.learn(state, day % 7, usual)
    >>> late = [0, *usual[:-1]]
    >>> [check.add(state, day, day % 7, late) is not None for day in range(28, 33)]
    [False, False, False, True, True]
    >>> check.add(state, 33, 5, late)
    Shifted(hours=1, since=28, score=18.0)
    """

    alarm: float  # nats
    most: float  # nats: largest weight of one day
    weight: float  # calls
    shrinkage: float  # weight of all days' profile in a weekday's, in calls
    half_life: float  # days

    def learn(self, state: ProfileState, weekday: int, calls: Sequence[int]) -> None:
        """Learn a sound day from its calls by hour."""
        if not any(calls):
            return
        keep = 0.5 ** (1 / self.half_life)
        state.hours = [keep * known for known in state.hours]
        state.days = [keep * known for known in state.days]
        state.days[weekday] += 1
        for hour, more in enumerate(calls):
            state.hours[weekday * HOURS + hour] += more

    def add(self, state: ProfileState, day: int, weekday: int, calls: Sequence[int]) -> Shifted | None:
        """Add a day; return the shift of the profile, if there is one."""
        for total, score in zip(state.sums, self.scores(state, weekday, calls), strict=True):
            total.add(score, day)
        hours, best = max(zip(SHIFTS, state.sums, strict=True), key=lambda known: known[1].total)
        return Shifted(hours, best.since, best.total) if best.total >= self.alarm else None

    def lasts(self, state: ProfileState, weekday: int, calls: Sequence[int]) -> bool:
        """Return whether a shifted profile explains a day of a known weekday better than the usual one."""
        if state.days[weekday] < KNOWN:
            return False
        week, first = self._week(state), weekday * HOURS
        plain, *shifted = (_log_likelihood(calls, _shares(week, first - hours)) for hours in (0, *SHIFTS))
        return max(shifted) > plain

    def scores(self, state: ProfileState, weekday: int, calls: Sequence[int]) -> list[float]:
        """Return a day's evidence for each of `SHIFTS`, in nats; 0 if the day has none."""
        total, first = sum(calls), weekday * HOURS
        nothing = [0.0] * len(SHIFTS)
        if state.days[weekday] < KNOWN:
            return nothing
        week = self._week(state)
        if not FEW * sum(week[first : first + HOURS]) <= total <= MANY * sum(week[first : first + HOURS]):
            return nothing
        usual = _shares(week, first)
        plain = _log_likelihood(calls, usual)
        odd = plain + _scan(calls, usual) - ODD
        scores = []
        for hours in SHIFTS:
            shifted = _shares(week, first - hours)
            partly = [(1 - PARTLY) * one + PARTLY * other for one, other in zip(usual, shifted, strict=True)]
            others = max(plain, odd, _log_likelihood(calls, partly))
            score = (_log_likelihood(calls, shifted) - others) / (1 + total / self.weight)
            scores.append(max(-self.most, min(self.most, score)))
        return scores

    def _week(self, state: ProfileState) -> list[float]:
        """Return the expected calls in each hour of the week."""
        whole = sum(state.hours)
        wider = [sum(state.hours[hour::HOURS]) / whole for hour in range(HOURS)]
        week: list[float] = []
        for weekday, days in enumerate(state.days):
            own = state.hours[weekday * HOURS : (weekday + 1) * HOURS]
            calls = sum(own)
            for known, usual in zip(own, wider, strict=True):
                share = (known + self.shrinkage * usual) / (calls + self.shrinkage)
                week.append(share * calls / days if days else 0.0)
        return week


def _shares(week: Sequence[float], first: int) -> list[float]:
    """Return the share of each hour in the day that begins at the hour `first` of the week; `first` may be below 0.

    All hours are alike if no call is expected in that day.
    """
    day = [week[(first + hour) % A_WEEK] for hour in range(HOURS)]
    whole = sum(day)
    if not whole:
        return [1 / HOURS] * HOURS
    return [(1 - STRAY) * calls / whole + STRAY / HOURS for calls in day]


def _log_likelihood(calls: Sequence[int], shares: Sequence[float]) -> float:
    return sum(number * log(share) for number, share in zip(calls, shares, strict=True) if number)


def _scan(calls: Sequence[int], shares: Sequence[float]) -> float:
    """Return the gain, in nats, of the best stretch with more or fewer calls."""
    total, best = sum(calls), 0.0
    for start in range(HOURS):
        came, due = 0, 0.0
        for number, share in zip(calls[start:], shares[start:], strict=True):
            came += number
            due += share
            rest = total - came
            inside = came * log(came / (total * due)) if came else 0.0
            best = max(best, inside + rest * log(rest / (total * (1 - due))) if rest and due < 1 else inside)
    return best
