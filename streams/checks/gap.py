"""Gap: detects that a sort of call that always came has stopped, though other calls come as before.

A fault that hides calls shows only as a gap: no loss, or no short loss, since one day. If one call in `calls / events`
is of the sort, the chance that none comes is e^-expected. The true chance is larger, for two reasons:
- days resemble each other. A week may be quiet as a whole, so the chance for each week is that of a negative binomial
  (`streams.checks.silence.log_chance`);
- the share is only known from the learnt `events`. With a gamma law for the share, the chance of none instead of x
  expected is (1 + x / events)^-events (the predictive law of a Poisson count; Gelman et al. 2013, section 2.6).
A gap begins after each such call. So the alarm is at a chance of 1 / (`every` x such calls a day), which gives one
false alarm in `every` opening days.
"""

from __future__ import annotations

from math import log
from typing import Final

from msgspec import Struct

from streams.checks.silence import log_chance

A_WEEK: Final = 7  # days


class GapState(Struct, array_like=True):
    """The learnt share of one sort of call, and the present gap."""

    events: float = 0.0  # learnt calls of the sort, faded
    calls: float = 0.0  # all calls of the learnt days, faded
    waiting: float = 0.0  # all calls of the last days, without one of the sort; learnt once the gap is over
    days: int = 0  # number of these days
    since: int = 0  # beginning of the gap, in the caller's unit
    expected: float = 0.0  # expected calls of the sort since then
    week: int = -1  # the last week of the gap
    within: float = 0.0  # expected calls of the sort in that week
    due: float = 0.0  # nats: minus the log-chance of none in earlier weeks, as if the share were known exactly
    score: float = 0.0  # nats: minus the log-chance of none in the whole gap

    def begin(self, since: int) -> None:
        self.since, self.week = since, -1
        self.expected = self.within = self.due = self.score = 0.0


class GapCheck(Struct, frozen=True):
    """The check of one sort of call.

    >>> check, state = GapCheck(spread=0.2, every=2_000.0, least=10.0, half_life=120.0), GapState()
    >>> for _ in range(60):
    ...     check.learn(state, came=1, calls=100.0)
    >>> [check.add(state, day, calls=100.0, usual=100.0) for day in range(14)].index(True)
    12
    """

    spread: float  # variance of a week's share over its mean squared
    every: float  # opening days per false alarm
    least: float  # calls of the sort to learn before a gap is evidence
    half_life: float  # opening days
    least_a_day: float = 0.0  # usual calls of the sort; with fewer a whole season may have none

    def add(self, state: GapState, day: int, calls: float, usual: float) -> bool:
        """Add a day, or the rest of one, without a call of the sort; return whether the gap is beyond chance.

        `usual` is the usual number of calls a day.
        """
        if state.events < self.least:
            return False
        share = state.events / state.calls
        if day // A_WEEK != state.week:
            state.due -= log_chance(state.within, spread=self.spread)
            state.week, state.within = day // A_WEEK, 0.0
        state.expected += share * calls
        state.within += share * calls
        due = state.due - log_chance(state.within, spread=self.spread)
        state.score = state.events * log(1.0 + due / state.events)
        a_day = share * usual
        return a_day >= self.least_a_day and state.score >= log(max(1.0, self.every * a_day))

    def learn(self, state: GapState, came: int, calls: float) -> None:
        """Learn one sound day with `came` calls of the sort."""
        state.waiting += calls
        state.days += 1
        if came:
            keep = 0.5 ** (state.days / self.half_life)
            state.events = keep * state.events + came
            state.calls = keep * state.calls + state.waiting
            self.forget(state)

    @staticmethod
    def forget(state: GapState) -> None:
        """Forget the days that wait to be learnt, because their gap was a fault."""
        state.waiting, state.days = 0.0, 0
