"""The slots of an office's calendar: local time and opening, computed once for all lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from streams.kept.times import QUARTER_MS, SLOTS_A_DAY

WEEKS: Final = 28 * SLOTS_A_DAY  # slots: 28 days, as many of each weekday
MAX_KNOWN: Final = 150 * SLOTS_A_DAY  # slots in the cache
OFFICES: Final = 256  # calendars in the cache


class SlotTime(NamedTuple):
    """A slot's local time, and whether the office is open."""

    day: int  # as `date.toordinal` counts
    weekday: int  # 0 is Monday
    hour: int
    open: bool


class SlotCalendar:
    """The slots of an office's calendar, cached, since every call of every line asks.

    `day`, `hour` and `is_open` return the local day, the local hour and the opening at a moment (ms).
    """

    def __init__(self, day: Callable[[int], int], hour: Callable[[int], int], is_open: Callable[[int], bool]) -> None:
        self._day_of, self._hour_of, self._is_open = day, hour, is_open
        self._known: dict[int, SlotTime] = {}
        self._opening_day = (-1, 0.0)  # a slot, and the number of slots of an opening day before it

    def of(self, slot_no: int) -> SlotTime:
        when = self._known.get(slot_no)
        if when is None:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            moment = slot_no * QUARTER_MS
            day = self._day_of(moment)
            when = self._known[slot_no] = SlotTime(day, (day - 1) % 7, self._hour_of(moment), self._is_open(moment))
        return when

    def slots_a_day(self, due: int) -> float:
        """Return the number of slots of an opening day, from the calendar of the weeks before a slot."""
        today = due // SLOTS_A_DAY * SLOTS_A_DAY
        if self._opening_day[0] != today:
            days = Counter(when.day for when in map(self.of, range(max(0, today - WEEKS), today)) if when.open)
            self._opening_day = today, days.total() / len(days) if days else 0.0
        return self._opening_day[1]


@lru_cache(OFFICES)
def slot_calendar(
    day: Callable[[int], int], hour: Callable[[int], int], is_open: Callable[[int], bool]
) -> SlotCalendar:
    """Return the calendar of these functions. The lines of an office have the same functions and share one calendar."""
    return SlotCalendar(day, hour, is_open)
