"""The search for shared faults among the spells of one sort.

Each spell is a seed, compared with the spells of other offices that are like it. For each scope that the seed's office
belongs to, the smallest first, four questions decide whether the scope is to blame:

1. Would chance affect as many of its open offices? If all faults were independent, the number would be binomial
   (`streams.across.chance`; W. Hoeffding, 1956). Its tail, times all spells and scopes tried in a year, is the rate of
   false findings, and must not exceed `ACROSS.false_a_year`.
2. Are most of its offices affected? Offices that were called contradict a silence; offices that were open without an
   overload or a miscount contradict one.
3. Are as many affected elsewhere? Then the scope has nothing to do with it (R. A. Fisher's exact test, 1935).
4. Were the offices only closed? Most are then silent from one opening to another. In a department, a region or the
   nation, that is a holiday. An exchange or a provider is blamed if other offices of the same regions were open.

A larger scope replaces a smaller one only if its additional affected offices alone are more than chance explains.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import exp
from typing import NamedTuple

from streams.across.chance import Chances
from streams.across.office_groups import OfficeGroups
from streams.across.place import EQUIPMENT, NATION, SCOPES, Scope
from streams.across.spells import Spell, alike_pairs
from streams.across.thresholds import ACROSS
from streams.checks.hypergeometric import chance as drawn_chance
from streams.watch.counting import SILENCE


class Neighbourhood(NamedTuple):
    """A seed, and by site the spells that are like it, including the seed."""

    seed: Spell
    spells: dict[str, list[Spell]]


class ScopeView(NamedTuple):
    """The offices of one scope around a seed."""

    scope: Scope
    name: str
    open_sites: frozenset[str]  # open in most of the seed's slots, or affected
    affected_sites: frozenset[str]  # with a spell like the seed
    contrary_sites: frozenset[str]  # open without the fault

    @property
    def is_mostly_affected(self) -> bool:
        """Return whether most of the offices that are affected or contrary are affected."""
        return len(self.affected_sites) > ACROSS.most * len(self.affected_sites | self.contrary_sites)


class Cluster(NamedTuple):
    """Spells of several offices that a fault of one scope explains."""

    seed: Spell
    view: ScopeView
    spells: list[Spell]
    log_chance: float  # the smallest of all scopes blamed on the way to this one
    expected_sites: float  # how many open sites would be affected by chance, including the seed's


class Search:
    """Look for clusters among the spells of one sort; `tries_a_year` is how many spells and scopes are tried."""

    def __init__(
        self, sort: str, spells: Sequence[Spell], offices: OfficeGroups, chances: Chances, tries_a_year: float
    ) -> None:
        self._silence = sort == SILENCE
        self._alike = alike_pairs(spells)
        self._offices = offices
        self._chances = chances
        self._tries_a_year = tries_a_year

    def clusters(self) -> Iterator[Cluster]:
        """Yield clusters, the least likely by chance first; no spell is in two of them."""
        found = [cluster for seed in self._alike if (cluster := self._explain(seed)) is not None]
        found.sort(key=lambda each: (each.log_chance, each.seed.first, each.seed.site))
        taken: set[Spell] = set()
        for cluster in found:
            if taken.isdisjoint(cluster.spells):
                spells = self._grown(cluster, taken)
                taken.update(spells)
                yield cluster._replace(spells=spells)

    def false_a_year(self, log_chance: float) -> float:
        """Return how many clusters with this log-probability independent faults would give in a year."""
        return self._tries_a_year * exp(log_chance)

    def is_closing(self, spells: Mapping[str, Iterable[Spell]]) -> bool:
        """Return whether most of these sites, given with their spells, may have been closed rather than silent."""
        if not self._silence:
            return False
        return 2 * sum(any(map(self._offices.may_be_closed, each)) for each in spells.values()) > len(spells)

    def _explain(self, seed: Spell) -> Cluster | None:
        """Return the cluster around a seed, or None if no scope is to blame."""
        around = Neighbourhood(seed, {seed.site: [seed]})
        for spell in self._alike[seed]:
            around.spells.setdefault(spell.site, []).append(spell)
        blamed: ScopeView | None = None
        least = 0.0
        for scope in SCOPES:
            name = self._offices.places[seed.site].named(scope)
            if name is None:
                continue
            view = self._view(around, scope, name)
            if not self._is_worth_hearing(around, view, blamed):
                continue
            if self._silence:
                view = self._heard(around, view)
            if seed.site in view.contrary_sites:
                return None
            log_chance = self._log_chance(around, view, blamed)
            is_larger = blamed is None or blamed.affected_sites < view.affected_sites
            if is_larger and self._is_rare(log_chance) and view.is_mostly_affected and self._is_of_scope(around, view):
                blamed, least = view, min(log_chance, least)
        if blamed is None:
            return None
        expected_sites = 1 + self._chances.share(seed) * (len(blamed.open_sites) - 1)
        spells = [spell for site in sorted(blamed.affected_sites) for spell in around.spells[site]]
        return Cluster(seed, blamed, spells, least, expected_sites)

    def _view(self, around: Neighbourhood, scope: Scope, name: str) -> ScopeView:
        """Return a scope around a seed, without checking whether its offices were called."""
        places = self._offices.places
        affected = frozenset(site for site in around.spells if places[site].named(scope) == name)
        is_open = affected | self._offices.open_sites(scope, name, around.seed)
        return ScopeView(scope, name, is_open, affected, frozenset() if self._silence else is_open - affected)

    def _is_worth_hearing(self, around: Neighbourhood, view: ScopeView, blamed: ScopeView | None) -> bool:
        """Return whether a scope could be blamed if none of its offices was called. Checking their calls costs more."""
        others = len(view.affected_sites) - 1
        return (
            others > 0
            and self._is_rare(self._chances.least(around.seed, others))
            and view.is_mostly_affected
            and self._is_rare(self._log_chance(around, view, blamed))
        )

    def _heard(self, around: Neighbourhood, view: ScopeView) -> ScopeView:
        """Return a scope of silences, with the offices that were called as contrary instead of affected."""
        contrary = frozenset(
            site
            for site in view.open_sites
            if all(
                self._offices.was_called(site, spell, around.seed) for spell in around.spells.get(site, [around.seed])
            )
        )
        return view._replace(affected_sites=view.affected_sites - contrary, contrary_sites=contrary)

    def _log_chance(self, around: Neighbourhood, view: ScopeView, blamed: ScopeView | None) -> float:
        """Return the log-probability of the affected sites, without the scope that is blamed already."""
        known = blamed.open_sites if blamed is not None else frozenset({around.seed.site})
        beside = [spell for spells in around.spells.values() for spell in spells]
        return self._chances.log_chance(around.seed, len(view.affected_sites - known), view.open_sites - known, beside)

    def _is_rare(self, log_chance: float) -> bool:
        return self.false_a_year(log_chance) <= ACROSS.false_a_year

    def _is_of_scope(self, around: Neighbourhood, view: ScopeView) -> bool:
        """Return whether the offices outside a scope are affected less, and those inside were not just closed."""
        closing = self.is_closing({site: around.spells[site] for site in view.affected_sites})
        if closing and view.scope not in EQUIPMENT:
            return False
        if view.scope == "nation":
            return True
        places = self._offices.places
        compared: Collection[str] = around.spells.keys() | self._offices.open_sites("nation", NATION, around.seed)
        regions = {places[site].region for site in view.affected_sites}
        if closing and None not in regions:
            compared = [site for site in compared if places[site].region in regions]
        compared = view.open_sites.union(compared)
        affected = compared & around.spells.keys()
        chance = drawn_chance(len(view.affected_sites), len(view.open_sites), len(affected), len(compared))
        return chance <= ACROSS.elsewhere

    def _grown(self, cluster: Cluster, taken: Collection[Spell]) -> list[Spell]:
        """Return the spells of a cluster, and further spells of its scope that are like one of them and not taken."""
        sites = cluster.view.open_sites - cluster.view.contrary_sites
        spells = dict.fromkeys(cluster.spells)
        for spell in cluster.spells:
            for other in self._alike[spell]:
                called = self._silence and self._offices.was_called(other.site, other, spell)
                if other.site in sites and other not in taken and not called:
                    spells.setdefault(other)
        return list(spells)
