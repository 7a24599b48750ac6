"""Gap: tell when nothing more of what always came is no accident, though calls come as ever.

A fault that hides calls shows nothing but a gap: no loss, or no short loss, since one day. If such a call is one in
`calls / events`, the chance of none among so many calls is e^-expected. It is more, for two reasons:
- days hang together. A week may be quiet as a whole, so each has the chance of a negative binomial
  (`streams.checks.silence.log_chance`);
- the share is only known from the `events` that were learnt. With a gamma law for it, the chance of none where x nats
  are due is (1 + x / events)^-events (the predictive law of a Poisson count; Gelman et al. 2013, section 2.6).
A gap begins with each such call. So the alarm is at 1 / (`every` x such calls a day), for one false alarm in `every`
opening days.
"""

from __future__ import annotations

from math import log
from typing import Final

from msgspec import Struct

from streams.checks.silence import log_chance

A_WEEK: Final = 7  # days


class GapState(Struct, array_like=True):
    """Hold what is known of one sort of call, and how long none has come."""

    events: float = 0.0  # such calls that were learnt, faded
    calls: float = 0.0  # the calls that they were among, faded
    waiting: float = 0.0  # calls of the days learnt last that had no such call: a gap is learnt once it is over
    days: int = 0  # how many days that are
    since: int = 0  # where the gap began, as the caller counts
    expected: float = 0.0  # such calls to expect since then
    week: int = -1  # the last week of the gap
    within: float = 0.0  # such calls to expect in it
    due: float = 0.0  # nats: minus the log-chance of none in the weeks before it, if the share were sure
    score: float = 0.0  # nats: minus the log-chance of none in the whole gap

    def begin(self, since: int) -> None:
        """Begin a gap."""
        self.since, self.week = since, -1
        self.expected = self.within = self.due = self.score = 0.0


class GapCheck(Struct, frozen=True):
    """Watch one sort of call.

    >>> check, state = GapCheck(spread=0.2, every=2_000.0, least=10.0, half_life=120.0), GapState()
    >>> for _ in range(60):
    ...     check.learn(state, came=1, calls=100.0)
    >>> [check.add(state, day, calls=100.0, usual=100.0) for day in range(14)].index(True)
    12
    """

    spread: float  # variance of a week's share over its mean squared
    every: float  # opening days for each false alarm
    least: float  # such calls to learn before a gap says anything
    half_life: float  # opening days
    least_a_day: float = 0.0  # such calls that are usual; of fewer a whole season may be without

    def add(self, state: GapState, day: int, calls: float, usual: float) -> bool:
        """Take in the calls of a day, or of its rest, that had no such call; return whether that is no accident.

        `usual` is how many calls a day has.
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
        """Learn one sound day, of which `came` calls are such."""
        state.waiting += calls
        state.days += 1
        if came:
            keep = 0.5 ** (state.days / self.half_life)
            state.events = keep * state.events + came
            state.calls = keep * state.calls + state.waiting
            self.forget(state)

    @staticmethod
    def forget(state: GapState) -> None:
        """Forget the days that wait to be learnt, as their gap was a fault."""
        state.waiting, state.days = 0.0, 0
