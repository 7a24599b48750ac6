"""The slots of a line over a period, each with what is known against it: sound, miscounted, or in doubt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from streams.calls.counts import Counts, total
from streams.checks.beta_binomial import correlation
from streams.indicators.both import slots_of
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.indicators.wait import merged
from streams.ledger.day import CallSlot, LineDay, WitnessDay
from streams.ledger.sums import add_slot
from streams.watch import recount
from streams.watch.correction import Doubt, Miscounted
from streams.watch.counting import SILENCE
from streams.watch.gate import Sound, Stretch
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, covering, doubtful, doubting
from streams.watch.slot import A_NAT, log_wait
from streams.watch.thresholds import WITNESS

EMPTY: Final = CallSlot()


class JudgedSlot(NamedTuple):
    """Hold a slot, when it is, and the miscount or the undecided incident that it lies in."""

    slot_no: int
    day: str  # ISO 8601
    month: str  # 2013-09
    week: str  # its Monday (ISO 8601)
    hour: int | None  # local; None where the office is closed
    slot: CallSlot
    miscount: str | None  # its kind
    doubt: Incident | None
    both: Counts | None = None  # what it comes to by both records, where a witness covers it

    @property
    def counts(self) -> Counts:
        """Return what it counts, as far as that is known best."""
        return Counts.of(self.slot) if self.both is None else self.both

    @property
    def sound(self) -> bool:
        """Tell whether nothing is known against what it counts; a second record clears it of any suspicion."""
        return self.both is not None or (self.miscount is None and self.doubt is None)


class JudgedSlots:
    """Judge every slot of opening hours, and those of closed hours that count a call.

    On a line of `totals`, the slots that no reading covers were not reported, and are missing. `witnessed` are the days
    that the line and its witness tell together. A slot of a silence in which neither tells of a call stays a silence:
    what stopped the one may have stopped the other.
    """

    def __init__(
        self,
        days: Sequence[LineDay],
        incidents: Iterable[Incident],
        opened: Opened,
        counted: Period | None,
        *,
        totals: bool = False,
        witnessed: Sequence[WitnessDay] = (),
    ) -> None:
        known = sorted(incidents, key=lambda each: (each.bounds(), each.id))
        self.miscounts = list(filter(counted_wrong, known))
        doubts = list(filter(doubtful, known))
        self._both, self._told = slots_of(witnessed), {each.day: each.slots for each in witnessed}
        self._days = {each.day: each for each in days}
        self._reported = _reported(days) if totals else None
        self.slots = [] if counted is None else list(self._judge(doubts, opened, counted))
        doubted = [each.slot_no for each in self.slots if each.doubt is not None and each.both is None]
        self.doubts = [each for each in doubts if any(each.holds(slot_no) for slot_no in doubted)]  # not in miscounts

    @property
    def covered(self) -> int:
        """Return how many open slots count by both records."""
        return sum(each.both is not None and each.hour is not None for each in self.slots)

    @property
    def opened(self) -> int:
        """Return how many slots are of opening hours."""
        return sum(each.hour is not None for each in self.slots)

    def sound(self, expected: float | None) -> Sound:
        """Return what the line has in its sound slots; `expected` is the lost rate that it is configured to have."""
        own = [each for each in self.slots if each.hour is not None]
        sound = [each for each in own if each.sound]
        by_day = {day: total(each.counts for each in slots) for day, slots in groupby(sound, lambda each: each.day)}
        rho = correlation((day.lost, day.offered) for day in by_day.values())
        stretch = self._stretch(sound, by_day.keys() - {each.day for each in own if not each.sound})
        return Sound(stretch, expected, rho, len(own) / len({each.day for each in own}) if own else 0.0)

    def miscounted(self) -> dict[str, Miscounted]:
        """Return what was counted in the open slots of miscounts, by their kind."""
        by_kind: defaultdict[str, list[JudgedSlot]] = defaultdict(list)
        for each in self.slots:
            if each.miscount is not None and each.hour is not None and not each.sound:
                by_kind[each.miscount].append(each)
        return {kind: self._miscounted(kind, slots) for kind, slots in by_kind.items()}

    def _miscounted(self, kind: str, slots: Sequence[JudgedSlot]) -> Miscounted:
        whole, named = CallSlot(), Counts()
        for each in slots:
            add_slot(whole, each.slot)
            named += recount.wrong(kind, each.slot) or Counts()
        stretch = self._stretch(slots, {each.day for each in slots})
        exact = whole.reported > 0 and named != Counts()
        return Miscounted(stretch, named if exact or recount.explained(kind, whole) else None, exact)

    def doubt(self) -> Doubt:
        """Return what was counted in the open slots of undecided incidents."""
        slots = [each for each in self.slots if each.doubt is not None and not each.sound]
        return Doubt.of(self._stretch(slots, {each.day for each in slots}), self.doubts)

    def _stretch(self, slots: Sequence[JudgedSlot], days: Iterable[str]) -> Stretch:
        """Return the sum of slots; the waits are those of whole days."""
        counts = total(each.counts for each in slots)
        waits = merged(self._days[day].answered_waits for day in sorted(days) if day in self._days)
        mean = waits.mean() if waits.count >= WITNESS.least_waits else None
        return Stretch(counts, len(slots), None if mean is None else log_wait(mean) / A_NAT, waits.count)

    def _judge(self, doubts: Sequence[Incident], opened: Opened, counted: Period) -> Iterator[JudgedSlot]:
        for day in counted.days():
            name = day.isoformat()
            slots: Mapping[int, CallSlot] = self._days[name].slots if name in self._days else {}
            hours, month, week = opened(day), name[:7], week_of(name)
            for slot_no in sorted({*slots, *hours, *self._told.get(name, ())}):
                hour = hours.get(slot_no)
                if self._reported is not None and slot_no not in self._reported and slot_no not in slots:
                    yield JudgedSlot(slot_no, name, month, week, hour, EMPTY, "missing", None)
                    continue
                slot, both = slots.get(slot_no, EMPTY), self._both.get(slot_no)
                if not self.miscounts and not doubts:  # as on most lines
                    yield JudgedSlot(slot_no, name, month, week, hour, slot, None, None, both)
                    continue
                miscount = covering(self.miscounts, slot_no, open=hour is not None)
                doubt = doubting(doubts, slot_no) if miscount is None and hour is not None else None
                kind = None if miscount is None else miscount.kind
                silent = any(each is not None and each.cause == SILENCE for each in (miscount, doubt))
                if silent and both == Counts():
                    both = None
                yield JudgedSlot(slot_no, name, month, week, hour, slot, kind, doubt, both)


def _reported(days: Iterable[LineDay]) -> set[int]:
    """Return the slots that readings cover."""
    return {
        slot_no for day in days for first, slot in day.slots.items() for slot_no in range(first, first + slot.reported)
    }


def week_of(day: str) -> str:
    """Return the Monday of a day's week; both days in ISO 8601."""
    local = date.fromisoformat(day)
    return (local - timedelta(days=local.weekday())).isoformat()
