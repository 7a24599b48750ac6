"""The days off of a country or an office, and their effect on the calls of a day: holiday, eve, days after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import IntEnum

from msgspec import Struct

ONE: timedelta = timedelta(1)


class Kind(IntEnum):
    """A day's place beside a holiday."""

    ORDINARY = 0
    HOLIDAY = 1
    EVE = 2
    AFTER = 3  # the first day after a holiday that is in no weekend
    SECOND_AFTER = 4


class DaysOff(Struct, frozen=True):
    """Holidays by name, and the weekend. Nothing is known of a country if there is no holiday."""

    names: Mapping[date, str] = {}
    weekend: frozenset[int] = frozenset({5, 6})  # weekdays, Monday 0
    country: str | None = None

    @property
    def rest(self) -> int:
        """The weekday that holidays are like: the weekend's last."""
        return max(self.weekend)

    def kind(self, day: date) -> Kind:
        """Return the place of a day beside the holidays.

        >>> french = DaysOff({date(2013, 5, 1): "Fête du Travail"})
        >>> [french.kind(date(2013, 5, day)).name for day in range(1, 5)]
        ['HOLIDAY', 'AFTER', 'SECOND_AFTER', 'ORDINARY']
        """
        if day in self.names:
            return Kind.HOLIDAY
        if day.weekday() in self.weekend:
            return Kind.ORDINARY
        if self._after(day):
            return Kind.AFTER
        if day + ONE in self.names:
            return Kind.EVE
        return Kind.SECOND_AFTER if self._after(day - ONE) else Kind.ORDINARY

    def _after(self, day: date) -> bool:
        """Return whether only days of a weekend lie between a day and the holiday before."""
        if day in self.names or day.weekday() in self.weekend:
            return False
        before = day - ONE
        while before not in self.names and before.weekday() in self.weekend:
            before -= ONE
        return before in self.names

    def beside(self, day: date) -> str:
        """Return the name of the holiday that makes the kind of a day; empty for an ordinary one.

        >>> DaysOff({date(2013, 5, 1): "Fête du Travail"}).beside(date(2013, 5, 3))
        'Fête du Travail'
        """
        kind = self.kind(day)
        if kind is Kind.ORDINARY:
            return ""
        step = ONE if kind is Kind.EVE else -ONE
        while day not in self.names:
            day += step
        return self.names[day]

    def kinds(self, days: Iterable[date]) -> list[Kind]:
        return [self.kind(day) for day in days]
