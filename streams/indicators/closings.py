"""The calls or tickets around each closing time, summed over a desk's days."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Final

from streams.indicators.cases import DaysOfIncidents
from streams.indicators.closing import HALF, ClosingTime
from streams.indicators.plan import Plan
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LineDay, ServiceDay
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, doubtful

HOURS: Final = 25  # of the longest day


class Closings:
    """The sums of a desk's calls or tickets around each closing time.

    Left out are days from `today` on, days that an incident makes wrong or doubtful, and days with readings of over a
    quarter of an hour.
    """

    def __init__(self, plan: Plan, incidents: Iterable[Incident], today: date) -> None:
        self._plan, self._today = plan, today.isoformat()
        self._wrong = DaysOfIncidents([each for each in incidents if counted_wrong(each) or doubtful(each)], plan.day)
        self._days = defaultdict[str, set[str]](set)  # by closing time
        self._quarters = defaultdict[str, list[int]](lambda: [0] * 2 * HALF)
        self._phase: int | None = None  # the remainder by 4 of a slot number at a full hour

    def take(self, day: LineDay | ServiceDay) -> None:
        if not day.slots or day.day >= self._today or day.day in self._wrong:
            return
        if isinstance(day, LineDay) and any(slot.reported > 1 for slot in day.slots.values()):
            return
        opened = self._plan.opened(date.fromisoformat(day.day))
        for last, hour in opened.items():
            if last + 1 not in opened and last + 2 not in opened and last - 1 in opened:
                at = self._clock(last, hour, day.day)
                self._days[at].add(day.day)
                quarters = self._quarters[at]
                for place in range(2 * HALF):
                    quarters[place] += _arrived(day, last + 1 - HALF + place)

    def found(self) -> list[ClosingTime]:
        """Return the closing times after which anybody called or came: without any, nothing may be recorded then."""
        every = [ClosingTime(at, len(days), self._quarters[at]) for at, days in sorted(self._days.items())]
        return [each for each in every if each.after]

    def _clock(self, last: int, hour: int, day: str) -> str:
        """Return the local time at which the slot `last`, of a local hour, ends."""
        if self._phase is None:
            around = range(last - 4 * HOURS, last + 1)
            of = date.fromisoformat(day)
            self._phase = around[bisect_left(around, of, key=lambda each: self._plan.day(each * QUARTER_MS))] % 4
        hours, quarters = divmod(4 * hour + (last - self._phase) % 4 + 1, 4)
        return f"{hours % 24:02}:{15 * quarters:02}"


def closings(
    plan: Plan, incidents: Iterable[Incident], days: Iterable[LineDay | ServiceDay], today: date
) -> list[ClosingTime]:
    """Return the calls or tickets around each closing time, of one desk's days or of several desks'."""
    found = Closings(plan, incidents, today)
    for day in days:
        found.take(day)
    return found.found()


def _arrived(day: LineDay | ServiceDay, slot_no: int) -> int:
    """Return how many called, or took a ticket, in a slot of a day."""
    if isinstance(day, LineDay):
        return day.slots[slot_no].offered if slot_no in day.slots else 0
    return day.slots[slot_no].issued if slot_no in day.slots else 0
