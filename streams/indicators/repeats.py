"""Callers who call a line again soon after an answer: a need that the answer did not meet, or a new one.

A call counts if it was answered and its caller is known by pseudonym. Its caller called again if another call of the
same caller enters the same line within half an hour after the end of the call, or after the answer if the end is not
reported. The pseudonyms of a line's calls are forgotten within days, so a longer period cannot be counted. On 33,344
calls of a bank (Technion, February 1999), 9.3 % of answered callers called again that soon.

The interval takes calls as independent. It is somewhat too narrow, because one caller may call many times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from streams.checks.interval import jeffreys
from streams.figures.cut import month_of
from streams.indicators.cases import DaysOfIncidents
from streams.indicators.plan import Plan
from streams.ledger.day import LineDay
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, doubtful


class Repeats(Struct, frozen=True):
    """The answered calls of a line in a month or longer, and those whose caller called again.

    >>> Repeats("2013", answered=1_000, known=400, again=40).share is None
    True
    >>> Repeats("2013", answered=1_000, known=500, again=40).share
    0.08
    """

    name: str
    answered: int
    known: int  # of the answered: the caller is known, and had half an hour to call again
    again: int  # of the known: the caller did

    @property
    def withheld(self) -> bool:
        """Return whether the callers of most answered calls are unknown, or were not counted."""
        return not self.known or 2 * self.known < self.answered

    @property
    def share(self) -> float | None:
        return None if self.withheld else self.again / self.known

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Return the 95 % Jeffreys interval of the share; None if it is withheld."""
        return None if self.withheld else jeffreys(self.again, self.known)


def together(name: str, parts: Iterable[Repeats]) -> Repeats:
    """Return the sum of several months."""
    parts = list(parts)
    counts = (sum(getattr(each, count) for each in parts) for count in ("answered", "known", "again"))
    return Repeats(name, *counts)


class RepeatSums:
    """The sums of a line by month; days that an incident makes wrong or doubtful are left out."""

    def __init__(self, plan: Plan, incidents: Iterable[Incident]) -> None:
        self._wrong = DaysOfIncidents([each for each in incidents if counted_wrong(each) or doubtful(each)], plan.day)
        self._months = defaultdict[str, list[Repeats]](list)

    def take(self, day: LineDay) -> None:
        if day.day in self._wrong:
            return
        slots = day.slots.values()
        answered, known = sum(slot.answered for slot in slots), sum(slot.known_answered for slot in slots)
        found = Repeats(day.day, answered, known, sum(slot.called_again for slot in slots))
        self._months[month_of(day.day)].append(found)

    def found(self) -> list[Repeats]:
        """Return the months; empty if no caller is known."""
        months = [together(name, days) for name, days in sorted(self._months.items())]
        return months if any(each.known for each in months) else []
