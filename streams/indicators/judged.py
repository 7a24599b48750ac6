"""The slots of a line over a period, each with its judgement: sound, miscounted, or in doubt.

While an incident may continue, slots that the watch has not judged yet are in no corrected figure: a miscount's newest
slots are left out until it is known whether they belong to it, and those of an undecided incident are in doubt. Without
a current incident, the newest slots count unchanged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from streams.calls.counts import Counts, total
from streams.calls.definition import LineDefinition
from streams.checks.beta_binomial import correlation
from streams.figures.counted import NOTHING_COUNTED, Counted
from streams.figures.slot import JudgedSlot
from streams.indicators.both import slots_of
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.kept.times import QUARTER_MS
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LineDay, WitnessDay
from streams.ledger.diversions import NONE_DIVERTED, diversions_of
from streams.ledger.sums import add_slot
from streams.watch.belief import Belief
from streams.watch.correction import Doubt, Miscounted
from streams.watch.counting import SILENCE
from streams.watch.gate import Sound, Stretch
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, covering, doubtful, doubting, reaching
from streams.watch.slot import A_NAT, log_wait
from streams.watch.thresholds import WITNESS

EMPTY: Final = CallSlot()
# laws that find more calls when they look at a slot again, up to an hour later
NAMED_LATER: Final = {"answered-as-lost", "phantom"}
HOUR_SLOTS: Final = 5  # the quarter under way, and the hour before it


class JudgedDay(NamedTuple):
    """A day's counts in and outside opening hours, if no slot of the day has a known problem.

    Otherwise the day's slots are `judged` one by one, and these sums are empty.
    """

    day: str  # ISO 8601
    hours: Mapping[int, int]  # the local hour of each slot of opening hours, by slot number
    slots: Mapping[int, CallSlot] | None  # non-empty slots by number; None if only the sums are kept
    judged: Sequence[JudgedSlot] | None
    open: Counted[Counts] = NOTHING_COUNTED
    closed: Counted[Counts] = NOTHING_COUNTED

    def each(self) -> Iterator[JudgedSlot]:
        """Yield its slots of opening hours, and other slots with calls."""
        if self.judged is not None:
            yield from self.judged
            return
        assert self.slots is not None
        for slot_no in sorted({*self.slots, *self.hours}):
            slot, hour = self.slots.get(slot_no, EMPTY), self.hours.get(slot_no)
            yield JudgedSlot(slot_no, self.day, hour, slot, None, None)


class JudgedSlots:
    """Judges every slot of opening hours, and other slots with calls, adding up days as they come.

    On a line of `totals`, slots without a reading count as missing. `witnessed` holds the days that the line and its
    witness share. A silent slot in which neither of these has a call still counts as silent: the same failure may
    have stopped both. With `sums_only`, a day without a known problem is dropped once it is added up, and `slots`
    cannot be called; without `quantiles`, waits have sums only. Diverted calls with a reason in `agentless`
    needed no agent.
    """

    def __init__(
        self,
        days: Iterable[LineDay],
        incidents: Iterable[Incident],
        opened: Opened,
        counted: Period | None,
        *,
        totals: bool = False,
        witnessed: Sequence[WitnessDay] = (),
        sums_only: bool = False,
        agentless: Collection[str] = (),
        quantiles: bool = True,
    ) -> None:
        known = sorted(incidents, key=lambda each: (each.bounds(), each.id))
        self.miscounts = list(filter(counted_wrong, known))
        self.answered, self.lost = Waits(), Waits()  # ms, over all days
        self.definitions: dict[LineDefinition, None] = {}  # the definitions of the days, in the order of their arrival
        self.within = 0  # calls answered in time
        self.witnessed = witnessed
        self._doubtful = list(filter(doubtful, known))
        self._opened = opened
        self._counted = counted
        self._totals = totals
        self._sums_only = sums_only
        self._quantiles = quantiles
        self.agentless = agentless
        self._reported = set[int]()
        self._both, self._told = slots_of(witnessed), {each.day: each.slots for each in witnessed}
        self._held: dict[str, LineDay] = {}  # days that can only be judged once the others have come
        self._found: dict[str, JudgedDay] = {}
        # by day: the number of answered calls, and the sum of their waits in ms
        self._waits: dict[str, tuple[int, int]] = {}
        for day in days:
            self.take(day)

    def take(self, day: LineDay) -> None:
        """Add a whole day of the line."""
        if self._quantiles:
            self.answered.merge(day.answered_waits)
            self.lost.merge(day.lost_waits)
        else:
            self.answered.merge_sums(day.answered_waits)
            self.lost.merge_sums(day.lost_waits)
        for each in day.definitions:
            self.definitions[each] = None
        self.within += sum([each.within for each in day.slots.values()])
        self._waits[day.day] = day.answered_waits.count, day.answered_waits.total
        if self._totals or self.witnessed:
            self._held[day.day] = day
        else:
            self._found[day.day] = self._judge(date.fromisoformat(day.day), day.slots)

    def alone(self) -> JudgedSlots:
        """Return the slots judged by the line's own record alone."""
        if not self.witnessed:
            return self
        incidents = [*self.miscounts, *self._doubtful]
        return JudgedSlots(
            self._held.values(),
            incidents,
            self._opened,
            self._counted,
            totals=self._totals,
            agentless=self.agentless,
            quantiles=self._quantiles,
        )

    @cached_property
    def days(self) -> list[JudgedDay]:
        """Return every day of the period, once all have been added."""
        if self._totals:
            self._reported = _reported(self._held.values())
        for name, day in self._held.items():
            self._found[name] = self._judge(date.fromisoformat(name), day.slots)
        every = () if self._counted is None else self._counted.days()
        return [self._found.get(day.isoformat()) or self._judge(day, {}) for day in every]

    @cached_property
    def doubts(self) -> list[Incident]:
        """Return the undecided incidents that contain, or may contain, a slot that is in no miscount."""
        doubted = [each.slot_no for each in self._suspect if each.doubt is not None and each.both is None]
        return [each for each in self._doubtful if any(each.holds(no) or each.may_hold(no) for no in doubted)]

    @property
    def slots(self) -> list[JudgedSlot]:
        """Return every slot. Sums over a year only need the days."""
        return [slot for day in self.days for slot in day.each()]

    @cached_property
    def _suspect(self) -> list[JudgedSlot]:
        """Return the slots of days that are not entirely sound."""
        return [each for day in self.days for each in day.judged or ()]

    def mean_wait(self, days: Iterable[str]) -> float | None:
        """Return the mean wait of answered calls on some days, in seconds."""
        count, waited = self._waited(days)
        return round(waited / count / 1000, 3) if count else None

    def _waited(self, days: Iterable[str]) -> tuple[int, int]:
        waits = [self._waits[day] for day in days if day in self._waits]
        return sum(count for count, _ in waits), sum(waited for _, waited in waits)

    @property
    def covered(self) -> int:
        """Return how many open slots are counted by both records."""
        return sum(each.both is not None and each.hour is not None for each in self._suspect)

    @property
    def opened(self) -> int:
        """Return the number of slots of opening hours."""
        return sum(len(each.hours) for each in self.days)

    def sound(self, expected: float | None) -> Sound:
        """Return the sums of the sound slots; `expected` is the line's configured lost rate."""
        by_day, whole, slots = dict[str, Counts](), set[str](), 0
        for day in self.days:
            if day.judged is None:
                sound, counts = len(day.hours), day.open.raw
            else:
                own = [each for each in day.judged if each.hour is not None and each.sound]
                sound, counts = len(own), total(each.counts for each in own)
            if sound:
                by_day[day.day] = counts
                slots += sound
            if sound == len(day.hours):
                whole.add(day.day)
        rho = correlation((day.lost, day.offered) for day in by_day.values())
        stretch = self._stretch(total(by_day.values()), slots, by_day.keys() & whole)
        open_days = sum(bool(each.hours) for each in self.days)
        return Sound(stretch, expected, rho, self.opened / open_days if open_days else 0.0)

    @property
    def unjudged(self) -> int:
        """Return how many open slots have not been judged yet though a miscount may continue in them."""
        return sum(each.unjudged and each.hour is not None for each in self._suspect)

    def miscounted(self) -> dict[Belief, Miscounted]:
        """Return the counts of the judged open slots of miscounts, by belief."""
        by_belief: defaultdict[Belief, list[JudgedSlot]] = defaultdict(list)
        for each in self._suspect:
            if each.miscount is not None and each.hour is not None and not each.sound and not each.unjudged:
                by_belief[each.miscount].append(each)
        return {belief: self._miscounted(belief, slots) for belief, slots in by_belief.items()}

    def _miscounted(self, belief: Belief, slots: Sequence[JudgedSlot]) -> Miscounted:
        whole, named = CallSlot(), Counts()
        for each in slots:
            add_slot(whole, each.slot)
            named += belief.wrong(each.slot) or Counts()
        stretch = self._stretch_of(slots)
        exact = whole.reported > 0 and named != Counts()
        return Miscounted(stretch, named if exact or belief.explains(whole) else None, exact)

    def doubt(self) -> Doubt:
        """Return the counts of the open slots of undecided incidents."""
        slots = [each for each in self._suspect if each.doubt is not None and not each.sound]
        return Doubt.of(self._stretch_of(slots), self.doubts)

    def _stretch_of(self, slots: Sequence[JudgedSlot]) -> Stretch:
        return self._stretch(total(each.counts for each in slots), len(slots), {each.day for each in slots})

    def _stretch(self, counts: Counts, slots: int, days: Iterable[str]) -> Stretch:
        """Return a stretch of `slots` with these counts, and the waits of whole days."""
        count, waited = self._waited(days)
        enough = count > 0 and count >= WITNESS.least_waits
        return Stretch(counts, slots, log_wait(waited / count) / A_NAT if enough else None, count)

    def _judge(self, day: date, slots: Mapping[int, CallSlot]) -> JudgedDay:
        name, hours = day.isoformat(), self._opened(day)
        if not self._totals and not self.witnessed and not self._touched(slots, hours):
            kept = None if self._sums_only else slots
            return JudgedDay(name, hours, kept, None, *_sums(slots, hours, self.agentless))
        found = JudgedDay(name, hours, slots, None)
        numbers = sorted({*slots, *hours, *self._told.get(name, ())})
        return found._replace(judged=self._named_later([self._judged(found, slots, slot_no) for slot_no in numbers]))

    def _named_later(self, slots: list[JudgedSlot]) -> list[JudgedSlot]:
        """Return a day's slots. Slots of the last judged hour count as unjudged while laws will look at them again.

        A law will if it has found less than half of the slot's lost calls.
        """
        for incident in self.miscounts:
            unjudged, belief = incident.unjudged() if incident.kind in NAMED_LATER else None, Belief.of(incident)
            if unjudged is None:
                continue
            end = unjudged[0] // QUARTER_MS
            recent = [
                each
                for each in slots
                if end - HOUR_SLOTS <= each.slot_no < end and each.miscount == belief and each.both is None
            ]
            whole = CallSlot()
            for each in recent:
                add_slot(whole, each.slot)
            if not belief.explains(whole):
                late = {each.slot_no for each in recent}
                slots = [each._replace(unjudged=True) if each.slot_no in late else each for each in slots]
        return slots

    def _touched(self, slots: Mapping[int, CallSlot], hours: Mapping[int, int]) -> bool:
        """Return whether an incident may contain one of a day's slots."""
        if not self.miscounts and not self._doubtful:  # the usual case
            return False
        numbers = {*slots, *hours}
        if not numbers:
            return False
        start, end = min(numbers) * QUARTER_MS, (max(numbers) + 1) * QUARTER_MS
        known = (*self.miscounts, *self._doubtful)
        stretches = filter(None, (stretch for each in known for stretch in (each.bounds(), each.unjudged())))
        return any(begins < end and start < ends for begins, ends in stretches)

    def _judged(self, day: JudgedDay, slots: Mapping[int, CallSlot], slot_no: int) -> JudgedSlot:
        hour, slot, both = day.hours.get(slot_no), slots.get(slot_no, EMPTY), self._both.get(slot_no)
        if self._totals and slot_no not in self._reported and slot_no not in slots:
            return JudgedSlot(slot_no, day.day, hour, EMPTY, Belief("missing"), None)
        counts = hour is not None or slot.reported > 0  # a reading covers its whole period, open or closed
        miscount = covering(self.miscounts, slot_no, open=counts)
        if miscount is None and slot.offered:
            miscount = reaching(self.miscounts, slot_no, open=counts)
        doubt = None
        if miscount is None and hour is not None:
            doubt = doubting(self._doubtful, slot_no)
            if doubt is None and slot.offered:
                doubt = next((each for each in self._doubtful if each.may_hold(slot_no)), None)
        belief = None if miscount is None else Belief.of(miscount)
        silent = any(each is not None and each.cause == SILENCE for each in (miscount, doubt))
        if silent and both == Counts():
            both = None
        unjudged = miscount is not None and both is None and slot.offered > 0 and miscount.may_hold(slot_no)
        return JudgedSlot(slot_no, day.day, hour, slot, belief, doubt, both, unjudged)


def _sums(
    slots: Mapping[int, CallSlot], hours: Mapping[int, int], agentless: Collection[str]
) -> tuple[Counted[Counts], Counted[Counts]]:
    """Return the sums of slots in and outside opening hours. A year of many lines calls this often."""
    offered = answered = lost = diverted = 0
    closed, of_open, of_closed = Counts(), NONE_DIVERTED, NONE_DIVERTED
    for slot_no, slot in slots.items():
        if slot_no in hours:
            offered += slot.offered
            answered += slot.answered
            lost += slot.lost
            if slot.diverted:
                diverted += slot.diverted
                of_open += diversions_of(slot, agentless)
        else:
            closed += Counts.of(slot)
            of_closed += diversions_of(slot, agentless)
    opened = Counts(offered, answered, lost, diverted, offered - answered - lost - diverted)
    beside = Counted.sound(closed, diverted=of_closed) if closed.offered else NOTHING_COUNTED
    return Counted.sound(opened, len(hours), of_open), beside


def _reported(days: Iterable[LineDay]) -> set[int]:
    """Return the slots that readings cover."""
    return {
        slot_no for day in days for first, slot in day.slots.items() for slot_no in range(first, first + slot.reported)
    }
