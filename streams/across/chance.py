"""How often independent faults look as one: the null that incidents across offices are held against.

Under the null each office has its spells alone, and a spell of the record could have come to any office, at any of its
opening hours. `Chances.share` is the chance that an office has a spell alike to a given one. How many other offices
have one is then binomial. Two more chances are reckoned. Overloads come at certain hours of the week, so a spell could
also have come in any week at its own hour. And an office that is often so keeps its own rate. The greatest of the three
counts. Where offices differ, their mean is taken: the binomial tail of the mean is not below theirs (W. Hoeffding, On
the distribution of the number of successes in independent trials, 1956).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import exp, log
from typing import Final

from streams.across.place import OfficeHours
from streams.across.spells import Spell, places, shared
from streams.checks.binomial import LEAST, log_chance
from streams.kept.times import SLOTS_A_DAY

WEEK: Final = 7 * SLOTS_A_DAY
_CERTAIN: Final = 1 - 1e-9


class Chances:
    """Hold the spells of one sort, of all offices, and how likely another office has one that is alike to one."""

    def __init__(self, spells: Sequence[Spell], hours: OfficeHours, days: int) -> None:
        """Take `days` as those that all offices together are counted."""
        self._spells = spells
        self._hours = hours
        self._weeks = max(days / 7, 1)
        self._lengths = Counter(each.length for each in spells)
        self._slots = max(sum(hours.slots.values()), 1)
        self._shares: dict[Spell, float] = {}
        self._own = defaultdict[str, list[Spell]](list)
        for each in spells:
            self._own[each.site].append(each)

    def share(self, spell: Spell) -> float:
        """Return the chance that any one other office has a spell alike to this one."""
        found = self._shares.get(spell)
        if found is None:
            found = self._shares[spell] = min(max(self._anywhere(spell), self._at_its_hour(spell)), _CERTAIN)
        return found

    def least(self, spell: Spell, hits: int) -> float:
        """Return a log-probability that so many others have one too: no greater than it is, and soon found."""
        return hits * log(min(max(self._anywhere(spell), LEAST), _CERTAIN))

    def log_chance(self, spell: Spell, hits: int, others: Iterable[str], beside: Iterable[Spell]) -> float:
        """Return the log-probability that `hits` or more of some `others` have one too.

        `beside` are the spells that are held against chance, and no rate of their offices' own.
        """
        sites, taken = list(others), set(beside)
        share = self.share(spell)
        mean = sum(max(share, self._own_share(site, spell, taken)) for site in sites) / max(len(sites), 1)
        return 0.0 if hits <= 0 else log_chance(hits, len(sites), min(mean, _CERTAIN))

    def _own_share(self, site: str, spell: Spell, taken: set[Spell]) -> float:
        """Return the same by what the office itself went through at other times."""
        found = sum(places(spell.length, each.length) for each in self._own[site] if each not in taken)
        return found / max(self._hours.slots.get(site, 0), 1)

    def _anywhere(self, spell: Spell) -> float:
        """Return the same by all opening hours of all offices."""
        return sum(count * places(spell.length, other) for other, count in self._lengths.items()) / self._slots

    def _at_its_hour(self, spell: Spell) -> float:
        """Return the same by the hour of the week: the share of all offices' weeks with another alike at its hour."""
        length, hits = spell.end - spell.first, 0
        for other in self._spells:
            first = other.first + WEEK * round((spell.first - other.first) / WEEK)
            own = other.end - other.first
            overlap = min(spell.end, first + own) - max(spell.first, first)
            hits += other is not spell and overlap >= shared(length, own)
        return 1 - exp(-hits / self._weeks)
