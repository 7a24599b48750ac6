"""The watch over one line's counting: all checks, by call and by slot, and the incidents that they open.

Follow one call: its first outcome is weighed against the line's baseline (`Watch.outcome`). When its slot is over, the
laws are checked on the slot's counts (`tick`). When its day is over, the open incidents are judged again; two days
later the day is learnt, unless something was wrong with it. Time comes from the events, so a replay gives the same
incidents with the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Final

from streams.calls.call import FOLLOWED, UNFOLLOWED, Call
from streams.calls.rules import LineRules
from streams.events import Reading, Review
from streams.kept.times import QUARTER_MS, SLOTS_A_DAY, SLOTS_AN_HOUR
from streams.watch.answering import Answering
from streams.watch.asking import Asking
from streams.watch.clock import SHIFTED, Clock
from streams.watch.counting import EVERY_LAW, SILENCE, Counting
from streams.watch.double_entry import DoubleEntry
from streams.watch.emptied import SORTS, Emptied
from streams.watch.ends import Ends
from streams.watch.few_calls import FEW_CALLS, FewCalls
from streams.watch.growth import Growth
from streams.watch.guard import Guard, guard
from streams.watch.hours import BY_HOURS, HoursOfDay
from streams.watch.incidents import Incidents, keep_slots
from streams.watch.judge import Judge
from streams.watch.laws import NAMED, UNNAMED
from streams.watch.learning import Learners, Learning
from streams.watch.overload import Overloads
from streams.watch.rate import OF_RATE, Rate
from streams.watch.review import decided
from streams.watch.slot import Slot, amend, slots_of
from streams.watch.slot_times import SlotTimes
from streams.watch.state import KEPT_DAYS, WatchState
from streams.watch.thresholds import ASK, RATE

BY_SLOT: Final = frozenset({*EVERY_LAW, SILENCE})  # causes judged slot by slot
BY_DAY: Final = frozenset({*OF_RATE, SHIFTED, *SORTS, *BY_HOURS, FEW_CALLS})  # causes judged once a day is over
INSPECT_AFTER: Final = 1  # slots between a slot's end and its inspection
MAX_LEFT: Final = 4_000  # calls: a state record must stay small
LONGEST_GAP: Final = 400 * SLOTS_A_DAY  # slots: if a line is absent for longer, the time beyond this is not inspected


class Watch:
    """The watch over one line; `live` has its live calls, and `counts` returns its calls by outcome.

    `next` is the moment (ms) of the next tick. Slots before `settled` (ms) are kept as they are and not counted again.
    """

    def __init__(
        self, rules: LineRules, state: WatchState, live: Mapping[str, Call], counts: Callable[[], Mapping[int, int]]
    ) -> None:
        self.state = state
        self._rules = rules
        self._live = live
        self.slot_times = SlotTimes(rules, state.baseline, state.prior)
        self.incidents = Incidents(rules.line, state, partial(keep_slots, state))
        judge = Judge(state, self.slot_times, live)
        self.asking = Asking(rules.line, state.asking, self.slot_times, self.incidents, live)
        self._rate = Rate(state, self.slot_times, self.incidents, judge, self.asking)
        self._overloads = Overloads(state, self.slot_times, self.incidents, judge, rules.overloads)
        self._counting = Counting(state, self.slot_times, self.incidents, judge)
        self._clock = Clock(state, self.slot_times, self.incidents)
        self._emptied = Emptied(state, self.slot_times, self.incidents)
        self._hours = HoursOfDay(state, self.slot_times, self.incidents)
        self._few = FewCalls(state, self.slot_times, self.incidents)
        self._double_entry = DoubleEntry(rules, state, self.incidents, Growth(state.double_entry.growth, counts, live))
        learners = Learners(self._rate, self._counting, self._emptied, self._clock)
        self._learning = Learning(rules, state, self.slot_times, self.incidents, learners)
        self._answering = Answering(
            rules, state, self.slot_times, self.incidents, self.asking, self._rate, self._learning
        )
        self._ends = Ends(rules, state, self.slot_times, self._rate, self._counting, self._learning)
        self.settled = self._settled()
        self.next = self._next()

    def outcome(self, call: Call, lost: bool, now: int) -> None:  # noqa: FBT001 -- on the hot path
        """Weigh a call's first outcome at the line's time `now` (ms)."""
        if lost and call.lost_wait > self._rules.max_call:
            self.state.stale += 1
        self._rate.outcome(call, lost, now)
        self._overloads.outcome(call.start // QUARTER_MS, lost, now)

    def amend(self, call: Call, times: int) -> None:
        """Count a call in its slot before `settled`; remove it with `times=-1` before it changes."""
        slot = self._kept(call.start // QUARTER_MS)
        if slot is not None:
            amend(slot, call, times, self.state.offset)

    @property
    def expected(self) -> float | None:
        """Return the configured lost rate."""
        return self._rules.expected

    def guard(self) -> Guard | None:
        """Return the reason for withholding the line's figures whatever its incidents are; None if there is none."""
        return guard(self._rules, self.state)

    def leave(self, key: str, call: Call) -> None:
        """Keep a call that the line settles while its slot is still counted; `key` is its id."""
        state = self.state
        self.asking.settle(key, call)
        if call.start // QUARTER_MS < state.due - SLOTS_AN_HOUR:
            return
        if len(state.left) >= MAX_LEFT:
            state.missed += 1
            return
        state.left[call.name] = kept = copy(call)
        kept.identities = []

    def come_back(self, call: Call) -> None:
        """Drop a settled call that is live again."""
        self.asking.come_back(call)
        if self.state.left:
            self.state.left.pop(call.name, None)

    def day_over(self, day: int) -> None:
        """Forget the callers of earlier days, but keep which calls had the same caller."""
        state = self.state
        state.first_losses = {
            caller: start for caller, start in state.first_losses.items() if self._rules.day(start) >= day
        }
        numbers: dict[str, str] = {}
        for call in state.left.values():
            if call.caller not in {"", FOLLOWED, UNFOLLOWED} and self._rules.day(call.start) < day:
                call.caller = numbers.setdefault(call.caller, str(len(numbers)))

    def shed(self) -> bool:
        """Drop the settled calls, or else what waits for the counter's readings, or else the notes of persons.

        Return whether there were any.
        """
        state = self.state
        if not state.left:
            return self._double_entry.shed() or self.incidents.shed()
        state.missed += len(state.left)
        state.left = {}
        return True

    def tick(self, now: int, results: Sequence[int]) -> None:
        """Inspect the slots that are over by `now` (ms); `results` counts the line's ok, duplicate and late events."""
        state = self.state
        end = (now - self._rules.lateness) // QUARTER_MS - INSPECT_AFTER
        if not state.due:
            state.due = end
        if end > state.due:
            self._inspect(state.due, min(end, state.due + LONGEST_GAP), now, results)
            state.due = end
        if state.left:
            state.left = {
                name: call for name, call in state.left.items() if call.start // QUARTER_MS >= end - SLOTS_AN_HOUR
            }
        self._double_entry.note((now - self._rules.lateness) // QUARTER_MS)
        self._answering.tick(now)
        self._ask_about_unnamed(now)
        self.settled = self._settled()
        self.next = self._next()
        self._note_judged()
        self.incidents.count()

    def close(self, now: int, results: Sequence[int]) -> None:
        """Inspect the remaining slots at the end of a file that is complete up to `now` (ms)."""
        self.tick(now + self._rules.lateness + (INSPECT_AFTER + 1) * QUARTER_MS, results)
        state = self.state
        slots = slots_of(
            state.calls(self._live.values()),
            range(state.due - SLOTS_AN_HOUR, state.due),
            now,
            state.offset,
            state.first_losses,
        )
        for slot_no, slot in slots.items():
            self._keep(slot_no, slot)  # at the end of a file, calls without an outcome are no evidence
        self._counting.tell(now)
        self._double_entry.close()
        if state.day >= 0:
            self._day_over(state.day + 1, now)
        for incident in state.incidents:
            incident.judged_until = None  # no more events
        self.incidents.count()

    def read(self, reading: Reading, at: int, now: int) -> int:
        """Take a reading of the line's counter at a moment; it arrived `now` (both ms)."""
        result = self._double_entry.take(reading, at, now)
        self.incidents.count()
        return result

    def review(self, review: Review, now: int) -> int:
        """Take a person's decision at the line's time `now` (ms); raise `Invalid` if it decides nothing."""
        if review.decision == "answer":
            result = self._answering.answer(review, now)
            self.incidents.count()
            return result
        result = self.incidents.decide(decided(review), now)
        for incident in list(self.incidents.open(lambda each: each.cause in OF_RATE and each.status == "dismissed")):
            incident.over = True
            self._learning.begin_anew(incident.start, incident.end)
        self.incidents.count()
        return result

    def _note_judged(self) -> None:
        """Note the moment up to which open incidents were judged."""
        for incident in self.state.incidents:
            incident.judged_until = None if incident.over else self._judged_until(incident.cause)

    def _judged_until(self, cause: str) -> int | None:
        """Return the moment (ms) up to which slots were judged for a cause; None if another record gave the cause."""
        state = self.state
        if cause in BY_SLOT:
            return state.due * QUARTER_MS
        return min(state.days.get(state.day) or [state.due]) * QUARTER_MS if cause in BY_DAY else None

    def _ask_about_unnamed(self, now: int) -> None:
        """Ask a person about answers without an agent if they became frequent, as a machine may have answered them."""
        law = self.state.law(NAMED)
        if law.total < RATE.suspected or not self.asking.is_due(now):
            return
        if self.asking.cleared(now, UNNAMED.strata):
            law.total = 0.0
        elif not any(self.incidents.open(lambda each: each.hides_losses)):
            self.asking.doubt(law.since * QUARTER_MS, now, ASK.sample_share, UNNAMED.strata)

    def _next(self) -> int:
        """Return the moment (ms) of the next tick: when a slot is over."""
        if not self.state.due:
            return 0
        return (self.state.due + INSPECT_AFTER + 1) * QUARTER_MS + self._rules.lateness

    def _settled(self) -> int:
        """Return the moment (ms) before which slots no longer change."""
        return (self.state.due - SLOTS_AN_HOUR) * QUARTER_MS

    def _kept(self, slot_no: int) -> Slot | None:
        """Return a kept slot, or the sum of the incident to which the slot was added."""
        state, when = self.state, self.slot_times.of(slot_no)
        if when.day >= state.day - KEPT_DAYS:
            return state.days.setdefault(when.day, {}).setdefault(slot_no, Slot())
        incident = self.incidents.holding(slot_no, open=when.open)
        return None if incident is None else state.mended.setdefault(incident.id, Slot())

    def _inspect(self, first: int, end: int, now: int, results: Sequence[int]) -> None:
        state = self.state
        slots = slots_of(
            state.calls(self._live.values()),
            {*range(first - SLOTS_AN_HOUR, end - SLOTS_AN_HOUR), *range(first, end)},
            now,
            state.offset,
            state.first_losses,
        )
        for slot_no in range(first, end):
            self._settle(slot_no - SLOTS_AN_HOUR, slots[slot_no - SLOTS_AN_HOUR])
            when, slot = self.slot_times.of(slot_no), slots[slot_no]
            if when.day != state.day:
                if state.day >= 0:
                    self._day_over(when.day, slot_no * QUARTER_MS)
                state.day = when.day
            if slot.offered or when.open:
                state.days.setdefault(when.day, {})[slot_no] = slot
            state.opened += when.open
            self._counting.inspect(slot_no, when, slot)
            if when.open:
                self._overloads.inspect(slot_no)
        events, late = sum(results), results[2]
        self._counting.events(end - 1, late=late - state.late, events=events - state.told, stale=state.stale)
        state.late, state.told, state.stale = late, events, 0
        self._counting.tell(now)

    def _settle(self, slot_no: int, slot: Slot) -> None:
        """Keep a slot after an hour, and check the laws that are judged only then."""
        slot.overdue = slot.pending
        if self._keep(slot_no, slot):
            self._counting.settle(slot_no, slot)

    def _keep(self, slot_no: int, slot: Slot) -> bool:
        """Keep a slot as it is now; return whether it is one of those kept."""
        days, day = self.state.days, self.slot_times.of(slot_no).day
        kept = slot.offered > 0 or slot_no in days.get(day, {})
        if kept:
            days.setdefault(day, {})[slot_no] = slot
        return kept

    def _day_over(self, today: int, now: int) -> None:
        """Judge the open incidents again, close them if they are over, learn the sound days, and draw samples.

        The local day `today` begins `now` (ms).
        """
        state = self.state
        day = state.days.get(state.day, {})
        self._hours.day_over(day)
        self._few.day_over(day)
        for incident in list(self.incidents.open()):
            self._ends.follow(incident, day)
        self._clock.day_over(day)
        for ended in self._emptied.day_over(day):
            self._rate.begin_anew(ended.end)
        self._learning.day_over(today, day)
        self.asking.day_over(state.day, now, opened=self.slot_times.opens(day))
        for past in [past for past in state.days if past < today - KEPT_DAYS]:
            self._add_to_quarantine(state.days.pop(past))

    def _add_to_quarantine(self, day: Mapping[int, Slot]) -> None:
        """Add the slots of an old day that are in quarantine or in doubt to the sums of their incidents."""
        for slot_no, slot in day.items():
            when = self.slot_times.of(slot_no)
            incident = self.incidents.holding(slot_no, open=when.open)
            if incident is not None:
                self.state.quarantined[incident.id] = self.state.quarantined.get(incident.id, 0) + when.open
                self.state.mended.setdefault(incident.id, Slot()).add(slot)
