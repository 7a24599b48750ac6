"""The lost rate of whole days: detects a lasting change if only the totals of days are known.

Each day adds its log-likelihood ratio of odds that differ by a fixed ratio from the usual odds of its weekday (Page
1954; Steiner et al. 2000). Two facts of real lines keep honest days from alarming. The calls of a day resemble each
other, so a day is beta-binomial (`beta_binomial`). Days resemble the day before, so each counts as (1 - f) / (1 + f) of
an independent one, where f is the correlation of a day with the one before (Bayley and Hammersley 1946). No day weighs
more than `most`, because a single bad day is no change.
"""

from __future__ import annotations

from math import sqrt
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct, field

from streams.checks.bernoulli_cusum import Cusum, odds_ratio
from streams.checks.beta_binomial import Correlation, day_weight

WEEK: Final = 7
BENCH: Final = "`python -m benchmarks.day_rate`"  # set by hand and measured
LOZERE: Final = "the office's published rate of 2013"
NHS: Final = "28 lines of NHS 111, winter 2025: 0.1 gives seven false alarms"
FIRST_LIKENESS: Final = 0.3  # of a day and the one before; .43 in the median of 28 lines of NHS 111, winter 2025
FIRST_DAYS: Final = 20.0  # weight of this first guess
MOST_LIKENESS: Final = 0.8
FADE: Final = 0.995  # factor a day for the sums behind the likeness of days
MOST_OFF: Final = 3.0  # standard deviations: an odd day is learnt as if it differed by at most this

Direction: TypeAlias = Literal["rise", "fall"]


class DayTotals(NamedTuple):
    """The calls of one local day (an ordinal)."""

    day: int
    offered: int
    lost: int

    @property
    def weekday(self) -> int:
        """Return 0 for a Monday."""
        return (self.day - 1) % WEEK


class UsualDay(NamedTuple):
    """The usual calls of a weekday."""

    rate: float
    offered: float | None  # calls; None if no such day is known


class WeekdaySums(Struct, array_like=True):
    """The sums of the days of one weekday; earlier ones fade."""

    days: float = 0.0
    offered: float = 0.0
    lost: float = 0.0


class RateChange(Struct, array_like=True):
    """The sums of the days of a change, beside the usual ones."""

    direction: Direction
    since: int  # the first day
    days: int = 0
    offered: int = 0
    lost: int = 0
    usual_offered: float = 0.0  # on the days whose usual calls are known
    usual_lost: float = 0.0  # usual losses of the calls offered
    score: float = 0.0  # nats
    known_offered: int = 0  # on the days whose usual calls are known
    known_lost: int = 0

    def count(self, day: DayTotals, usual: UsualDay) -> None:
        self.days += 1
        self.offered += day.offered
        self.lost += day.lost
        self.usual_lost += day.offered * usual.rate
        if usual.offered is not None:
            self.usual_offered += usual.offered
            self.known_offered += day.offered
            self.known_lost += day.lost

    @property
    def usual_rate(self) -> float:
        return self.usual_lost / self.offered

    @property
    def arrivals(self) -> float | None:
        """Return the calls without the losses beyond the usual, as a multiple of the usual calls; None if unknown."""
        if not self.usual_offered or not self.known_offered:
            return None
        excess = self.known_lost - self.known_offered * self.usual_rate
        return (self.known_offered - max(0.0, excess)) / self.usual_offered

    @property
    def added(self) -> float | None:
        """Return which part of the losses beyond the usual was added to the usual calls; None if unknown.

        It is 1 if as many calls as usual were answered, and 0 if answered calls were lost instead.
        """
        excess = self.known_lost - self.known_offered * self.usual_rate
        if not self.usual_offered or excess <= 0:
            return None
        return (self.known_offered - self.usual_offered) / excess


class DayRateState(Struct, array_like=True):
    """The usual calls of a line by weekday, and the evidence of a change."""

    weekdays: list[WeekdaySums] = field(default_factory=lambda: [WeekdaySums() for _ in range(WEEK)])
    rho: list[float] = field(default_factory=lambda: [0.0, 0.0])  # of the calls of a day: `Correlation`
    likeness: list[float] = field(default_factory=lambda: [0.0, 0.0])  # of a day and the one before: sums
    before: float = 0.0  # deviation of the last learnt day
    rise: Cusum = field(default_factory=Cusum)  # `since` is a day
    fall: Cusum = field(default_factory=Cusum)
    healed: Cusum = field(default_factory=Cusum)  # for the end of a change
    waiting: list[DayTotals] = []  # days not learnt yet
    change: RateChange | None = None  # not over yet
    prior: float | None = None  # replaces the configured rate once the line was relearnt

    @property
    def known(self) -> float:
        """Return the number of learnt days, of which earlier ones have faded."""
        return sum(each.days for each in self.weekdays)


def begun_anew(change: RateChange) -> DayRateState:
    """Return the state of a line after a person called a change usual: the rate of the change is now usual."""
    return DayRateState(prior=(change.lost + 1) / (change.offered + 2))  # Laplace's rule, so that it is neither 0 nor 1


class DayRateCheck(Struct, frozen=True):
    """The check of one line's days.

    >>> check, state = DayRateCheck(), DayRateState()
    >>> for day in range(735_000, 735_060):
    ...     _ = check.add(state, DayTotals(day, 50, day % 3))
    >>> [check.add(state, DayTotals(day, 50, 10)) is not None for day in range(735_060, 735_065)]
    [False, True, True, True, True]
    """

    alarm: Annotated[float, "nats", "of the days' evidence of another lost rate", BENCH] = 8.0
    most: Annotated[float, "nats", "largest weight of one day: one bad day is no change", BENCH] = 5.0
    steep_rate: Annotated[float, "share", "lost rate after a rise", LOZERE] = 0.1956
    least_odds: Annotated[float, "odds ratio", "smallest rise to look for", BENCH] = 4.0
    most_odds: Annotated[float, "odds ratio", "largest rise to look for", BENCH] = 15.0
    fall_odds: Annotated[float, "odds ratio", "fall to look for, to nearly nothing", NHS] = 0.02
    over: Annotated[float, "nats", "for usual days again, which end a change", BENCH] = 3.0
    later: Annotated[int, "days", "until a day is learnt", BENCH] = 5
    held: Annotated[float, "nats", "of the days' evidence; above, days are not learnt", BENCH] = 3.0
    longest: Annotated[int, "days", "that wait to be learnt, at most", BENCH] = 42
    known: Annotated[float, "days", "learnt days after which a line is known", BENCH] = 8.0
    half_life: Annotated[float, "days", "after which learnt values weigh half", BENCH] = 60.0
    weekday_calls: Annotated[float, "calls", "weight of the rate of all days in a weekday's", BENCH] = 200.0
    prior_calls: Annotated[float, "calls", "weight of the configured rate", BENCH] = 100.0

    def add(self, state: DayRateState, day: DayTotals, prior: float | None = None) -> RateChange | None:
        """Add a finished day; return the change that covers it or that it ends, if any.

        `prior` is the configured lost rate of the line. Days come in order.
        """
        usual = self.usual(state, day, prior)
        if usual is None:
            self._learn(state, day, prior)
            return None
        if state.change is not None:
            return self._go_on(state, state.change, day, usual)
        state.waiting.append(day)
        state.rise.add(self.score(state, day, usual, "rise"), day.day)
        state.fall.add(self.score(state, day, usual, "fall"), day.day)
        if state.rise.total >= self.alarm or state.fall.total >= self.alarm:
            return self._begin(state, prior)
        self._learn_waiting(state, prior)
        return None

    def usual(self, state: DayRateState, day: DayTotals, prior: float | None) -> UsualDay | None:
        """Return the usual calls of a day; None if unknown."""
        prior = prior if state.prior is None else state.prior
        offered, lost = (sum(getattr(each, name) for each in state.weekdays) for name in ("offered", "lost"))
        if prior is None and state.known < self.known:
            return None
        rate = (lost + 0.5 if prior is None else lost + prior * self.prior_calls) / (
            offered + (1.0 if prior is None else self.prior_calls)
        )
        own = state.weekdays[day.weekday]
        rate = (own.lost + rate * self.weekday_calls) / (own.offered + self.weekday_calls)
        return UsualDay(min(max(rate, 1e-4), 0.95), own.offered / own.days if own.days >= 1 else None)

    def score(self, state: DayRateState, day: DayTotals, usual: UsualDay, direction: Direction) -> float:
        """Return a day's evidence for a change, in nats."""
        if not day.offered:
            return 0.0
        odds = self.fall_odds
        if direction == "rise":
            odds = min(max(odds_ratio(usual.rate, self.steep_rate), self.least_odds), self.most_odds)
        other = usual.rate * odds / (1 + usual.rate * (odds - 1))
        weight = day_weight(day.lost, day.offered, usual.rate, other, Correlation(*state.rho).estimate())
        alike = self.likeness(state)
        return min(max(weight, -self.most), self.most) * (1 - alike) / (1 + alike)

    @staticmethod
    def likeness(state: DayRateState) -> float:
        """Return the correlation of a day with the one before."""
        together, squared = state.likeness
        return min(max((FIRST_LIKENESS * FIRST_DAYS + together) / (FIRST_DAYS + squared), 0.0), MOST_LIKENESS)

    def _begin(self, state: DayRateState, prior: float | None) -> RateChange:
        direction: Direction = "rise" if state.rise.total >= self.alarm else "fall"
        total = state.rise if direction == "rise" else state.fall
        change = state.change = RateChange(direction, total.since)
        for each in state.waiting:
            if each.day >= total.since and (usual := self.usual(state, each, prior)) is not None:
                change.count(each, usual)
            else:
                self._learn(state, each, prior)
        change.score = total.total
        state.waiting, state.rise, state.fall, state.healed = [], Cusum(), Cusum(), Cusum()
        return change

    def _go_on(self, state: DayRateState, change: RateChange, day: DayTotals, usual: UsualDay) -> RateChange:
        """Add a day to a change, or end the change."""
        score = self.score(state, day, usual, change.direction)
        state.healed.add(-score, day.day)
        if state.healed.total >= self.over:
            state.change = None
            return change
        if not state.healed.calls:
            change.count(day, usual)
            change.score += score
        return change

    def _learn_waiting(self, state: DayRateState, prior: float | None) -> None:
        first = min(
            (total.since for total in (state.rise, state.fall) if total.total >= self.held),
            default=state.waiting[-1].day + 1,
        )
        while len(state.waiting) > self.later and (state.waiting[0].day < first or len(state.waiting) > self.longest):
            self._learn(state, state.waiting.pop(0), prior)

    def _learn(self, state: DayRateState, day: DayTotals, prior: float | None) -> None:
        usual = self.usual(state, day, prior)
        if usual is not None and day.offered > 1:
            variance = day.offered * usual.rate * (1 - usual.rate)
            off = day.lost - day.offered * usual.rate
            known = Correlation(*state.rho).plus(
                Correlation.of_day(day.offered, min(off * off, 25 * variance), variance)
            )
            state.rho = list(known)
            spread = 1 + (day.offered - 1) * known.estimate()
            now = min(max(off / sqrt(variance * spread), -MOST_OFF), MOST_OFF)
            together, squared = state.likeness
            state.likeness = [FADE * together + now * state.before, FADE * squared + now * now]
            state.before = now
        keep = 0.5 ** (1 / self.half_life)
        for each in state.weekdays:
            each.days, each.offered, each.lost = keep * each.days, keep * each.offered, keep * each.lost
        own = state.weekdays[day.weekday]
        own.days += 1
        own.offered += day.offered
        own.lost += day.lost
