"""Time units of the states: epoch milliseconds, slots of a quarter of an hour, local days as ordinals."""

from __future__ import annotations

from typing import Final

MINUTE_MS: Final = 60_000
QUARTER_MS: Final = 900_000  # a slot; time zones are multiples of it, so a local day is made of whole slots
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000

SLOTS_AN_HOUR: Final = 4
SLOTS_A_DAY: Final = 96

FOREVER: Final = 10**15  # ms: later than any event
NO_CLOCK: Final = FOREVER - DAY_MS  # ms, in place of a clock's time: a day before it is still later than any event

NO_MOMENT: Final = -1  # a moment in the future, or unknown
NOT_TOLD: Final = -1  # an unknown duration

_1970 = 719_163  # the ordinal of the first day of 1970


def slot_end(at: int) -> int:
    return (at // QUARTER_MS + 1) * QUARTER_MS


def utc_day(at: int) -> int:
    """Return the ordinal of a moment's UTC day, as `date.toordinal`."""
    return at // DAY_MS + _1970


def utc_day_end(day: int) -> int:
    """Return the end (ms) of a UTC day, an ordinal."""
    return (day - _1970 + 1) * DAY_MS


def utc_hour(at: int) -> int:
    return at // HOUR_MS % 24
