"""How often independent faults look like one: the null hypothesis for incidents across offices.

Under the null hypothesis the offices have their spells independently of each other. The chance that one office has a
spell like a given one is the greatest of the chances under three assumptions:

1. the recorded spells fall on any office, at any opening hour;
2. they fall on any week at the same hour of the week, because overloads come at certain hours;
3. the office has spells at its own rate, because some offices have them often.

The number of other offices with such a spell is then binomial. If their chances differ, the mean chance is used: its
binomial tail is not below the true tail (W. Hoeffding, On the distribution of the number of successes in independent
trials, 1956).
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
    """The chance that other offices have a spell like a given one, from all offices' spells of one sort."""

    def __init__(self, spells: Sequence[Spell], hours: OfficeHours, days: int) -> None:
        """`days` is the number of counted days, summed over all offices."""
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
        """Return the chance that any one other office has a spell like this one."""
        found = self._shares.get(spell)
        if found is None:
            found = self._shares[spell] = min(max(self._anywhere(spell), self._at_its_hour(spell)), _CERTAIN)
        return found

    def least(self, spell: Spell, hits: int) -> float:
        """Return a quick lower bound of the log-probability that `hits` other offices have such a spell too."""
        return hits * log(min(max(self._anywhere(spell), LEAST), _CERTAIN))

    def log_chance(self, spell: Spell, hits: int, others: Iterable[str], beside: Iterable[Spell]) -> float:
        """Return the log-probability that at least `hits` of the `others` (sites) have such a spell too.

        `beside` are the spells under test, which are left out of their offices' own rates.
        """
        sites, taken = list(others), set(beside)
        share = self.share(spell)
        mean = sum(max(share, self._own_share(site, spell, taken)) for site in sites) / max(len(sites), 1)
        return 0.0 if hits <= 0 else log_chance(hits, len(sites), min(mean, _CERTAIN))

    def _own_share(self, site: str, spell: Spell, taken: set[Spell]) -> float:
        """Return the chance that a site has such a spell, from its own spells at other times."""
        found = sum(places(spell.length, each.length) for each in self._own[site] if each not in taken)
        return found / max(self._hours.slots.get(site, 0), 1)

    def _anywhere(self, spell: Spell) -> float:
        """Return the chance that an office has such a spell, from all spells at any opening hour."""
        return sum(count * places(spell.length, other) for other, count in self._lengths.items()) / self._slots

    def _at_its_hour(self, spell: Spell) -> float:
        """Return the chance that an office has such a spell in any week at this hour of the week."""
        length, hits = spell.end - spell.first, 0
        for other in self._spells:
            first = other.first + WEEK * round((spell.first - other.first) / WEEK)
            own = other.end - other.first
            overlap = min(spell.end, first + own) - max(spell.first, first)
            hits += other is not spell and overlap >= shared(length, own)
        return 1 - exp(-hits / self._weeks)
