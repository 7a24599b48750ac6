"""Faults that several offices share: those of an exchange or a provider, and bad days of a whole nation.

The spells of offices that are alike (`streams.across.spells`) are searched for clusters that chance does not explain
(`streams.across.search`), one sort of spell at a time. Of two clusters that share an incident, the one less likely by
chance is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from msgspec import Struct

from streams.across.chance import Chances
from streams.across.office_groups import OfficeGroups
from streams.across.place import SCOPES, OfficePlace, Scope, SiteHeard
from streams.across.search import Cluster, Search
from streams.across.spells import Spell, sorts_of, spells_of
from streams.watch.incident import Incident, Standing, Verdict
from streams.watch.laws import Kind
from streams.watch.office import STANDINGS

YEAR: Final = 365.25  # days


class SharedFault(Struct, frozen=True):
    """A fault that several offices had at once, and how their scope explains it."""

    sort: str  # `silence`, `overload` or a kind of miscount
    scope: Scope
    name: str  # of the exchange, the provider, the department or the region; empty for the nation
    parts: dict[str, list[Incident]]  # by site
    open: list[str]  # sites of the scope that were open meanwhile, including those in `parts`
    against: list[str]  # open sites that were called during a silence, or that had no fault
    expected: float  # how many of the open sites would have such a spell by chance
    false_a_year: float  # how many such faults would be found in a year if all were independent
    closing: bool  # most sites were silent from one opening to another

    @property
    def first(self) -> tuple[str, Incident]:
        """Return the incident that was detected first, with its site; incidents that come later change nothing."""
        every = [(site, each) for site, incidents in self.parts.items() for each in incidents]
        return min(every, key=lambda each: (each[1].detected, each[0], each[1].id))

    @property
    def id(self) -> str:
        """Return an id made from the first incident, so that the id stays the same while the scope grows."""
        site, incident = self.first
        return f"across-{site}-{incident.id}"

    @property
    def incidents(self) -> list[Incident]:
        return [each for incidents in self.parts.values() for each in incidents]

    @property
    def verdict(self) -> Verdict:
        """Return the verdict that all decided incidents share, or `undecided`."""
        decided = {each.verdict for each in self.incidents} - {"undecided"}
        return decided.pop() if len(decided) == 1 else "undecided"

    @property
    def kind(self) -> Kind:
        """Return the most frequent kind among the incidents with this verdict."""
        of_verdict = [each.kind for each in self.incidents if each.verdict == self.verdict]
        kinds = Counter(of_verdict or [each.kind for each in self.incidents])
        return min(kinds, key=lambda each: (-kinds[each], each))

    @property
    def status(self) -> Standing:
        """Return the status of the incident that most needs a person."""
        return min((each.status for each in self.incidents), key=STANDINGS.index)

    @property
    def detected(self) -> int:
        return self.first[1].detected

    def bounds(self) -> tuple[int, int]:
        """Return when the first incident began and the last one ended (epoch ms)."""
        bounds = [each.bounds() for each in self.incidents]
        return min(start for start, _ in bounds), max(end for _, end in bounds)


def shared_faults(
    incidents: Mapping[str, Iterable[Incident]], places: Iterable[OfficePlace], heard: SiteHeard
) -> list[SharedFault]:
    """Return the faults that offices share, the earliest first; no incident is part of two faults.

    `incidents` are by site. Dismissed incidents are ignored.
    """
    known = {each.site: each for each in places}
    by_sort = _by_sort(incidents, known)
    if not any(len(by_site) > 1 for by_site in by_sort.values()):
        return []
    offices = OfficeGroups(known.values(), heard)
    spells = {
        sort: [spell for site, own in by_site.items() for spell in spells_of(site, own, offices.hours, sort)]
        for sort, by_site in by_sort.items()
    }
    years = max(1.0, offices.span / YEAR)
    tries_a_year = len(SCOPES) * sum(map(len, spells.values())) / years
    found: list[SharedFault] = []
    for sort, of_sort in spells.items():
        search = Search(sort, of_sort, offices, Chances(of_sort, offices.hours, offices.days), tries_a_year)
        found += [_fault(sort, cluster, search) for cluster in search.clusters()]
    return _disjoint(found)


def _by_sort(
    incidents: Mapping[str, Iterable[Incident]], sites: Collection[str]
) -> dict[str, dict[str, list[Incident]]]:
    """Return the incidents of some sites by sort, then by site."""
    found = defaultdict[str, defaultdict[str, list[Incident]]](lambda: defaultdict(list))
    for site in sites:
        for each in incidents.get(site, ()):
            for sort in sorts_of(each):
                found[sort][site].append(each)
    return {sort: dict(by_site) for sort, by_site in found.items()}


def _fault(sort: str, cluster: Cluster, search: Search) -> SharedFault:
    view = cluster.view
    spells = defaultdict[str, list[Spell]](list)
    for spell in cluster.spells:
        spells[spell.site].append(spell)
    parts = {site: [each for spell in spells[site] for each in spell.incidents] for site in sorted(spells)}
    return SharedFault(
        sort=sort,
        scope=view.scope,
        name=view.name,
        parts=parts,
        open=sorted(view.open_sites | parts.keys()),
        against=sorted(view.contrary_sites - parts.keys()),
        expected=cluster.expected_sites,
        false_a_year=search.false_a_year(cluster.log_chance),
        closing=search.is_closing(spells),
    )


def _disjoint(faults: Iterable[SharedFault]) -> list[SharedFault]:
    """Return faults that share no incident, the earliest first; of two that do, the less likely by chance is kept."""
    kept: list[SharedFault] = []
    taken: set[tuple[str, str]] = set()
    for fault in sorted(faults, key=lambda each: (each.false_a_year, each.id)):
        own = {(site, each.id) for site, incidents in fault.parts.items() for each in incidents}
        if taken.isdisjoint(own):
            taken |= own
            kept.append(fault)
    return sorted(kept, key=lambda each: (each.bounds(), each.id))
