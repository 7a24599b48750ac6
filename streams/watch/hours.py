"""Hours of the day at which calls, or losses, no longer come (`streams.checks.daily_gap`).

A log that loses its lines at a daily rotation breaks no law, and hardly changes a rate. If calls stop at the edge of
the opening hours or at noon, the hours may have changed, so a person decides. Losses that stop are missing only if
callers wait as long as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from streams.checks.daily_gap import DailyGap, SplitDay, stretches, weigh, weigh_losses
from streams.kept.times import QUARTER_MS, SLOTS_A_DAY, SLOTS_AN_HOUR
from streams.watch.evidence import of_hours
from streams.watch.facts import NoCallAtHours
from streams.watch.few_calls import FEW_CALLS
from streams.watch.incident import Incident, Judgement, Verdict
from streams.watch.line_check import LineCheck
from streams.watch.slot import A_NAT, Slot, sum_of
from streams.watch.thresholds import HOURS, LEARNING

CALLS: Final = "no calls at hours"
LOSSES: Final = "no losses at hours"
BY_HOURS: Final[Mapping[str, Callable[[Slot], int]]] = {
    CALLS: lambda slot: slot.offered,
    LOSSES: lambda slot: slot.lost,
}
MINUTES: Final = 15  # of a slot


class EmptyHours(NamedTuple):
    """A gap: its slots on the last day, its days and the usual ones (as ordinals, the last first), and its weight."""

    slots: list[int]
    days: Sequence[int]
    usual: Sequence[int]
    weight: DailyGap


class HoursOfDay(LineCheck):
    """The check of one line for hours of the day at which calls or losses no longer come."""

    def day_over(self, day: Mapping[int, Slot]) -> None:
        """Weigh a day that is over, and open or extend the incidents of its gaps."""
        today = self._slot_times.opened(day)
        if not any(slot.offered for slot in today.values()):
            return
        for cause in BY_HOURS:
            incident = self._incidents.by_cause(cause)
            if incident is not None:
                self._extend(incident, today)
            elif self._state.typical.known and (cause == CALLS or self._state.day % HOURS.losses_every == 0):
                gap = max(self._gaps(cause, today), key=lambda each: each.weight.score, default=None)
                if gap is not None:
                    self._begin(cause, gap, (max(today) + 1) * QUARTER_MS)

    def _extend(self, incident: Incident, today: Mapping[int, Slot]) -> None:
        facts = incident.evidence[0].facts
        assert isinstance(facts, NoCallAtHours)
        within = [slot for slot_no, slot in today.items() if facts.first <= self._minute(slot_no) < facts.end]
        if within and not sum(map(BY_HOURS[incident.cause], within)):
            incident.end, incident.clean = (max(today) + 1) * QUARTER_MS, 0

    def _gaps(self, cause: str, today: Mapping[int, Slot]) -> Iterator[EmptyHours]:
        """Yield the gaps up to today that are beyond chance."""
        days = self._days(cause)
        empty = {slot_no: self._empty_days(cause, slot_no, days) for slot_no in today}
        alarm = HOURS.alarm if cause == CALLS else HOURS.alarm_losses
        for length, slots in stretches(empty, HOURS.least_days):
            if length * sum(self._usual(cause, slot_no) for slot_no in slots) < alarm / 2:
                continue  # even the usual calls of the whole hours would not be enough
            whole = [day for day in days if all(self._at(slot_no, day) in self._state.days[day] for slot_no in slots)]
            gap, usual = whole[:length], [day for day in whole[length:] if self._is_sound(day)]
            if cause == LOSSES:
                weight = self._weigh_losses(slots, gap)
            elif len(usual) < HOURS.usual_days:
                continue
            else:
                before, since = ([self._split(slots, day) for day in some] for some in (usual, gap))
                weight = weigh(before, [each.outside for each in since], HOURS.spread)
            if weight.score >= alarm:
                yield EmptyHours(slots, gap, usual, weight)

    def _weigh_losses(self, slots: Sequence[int], gap: Sequence[int]) -> DailyGap:
        """Weigh days without losses at the local times of these slots by the learnt rate of these hours.

        Losses are too few for a comparison with the days that are kept.
        """
        inside, lost, outside = list[float](), 0, 0.0
        for day in gap:
            within = {self._at(slot_no, day) for slot_no in slots}
            kept = self._slot_times.opened(self._state.days[day])
            usual = {
                slot_no: slot.offered * (self._slot_times.expected(self._slot_times.of(slot_no)) or 0.0)
                for slot_no, slot in kept.items()
            }
            inside.append(sum(usual[slot_no] for slot_no in within))
            outside += sum(usual.values()) - inside[-1]
            lost += sum(slot.lost for slot in kept.values())  # none of them inside
        level = min(1.0, (lost + 1) / (outside + 1))  # fewer may be lost at all hours
        hours = {self._slot_times.of(slot_no).hour for slot_no in slots}
        learnt = self._slot_times.learnt_losses(hours) + 1
        return weigh_losses([level * each for each in inside], learnt, HOURS.spread_losses)

    def _days(self, cause: str) -> list[int]:
        """Return the kept opening days with calls since the last such incident, the last first."""
        last = max((each.end for each in self._incidents.kept if each.cause == cause), default=0)
        after = self._slot_times.of(last // QUARTER_MS - 1).day if last else 0
        days = self._state.days.items()
        return sorted((day for day, slots in days if day > after and self._busy(slots)), reverse=True)

    def _is_sound(self, day: int) -> bool:
        slots = self._state.days[day]
        return not self._incidents.explain(min(slots) * QUARTER_MS, (max(slots) + 1) * QUARTER_MS)

    def _busy(self, slots: Mapping[int, Slot]) -> bool:
        return any(slot.offered and self._slot_times.of(slot_no).open for slot_no, slot in slots.items())

    def _empty_days(self, cause: str, slot_no: int, days: Sequence[int]) -> int:
        """Return for how many of the last days nothing came at the local time of a slot; closed days do not count."""
        of, found = BY_HOURS[cause], 0
        for day in days:
            slot = self._state.days[day].get(self._at(slot_no, day))
            if slot is not None:
                if of(slot):
                    break
                found += 1
        return found

    def _at(self, slot_no: int, day: int) -> int:
        """Return the slot of another day at the local time of a slot."""
        when = self._slot_times.of(slot_no)
        other = slot_no + SLOTS_A_DAY * (day - when.day)
        off = when.hour - self._slot_times.of(other).hour  # the clocks were changed in between
        return other + SLOTS_AN_HOUR * off

    def _usual(self, cause: str, slot_no: int) -> float:
        """Return the expected calls, or losses, of a slot."""
        when = self._slot_times.of(slot_no)
        arrivals = self._slot_times.arrivals(when)
        share = 1.0 if cause == CALLS else self._slot_times.expected(when) or 0.0
        return arrivals.mean * share if arrivals is not None else 0.0

    def _split(self, slots: Sequence[int], day: int) -> SplitDay:
        kept = self._state.days[day]
        inside = sum(kept[self._at(slot_no, day)].offered for slot_no in slots)
        return SplitDay(inside, sum(slot.offered for slot in self._slot_times.opened(kept).values()) - inside)

    def _begin(self, cause: str, gap: EmptyHours, end: int) -> None:
        """Open the incident of a gap up to a moment (ms), unless another incident or shorter waits explain it."""
        start = min(self._slot_times.opened(self._state.days[gap.days[-1]])) * QUARTER_MS
        verdict = self._verdict(gap) if cause == CALLS else self._verdict_of_losses(gap)
        if verdict is None or self._incidents.explain(start, end, besides=FEW_CALLS):
            return
        first = self._minute(gap.slots[0])
        evidence = of_hours(cause, first, first + MINUTES * len(gap.slots), gap.weight, gap.days[-1])
        calls = sum(slot.offered for _, slot in self._state.kept(start // QUARTER_MS, end // QUARTER_MS))
        self._incidents.begin(cause, Judgement("missing", verdict, [evidence]), start=start, now=end, calls=calls)

    def _verdict(self, gap: EmptyHours) -> Verdict | None:
        """Return the verdict on hours without calls; None while the line's clock is suspected."""
        first, last = self._slot_times.of(gap.slots[0]), self._slot_times.of(gap.slots[-1])
        edge = not (self._slot_times.of(gap.slots[0] - 1).open and self._slot_times.of(gap.slots[-1] + 1).open)
        noon = HOURS.noon <= first.hour and last.hour < HOURS.after_noon
        if not (edge or noon or len(gap.slots) > HOURS.most_slots):
            return "miscount"
        suspected = max(total.total for total in self._state.profile.sums) >= LEARNING.held
        return None if suspected or len(gap.days) < HOURS.least_days_of_change else "undecided"

    def _verdict_of_losses(self, gap: EmptyHours) -> Verdict | None:
        """Return the verdict on hours without losses; None if callers wait less there than before."""
        seen, usual = (
            sum_of([Slot(), *(self._state.days[day][self._at(slot_no, day)] for day in days for slot_no in gap.slots)])
            for days in (gap.days, gap.usual)
        )
        if min(seen.waited, usual.waited) < HOURS.least_waits:
            return None
        shorter = usual.log_waits / usual.waited - seen.log_waits / seen.waited
        return None if shorter > A_NAT * HOURS.shorter else "miscount"

    def _minute(self, slot_no: int) -> int:
        """Return the local time at which a slot begins, in minutes after midnight."""
        hour = self._slot_times.of(slot_no).hour
        quarters = 0
        while quarters < SLOTS_AN_HOUR - 1 and self._slot_times.of(slot_no - quarters - 1).hour == hour:
            quarters += 1
        return 60 * hour + MINUTES * quarters
