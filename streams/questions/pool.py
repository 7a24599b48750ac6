"""The calls from which questions are drawn: of each local day, a few calls of each stratum, and how many there were.

The calls with the smallest digests of their ids are kept, so every call of a stratum has the same chance, whatever the
order of the events, and days merge into longer stretches (bottom-k sampling: Cohen and Kaplan, Summarizing data using
bottom-k sketches, 2007).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

from streams.questions.stratum import STRATA, Stratum

KEPT: Final[Mapping[Stratum, int]] = {
    "lost-talk": 3,
    "lost-at-once": 3,
    "lost": 5,
    "answered-no-agent": 2,
    "answered-short": 1,
    "answered": 1,
    "diverted": 1,
}  # calls of a stratum and day


class Drawable(Struct, array_like=True, order=True):
    """A call that may be drawn."""

    name: int  # digest of its id
    call: str  # its id
    at: int  # when it entered the line, epoch ms


@dataclass(slots=True)
class Group:
    """The calls of one stratum and day."""

    count: int = 0
    calls: list[Drawable] = field(default_factory=list)  # those with the smallest digests, in order


@dataclass(slots=True)
class Pool:
    """The settled calls of one line's open hours, by local day and stratum."""

    days: dict[int, dict[str, Group]] = field(default_factory=dict)

    def add(self, day: int, stratum: Stratum, name: int, call: str, at: int) -> None:
        """Add a call of a day; `name` is the digest of its id."""
        groups = self.days.get(day)
        if groups is None:
            groups = self.days[day] = {}
        group = groups.get(stratum)
        if group is None:
            group = groups[stratum] = Group()
        group.count += 1
        calls, most = group.calls, KEPT[stratum]
        if len(calls) < most or name < calls[-1].name:
            calls.append(Drawable(name, call, at))
            calls.sort()
            del calls[most:]

    def remove(self, day: int, stratum: Stratum, name: int) -> None:
        """Remove a call that will settle again; a day that is no longer kept is unchanged."""
        group = self.days.get(day, {}).get(stratum)
        if group is not None and group.count:
            group.count -= 1
            group.calls = [each for each in group.calls if each.name != name]

    def counts(self, days: Iterable[int]) -> dict[Stratum, int]:
        """Return the number of calls of these days in each stratum."""
        kept = [self.days[day] for day in days if day in self.days]
        return {each: sum(groups[each].count for groups in kept if each in groups) for each in STRATA}

    def of(self, days: Iterable[int], stratum: Stratum) -> list[Drawable]:
        """Return the kept calls of a stratum on these days, by digest."""
        kept = (self.days[day].get(stratum) for day in days if day in self.days)
        return sorted(each for group in kept if group is not None for each in group.calls)

    def since(self, at: int, until: int, stratum: Stratum) -> list[Drawable]:
        """Return the kept calls of a stratum that entered from `at` to before `until` (ms), by digest."""
        return [each for each in self.of(self.days, stratum) if at <= each.at < until]

    def forget(self, before: int) -> None:
        """Forget the days before a local day."""
        for day in [day for day in self.days if day < before]:
            del self.days[day]
