"""Learning a line from its sound days, two days later, and from none while the line is in doubt.

A fault that is learnt counts as usual from then on. So a day waits until it is known to be sound: a miscount, an
undecided incident or a suspicion of the rate holds back its own days and all later ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from streams.calls.rules import LineRules
from streams.checks.baseline import BaselineState, Learnt
from streams.checks.polya import PolyaState
from streams.checks.profile import ProfileState
from streams.kept.times import FOREVER, QUARTER_MS
from streams.watch.clock import Clock
from streams.watch.counting import Counting
from streams.watch.emptied import Emptied
from streams.watch.incidents import Incidents, doubtful, miscounted
from streams.watch.rate import Rate
from streams.watch.slot import Slot, sum_of
from streams.watch.slot_calendar import SlotTime
from streams.watch.slot_times import SlotTimes
from streams.watch.state import KEPT_DAYS, Typical, WatchState
from streams.watch.thresholds import LEARNING, RATE

NO_DAY: Final = 10**9  # later than any local day


class Learners(NamedTuple):
    rate: Rate
    counting: Counting
    emptied: Emptied
    clock: Clock


@dataclass(frozen=True, slots=True)
class Learning:
    """The learning of one line and of its checks."""

    rules: LineRules
    state: WatchState
    slot_times: SlotTimes
    incidents: Incidents
    learners: Learners

    def day_over(self, today: int, day: Mapping[int, Slot]) -> None:
        """Learn the days that are old enough when the local day `today` (an ordinal) begins; `day` is the last one."""
        state = self.state
        self._learn_level(day)
        until = min(today - LEARNING.after, max(self._suspected(today), today - KEPT_DAYS))
        for past in range(max(state.learnt + 1, today - KEPT_DAYS + 1), until):
            self._learn(past)
        state.learnt = max(state.learnt, until - 1)

    def begin_anew(self, start: int, end: int, right: float = 1.0) -> None:
        """Relearn the line after a stretch (ms): forget all learnt values, and use the stretch's rate as the prior.

        `right` is the share of its losses that was counted rightly.
        """
        state = self.state
        seen = sum_of([Slot(), *(slot for _, slot in state.kept(start // QUARTER_MS, end // QUARTER_MS))])
        state.prior = right * (seen.lost + 1) / (seen.offered + 2)  # of Laplace, so that it is neither 0 nor 1
        state.baseline = BaselineState()
        state.typical, state.gaps, state.profile = Typical(), {}, ProfileState()
        state.learnt = max(state.learnt, state.day)
        self.slot_times.begin_anew(state.baseline, state.prior)
        self.learners.rate.begin_anew(FOREVER)
        self.learners.rate.learnt()

    def _suspected(self, today: int) -> int:
        """Return the first day that is in doubt though no miscount covers it; only days before it are learnt."""
        state = self.state
        doubts = [self.rules.day(each.start) for each in self.incidents.open(doubtful)]
        # Days after an open miscount may turn out to belong to it.
        doubts += [self.rules.day(each.end - 1) + 1 for each in self.incidents.open(miscounted)]
        charts = [state.guard, state.steep, state.mild]
        if state.typical.known:  # with little history, a lower rate than the prior does no harm
            charts.append(state.fall)
        doubts += [self.rules.day(chart.since) for chart in charts if self._holds(chart, today)]
        return min(doubts, default=NO_DAY)

    def _holds(self, chart: PolyaState, today: int) -> bool:
        """Return whether a chart prevents the days since it left zero from being learnt.

        With little history a line is suspected sooner, but only for some days: it may differ a little from its prior.
        """
        if self.state.typical.known:
            return chart.total >= LEARNING.held
        if chart.total >= RATE.suspected:
            return True
        return chart.total >= LEARNING.held_early and today - self.rules.day(chart.since) <= LEARNING.patience

    def _learn_level(self, day: Mapping[int, Slot]) -> None:
        """Learn the recent number of calls from a day that is over; a day of silence is ignored."""
        usual = sum(known.mean for slot_no in day if (known := self.slot_times.arrivals(self.slot_times.of(slot_no))))
        offered = sum(slot.offered for slot in self.slot_times.opened(day).values())
        if usual and offered:
            self.state.typical.learn_arrivals(offered, usual)

    def _learn(self, day: int) -> None:
        """Learn the slots of a day that lie in no miscount."""
        state = self.state
        sound = {
            slot_no: slot
            for slot_no, slot in state.days.get(day, {}).items()
            if self.incidents.holding(slot_no, open=self.slot_times.of(slot_no).open) is None
        }
        opened = dict(sorted(self.slot_times.opened(sound).items()))
        if not any(slot.offered for slot in opened.values()):
            return
        expected = sum(
            slot.offered * (self.slot_times.expected(self.slot_times.of(slot_no)) or 0)
            for slot_no, slot in opened.items()
        )
        lost = sum(slot.lost for slot in opened.values())
        share = min(1.0, (LEARNING.most_times * expected + RATE.fewest) / lost) if lost and expected else 1.0
        self.slot_times.baseline.learn(
            state.baseline, [_learnt(self.slot_times.of(slot_no), slot, share) for slot_no, slot in opened.items()]
        )
        state.typical.learn_day(sum_of(opened.values()))
        self.learners.counting.learn(sound)
        if len(sound) == len(state.days[day]) and share == 1.0:  # a partial or odd day is ignored here
            self.learners.emptied.learn(sound)
            self.learners.clock.learn(sound)
        self.slot_times.learnt()
        self.learners.rate.learnt()


def _learnt(when: SlotTime, slot: Slot, share: float) -> Learnt:
    """Return the part of a slot that is learnt. If its day lost far more than usual, only a share of the losses is."""
    return Learnt(
        when.weekday,
        when.hour,
        offered=slot.offered,
        lost=slot.lost * share,
        at_once=slot.at_once,
        named=slot.named,
        called_back=slot.back,
    )
