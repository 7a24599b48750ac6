"""The offices of a nation that may share faults: which of them belong to a scope, are open, or are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from streams.across.place import SCOPES, OfficeHours, OfficePlace, Scope, SiteHeard
from streams.across.spells import Spell
from streams.watch.office import near_opening, opens_at


class OfficeGroups:
    """The `places` of offices by site, and their `hours`; `heard` returns the slots in which a site was called."""

    def __init__(self, places: Iterable[OfficePlace], heard: SiteHeard) -> None:
        self.places = {each.site: each for each in places}
        self.hours = OfficeHours(self.places.values())
        self._heard = cache(heard)
        # Sites of each scope by opening hours. Most offices share their hours, so equal hours are compared only once.
        self._by_hours = defaultdict[tuple[Scope, str], defaultdict[int, list[str]]](lambda: defaultdict(list))
        for site, place in self.places.items():
            for scope in SCOPES:
                if (name := place.named(scope)) is not None:
                    self._by_hours[scope, name][self.hours.open[site]].append(site)

    @property
    def days(self) -> int:
        """Return the number of counted days, summed over all offices."""
        return sum((each.last - each.first).days + 1 for each in self.places.values())

    @property
    def span(self) -> int:
        """Return the number of days from the first to the last day on which any office is counted."""
        every = self.places.values()
        return (max(each.last for each in every) - min(each.first for each in every)).days + 1

    def open_sites(self, scope: Scope, name: str, spell: Spell) -> frozenset[str]:
        """Return the sites of a scope that are open in most slots of a spell."""
        return frozenset(
            site
            for hours, sites in self._by_hours[scope, name].items()
            if 2 * (hours & spell.bits).bit_count() > spell.length
            for site in sites
        )

    def was_called(self, site: str, spell: Spell, silence: Spell) -> bool:
        """Return whether a site was called during both a spell and a silence, apart from the first and last slot."""
        first, end = max(spell.first, silence.first) + 1, min(spell.end, silence.end) - 1
        return first < end and any(first <= slot_no < end for slot_no in self._heard(site, first, end))

    def may_be_closed(self, silence: Spell) -> bool:
        """Return whether a silence lasts from one opening of its office to another."""

        def opened(slot_no: int) -> bool:
            return self.hours.is_open(silence.site, slot_no)

        return opens_at(silence.first, silence.end, opened) is not None and near_opening(silence.end, opened)
