"""Overload: an hour or a day with really bad service, reported for people who must act.

The losses of the last hour, and of the day so far, are compared with the usual rate by the binomial law. Odd days are
no excuse: their callers are lost all the same. An overload begins at the loss that makes the hour a bad one, and ends
with the last bad hour; a second one on the same day is the same incident. The office's budget sets how bad an hour must
be.
"""

from __future__ import annotations

from math import log
from typing import Final

from streams.calls.rules import OverloadBudget
from streams.checks.binomial import log_chance
from streams.kept.times import QUARTER_MS, SLOTS_AN_HOUR
from streams.watch.incident import Incident
from streams.watch.incidents import Incidents, doubtful, miscounted
from streams.watch.judge import Judge
from streams.watch.slot_times import SlotTimes
from streams.watch.state import Ended, WatchState
from streams.watch.thresholds import OVERLOAD, OVERLOADS, RATE

BAD_TIME: Final = "overload"


class Overloads:
    """The check of one line's hours."""

    def __init__(
        self,
        state: WatchState,
        slot_times: SlotTimes,
        incidents: Incidents,
        judge: Judge,
        budget: OverloadBudget | None,
    ) -> None:
        self._state = state
        self._slot_times = slot_times
        self._incidents = incidents
        self._judge = judge
        self._wanted = budget != "none"
        self._thresholds = OVERLOADS.get(budget, OVERLOAD)

    def outcome(self, slot_no: int, lost: bool, now: int) -> None:  # noqa: FBT001 -- on the hot path
        """Count a call's first outcome in its slot; a loss may make its hour a bad one."""
        counted = self._state.outcomes.get(slot_no)
        if counted is None:
            counted = self._state.outcomes[slot_no] = Ended()
        counted.ended += 1
        if lost:
            counted.lost += 1
            if counted.lost > 1 and not self._counted_wrong():
                self._look(slot_no, now)

    def inspect(self, slot_no: int) -> None:
        """Check whether an overload has ended, using the hour up to a finished slot."""
        outcomes = self._state.outcomes
        if not outcomes:
            return
        known = self._incidents.by_cause(BAD_TIME)
        if known is not None and self._calm(slot_no):
            known.close()
        elif self._sums(slot_no, slot_no)[0] and not self._counted_wrong():
            self._look(slot_no, (slot_no + 1) * QUARTER_MS, whole=(slot_no + 1) % SLOTS_AN_HOUR == 0)
        day = self._slot_times.of(slot_no).day
        while outcomes and self._slot_times.of(first := min(outcomes)).day < day:
            del outcomes[first]

    def _counted_wrong(self) -> bool:
        """Return whether a miscount is open, so that losses are not believed."""
        return any(self._incidents.open(miscounted))

    def _look(self, slot_no: int, now: int, *, whole: bool = False) -> None:
        """Begin or extend an overload if the hour or day up to a slot is bad; a `whole` hour may also end one."""
        if not self._wanted:
            return
        today = self._slot_times.of(slot_no).day
        day = min((past for past in self._state.outcomes if self._slot_times.of(past).day == today), default=None)
        if day is None:
            return  # no call has ended today
        hour = max(day, slot_no - SLOTS_AN_HOUR + 1)
        for first, chance in (
            (hour, self._thresholds.chance if whole else self._thresholds.chance_so_far),
            (day, self._thresholds.chance_of_day),
        ):
            score = self._bad(first, slot_no, chance)
            # A bad morning alone keeps the day's sum bad, so the afternoon must be bad too.
            if score and (first == hour or not self._calm(slot_no)):
                self._tell(first, slot_no, now, score)
                return

    def _calm(self, slot_no: int) -> bool:
        """Return whether losses in the hour up to a slot are hardly above the usual."""
        lost, _, expected = self._sums(slot_no - SLOTS_AN_HOUR + 1, slot_no)
        return lost <= max(OVERLOAD.over * expected, 1)

    def _tell(self, first: int, slot_no: int, now: int, score: float) -> None:
        """Begin or extend a day's overload, unless the witnesses contradict it."""
        outcomes = self._state.outcomes
        known = self._of_day(self._slot_times.of(slot_no).day)
        if known is not None:
            last = max(past for past in range(first, slot_no + 1) if past in outcomes and outcomes[past].lost)
            known.end = max(known.end, min(now, (last + 1) * QUARTER_MS))
            if known.over and last == slot_no:
                known.go_on()
            return
        first = self._worst(first, slot_no)
        judgement, others = self._judge.losses(first, now, score)
        # While the rate itself is in doubt, every hour looks bad, and its lost calls prove nothing.
        doubted = any(self._incidents.open(doubtful))
        if others.apart <= -RATE.decided if doubted else others.real or others.no_overload <= self._thresholds.real:
            _, offered, _ = self._sums(first, slot_no)
            self._incidents.begin(BAD_TIME, judgement, start=first * QUARTER_MS, now=now, calls=offered)

    def _of_day(self, day: int) -> Incident | None:
        return next(
            (
                each
                for each in reversed(self._incidents.kept)
                if each.cause == BAD_TIME and self._slot_times.of(each.start // QUARTER_MS).day == day
            ),
            None,
        )

    def _bad(self, first: int, last: int, chance: float) -> float:
        """Return the evidence, in nats, that the slots from `first` to `last` are bad; 0 if they are not."""
        lost, offered, expected = self._sums(first, last)
        if lost <= self._thresholds.times * expected or lost < RATE.fewest:
            return 0.0
        score = _evidence(lost, offered, expected)
        return score if score >= -log(chance) else 0.0

    def _worst(self, first: int, last: int) -> int:
        """Return the slot, from `first` on, that begins the stretch up to `last` whose losses are the least likely."""
        worst, best, lost, offered, rate = last, 0.0, 0, 0, self._slot_times.line_rate() or 0.0
        for slot_no in range(last, first - 1, -1):
            own_lost, own_offered, _ = self._sums(slot_no, slot_no)
            lost, offered = lost + own_lost, offered + own_offered
            score = _evidence(lost, offered, offered * rate)
            if score >= best:
                worst, best = slot_no, score
        return worst

    def _sums(self, first: int, last: int) -> tuple[int, int, float]:
        """Return, for the slots from `first` to `last`, the lost calls, the ended calls and the expected lost calls."""
        lost = offered = 0
        for slot_no in range(first, last + 1):
            counted = self._state.outcomes.get(slot_no)
            if counted is not None and self._slot_times.of(slot_no).open:
                lost += counted.lost
                offered += counted.ended
        return lost, offered, offered * (self._slot_times.line_rate() or 0.0)


def _evidence(lost: int, offered: int, expected: float) -> float:
    """Return the evidence, in nats, that more of the `offered` calls are lost than `expected`, and not by chance."""
    return -log_chance(lost, offered, expected / offered) if lost and 0 < expected < offered else 0.0
