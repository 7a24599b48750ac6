"""Gap: tell when nothing more of what always came is no accident, though calls come as ever.

A fault that hides calls shows nothing but a gap: no loss, or no short loss, since one day. If such a call is one in
`calls / events`, the chance of none among so many calls is e^-expected. It is more, for two reasons. Days differ: a day
may be quiet as a whole, so each has the chance of a negative binomial (`streams.checks.silence.log_chance`). And the
share is only known from the `events` that were learnt: with a gamma law for it, the chance of none where x nats are
due is (1 + x / events)^-events (the predictive law of a Poisson count; Gelman et al. 2013, section 2.6).
A gap begins with each such call. So the alarm is at 1 / (`every` x such calls a day), for one false alarm in
`every` opening days.
"""

from __future__ import annotations

from math import log

from msgspec import Struct

from streams.checks.silence import log_chance


class GapState(Struct, array_like=True):
    """Hold what is known of one sort of call, and how long none has come."""

    events: float = 0.0  # such calls that were learnt, faded
    calls: float = 0.0  # the calls that they were among, faded
    waiting: float = 0.0  # calls of the days learnt last that had no such call: a gap is learnt once it is over
    days: int = 0  # how many days that are
    since: int = 0  # where the gap began, as the caller counts
    expected: float = 0.0  # such calls to expect since then
    due: float = 0.0  # nats: minus the log-chance of none, if the share were sure

    def begin(self, since: int) -> None:
        """Begin a gap."""
        self.since, self.expected, self.due = since, 0.0, 0.0

    @property
    def score(self) -> float:
        """Return minus the log-chance that none has come since, in nats."""
        return self.events * log(1.0 + self.due / self.events) if self.events else 0.0


class GapCheck(Struct, frozen=True):
    """Watch one sort of call.

    >>> check, state = GapCheck(spread=0.5, every=2_500.0, least=10.0, half_life=120.0), GapState()
    >>> for _ in range(60):
    ...     check.learn(state, came=1, calls=100.0)
    >>> [check.add(state, calls=100.0, usual=100.0) for _ in range(14)].index(True)
    10
    """

    spread: float  # variance of a day's share over its mean squared
    every: float  # opening days for each false alarm
    least: float  # such calls to learn before a gap says anything
    half_life: float  # opening days

    def add(self, state: GapState, calls: float, usual: float) -> bool:
        """Take in the calls of a day, or of its rest, that had no such call; return whether that is no accident.

        `usual` is how many calls a day has; hand in each day once, as a day is quiet as a whole.
        """
        if state.events < self.least:
            return False
        share = state.events / state.calls
        state.expected += share * calls
        state.due -= log_chance(share * calls, spread=self.spread)
        return state.score >= log(max(1.0, self.every * share * usual))

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
