"""Incidents of several offices that are one thing: a fault on one exchange, a provider's outage, a day when all lose.

Around each spell of an office (`streams.across.spells`) stand those of others that are alike to it. They are told as
one where more of the offices of a scope have such a spell than chance would give it (`streams.across.chance`), most of
those that are open then, and not as many elsewhere. The smallest scope that explains it is blamed; a larger one only
where the offices beyond the smaller one are too many by themselves. An office that was called meanwhile was not silent.
Where offices were silent from one opening to another they may have been closed, which is nothing of an exchange unless
the other offices of those regions were open; of a region or the nation it is a holiday.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import exp
from typing import Final, NamedTuple

from msgspec import Struct

from streams.across.chance import Chances
from streams.across.place import EQUIPMENT, SCOPES, OfficeHours, OfficePlace, Scope, SiteHeard
from streams.across.spells import Spell, alike_pairs, sorts_of, spells_of
from streams.across.thresholds import ACROSS
from streams.checks.hypergeometric import chance as drawn_chance
from streams.watch.counting import SILENCE
from streams.watch.incident import Incident, Standing, Verdict
from streams.watch.laws import Kind
from streams.watch.office import STANDINGS, near_opening, opens_at

YEAR: Final = 365.25  # days


class SharedFault(Struct, frozen=True):
    """Hold what several offices went through at once, and what of their scope."""

    sort: str  # `silence`, `overload` or a kind of miscount
    scope: Scope
    name: str  # of the exchange, the provider, the department or the region; empty for the nation
    parts: dict[str, list[Incident]]  # by site
    open: list[str]  # sites of the scope that were open meanwhile, the parts among them
    against: list[str]  # of those, the ones that speak against it: called while the others were silent, or without it
    expected: float  # how many of the open ones have such a spell by chance
    false_a_year: float  # how many such are told of independent faults in a year
    closing: bool  # they were silent from an opening to an opening

    @property
    def first(self) -> tuple[str, Incident]:
        """Return the incident that was told first, and its site: it stays the first while others come."""
        every = [(site, each) for site, told in self.parts.items() for each in told]
        return min(every, key=lambda each: (each[1].detected, each[0], each[1].id))

    @property
    def id(self) -> str:
        """Return its id, by its first incident: it stays while the scope grows."""
        site, incident = self.first
        return f"across-{site}-{incident.id}"

    @property
    def incidents(self) -> list[Incident]:
        """Return the incidents of all its sites."""
        return [each for told in self.parts.values() for each in told]

    @property
    def verdict(self) -> Verdict:
        """Return the one verdict of those of its parts that have been decided; else it is undecided."""
        decided = {each.verdict for each in self.incidents} - {"undecided"}
        return decided.pop() if len(decided) == 1 else "undecided"

    @property
    def kind(self) -> Kind:
        """Return the kind that most of its parts of this verdict have."""
        of_verdict = [each.kind for each in self.incidents if each.verdict == self.verdict]
        kinds = Counter(of_verdict or [each.kind for each in self.incidents])
        return min(kinds, key=lambda each: (-kinds[each], each))

    @property
    def status(self) -> Standing:
        """Return the status of the part that needs a person most."""
        return min((each.status for each in self.incidents), key=STANDINGS.index)

    @property
    def detected(self) -> int:
        """Return when its first part was told (epoch ms)."""
        return self.first[1].detected

    def bounds(self) -> tuple[int, int]:
        """Return from when to when its parts lasted (epoch ms)."""
        bounds = [each.bounds() for each in self.incidents]
        return min(start for start, _ in bounds), max(end for _, end in bounds)


def shared_faults(
    incidents: Mapping[str, Iterable[Incident]], offices: Iterable[OfficePlace], heard: SiteHeard
) -> list[SharedFault]:
    """Return what several offices went through at once, the earliest first; no incident is a part of two.

    `incidents` are those of each site; what a person dismissed counts for nothing.
    """
    placed = {each.site: each for each in offices}
    by_sort = _sorted(incidents, placed)
    if not any(len(by_site) > 1 for by_site in by_sort.values()):
        return []
    hours = OfficeHours(placed.values())
    days = sum((each.last - each.first).days + 1 for each in placed.values())
    spells = {
        sort: [spell for site, told in by_site.items() for spell in spells_of(site, told, hours, sort)]
        for sort, by_site in by_sort.items()
    }
    years = max(1.0, _span(placed.values()) / YEAR)
    tries = len(SCOPES) * sum(map(len, spells.values())) / years
    found: list[SharedFault] = []
    for sort, each in spells.items():
        found += _Scan(sort, each, placed, hours, Chances(each, hours, days), tries, heard).faults()
    return _apart(found)


class _Seen(NamedTuple):
    """Hold what of a scope is seen around a spell."""

    scope: Scope
    name: str
    open: frozenset[str]
    parts: frozenset[str]
    against: frozenset[str]

    @property
    def is_most(self) -> bool:
        """Tell whether most of those that could be heard of are parts."""
        return len(self.parts) > ACROSS.most * len(self.parts | self.against)


class _Told(NamedTuple):
    """Hold what is told around a spell."""

    log_chance: float
    seen: _Seen
    centre: Spell
    spells: list[Spell]
    expected: float


class _Scan:
    """Look through the spells of one sort."""

    def __init__(
        self,
        sort: str,
        spells: Sequence[Spell],
        placed: Mapping[str, OfficePlace],
        hours: OfficeHours,
        chances: Chances,
        tries: float,
        heard: SiteHeard,
    ) -> None:
        self._sort = sort
        self._pairs = alike_pairs(spells)
        self._placed = placed
        self._hours = hours
        self._chances = chances
        self._tries = tries
        self._heard = cache(heard)
        self._members = defaultdict[tuple[Scope, str], list[str]](list)
        for site, each in placed.items():
            for scope in SCOPES:
                if (name := each.named(scope)) is not None:
                    self._members[scope, name].append(site)

    def faults(self) -> Iterator[SharedFault]:
        """Yield what is told, the least likely by chance first; each takes the spells that are like its own."""
        told = [each for each in map(self._around, self._pairs) if each is not None]
        told.sort(key=lambda each: (each.log_chance, each.centre.first, each.centre.site))
        taken: set[Spell] = set()
        for each in told:
            if not taken.isdisjoint(each.spells):
                continue
            parts = self._with_others(each, taken)
            taken |= set(parts)
            yield self._fault(each, parts)

    def _around(self, centre: Spell) -> _Told | None:
        """Return what is told of the offices around one whose spell it is; None where it is its own alone."""
        others = self._pairs[centre]
        near = {centre.site: [centre]}
        for each in others:
            near.setdefault(each.site, []).append(each)
        told, chance = None, 0.0
        for scope in SCOPES:
            name = self._placed[centre.site].named(scope)
            if name is None or not self._could(centre, near, (scope, name), told):
                continue
            seen = self._seen(centre, near, scope, name)
            if centre.site in seen.against:
                return None
            own = self._log_chance(centre, near, seen.open, seen.parts, told)
            beyond = told is None or told.parts < seen.parts
            if beyond and self._is_rare(own) and seen.is_most and self._is_of(centre, near, seen):
                chance, told = min(own, chance), seen
        if told is None:
            return None
        expected = 1 + self._chances.share(centre) * (len(told.open) - 1)
        spells = [spell for site in sorted(told.parts) for spell in near[site]]
        return _Told(chance, told, centre, spells, expected)

    def _could(self, centre: Spell, near: Mapping[str, list[Spell]], of: tuple[Scope, str], told: _Seen | None) -> bool:
        """Tell whether a scope could be told, were none of its offices called: to hear each of them costs more."""
        parts = frozenset(near).intersection(self._members[of])
        if len(parts) < 2 or not self._is_rare(self._chances.least(centre, len(parts) - 1)):  # noqa: PLR2004 -- several
            return False
        is_open = parts | self._open_in(of, centre)
        if self._sort != SILENCE and len(parts) <= ACROSS.most * len(is_open):
            return False
        return self._is_rare(self._log_chance(centre, near, is_open, parts, told))

    def _seen(self, centre: Spell, near: Mapping[str, list[Spell]], scope: Scope, name: str) -> _Seen:
        parts = frozenset(near).intersection(self._members[scope, name])
        is_open = parts | self._open_in((scope, name), centre)
        if self._sort != SILENCE:
            return _Seen(scope, name, is_open, parts, is_open - parts)
        against = frozenset(site for site in is_open if self._was_called(site, near.get(site, [centre]), centre))
        return _Seen(scope, name, is_open, parts - against, against)

    def _open_in(self, of: tuple[Scope, str], centre: Spell) -> frozenset[str]:
        known: dict[int, bool] = {}  # by the hours, which offices mostly share
        found = []
        for site in self._members[of]:
            hours = id(self._hours.open[site])
            if hours not in known:
                known[hours] = self._is_open(site, centre)
            if known[hours]:
                found.append(site)
        return frozenset(found)

    def _is_open(self, site: str, centre: Spell) -> bool:
        """Tell whether an office is open in most of a spell's slots, or in service where these are closed ones."""
        return 2 * (self._hours.open[site] & centre.bits).bit_count() > centre.length

    def _was_called(self, site: str, spells: Iterable[Spell], centre: Spell) -> bool:
        """Tell whether an office is called in all of these spells while the centre is silent, edges aside."""
        return all(self._called(site, each, centre) for each in spells)

    def _called(self, site: str, spell: Spell, centre: Spell) -> bool:
        first, end = max(spell.first, centre.first) + 1, min(spell.end, centre.end) - 1
        return first < end and any(first <= each < end for each in self._heard(site, first, end))

    def _log_chance(
        self,
        centre: Spell,
        near: Mapping[str, list[Spell]],
        is_open: frozenset[str],
        parts: frozenset[str],
        told: _Seen | None,
    ) -> float:
        """Return the log-probability of so many parts beside the centre, or beyond those of what is told already."""
        known = frozenset({centre.site}) if told is None else told.open
        beside = [spell for spells in near.values() for spell in spells]
        return self._chances.log_chance(centre, len(parts - known), is_open - known, beside)

    def _is_rare(self, log_chance: float) -> bool:
        return self._tries * exp(log_chance) <= ACROSS.false_a_year

    def _is_of(self, centre: Spell, near: Mapping[str, list[Spell]], seen: _Seen) -> bool:
        """Tell whether the scope has to do with it: not as many others have such a spell, or all of them."""
        closing = self._closing(near, seen.parts)
        if closing and seen.scope not in EQUIPMENT:
            return False
        if seen.scope == "nation":
            return True
        regions = {self._placed[site].region for site in seen.parts}
        around = {
            site
            for site, each in self._placed.items()
            if not closing or None in regions or each.region in regions
            if site in near or self._is_open(site, centre)
        } | seen.open
        alike = around & near.keys()
        return drawn_chance(len(seen.parts), len(seen.open), len(alike), len(around)) <= ACROSS.elsewhere

    def _closing(self, near: Mapping[str, list[Spell]], parts: Collection[str]) -> bool:
        """Tell whether most parts are silent from an opening to an opening."""
        if self._sort != SILENCE:
            return False
        return 2 * sum(any(map(self._is_closing, near[site])) for site in parts) > len(parts)

    def _is_closing(self, spell: Spell) -> bool:
        def opened(slot_no: int) -> bool:
            return self._hours.is_open(spell.site, slot_no)

        return opens_at(spell.first, spell.end, opened) is not None and near_opening(spell.end, opened)

    def _with_others(self, told: _Told, taken: Collection[Spell]) -> list[Spell]:
        """Return the spells of what is told, and others of its scope that are alike to one of them."""
        parts = dict.fromkeys(told.spells)
        for spell in told.spells:
            for other in self._pairs[spell]:
                within = other.site in told.seen.open and other.site not in told.seen.against
                quiet = self._sort != SILENCE or not self._called(other.site, other, spell)
                if within and quiet and other not in taken:
                    parts.setdefault(other)
        return list(parts)

    def _fault(self, told: _Told, spells: Sequence[Spell]) -> SharedFault:
        parts = defaultdict[str, dict[str, Incident]](dict)
        for spell in spells:
            parts[spell.site] |= {each.id: each for each in spell.incidents}
        near = {site: [each for each in spells if each.site == site] for site in parts}
        return SharedFault(
            sort=self._sort,
            scope=told.seen.scope,
            name=told.seen.name,
            parts={site: list(parts[site].values()) for site in sorted(parts)},
            open=sorted(told.seen.open | parts.keys()),
            against=sorted(told.seen.against - parts.keys()),
            expected=told.expected,
            false_a_year=self._tries * exp(told.log_chance),
            closing=self._closing(near, parts),
        )


def _sorted(
    incidents: Mapping[str, Iterable[Incident]], placed: Collection[str]
) -> dict[str, dict[str, list[Incident]]]:
    """Return the incidents of each sort by site, of the offices that are placed."""
    found = defaultdict[str, defaultdict[str, list[Incident]]](lambda: defaultdict(list))
    for site in placed:
        for each in incidents.get(site, ()):
            for sort in sorts_of(each):
                found[sort][site].append(each)
    return {sort: dict(by_site) for sort, by_site in found.items()}


def _span(placed: Iterable[OfficePlace]) -> int:
    every = list(placed)
    return (max(each.last for each in every) - min(each.first for each in every)).days + 1


def _apart(found: Iterable[SharedFault]) -> list[SharedFault]:
    """Return what was found, but of two that share an incident the less likely by chance alone; the earliest first."""
    kept: list[SharedFault] = []
    taken: set[tuple[str, str]] = set()
    for fault in sorted(found, key=lambda each: (each.false_a_year, each.id)):
        own = {(site, each.id) for site, told in fault.parts.items() for each in told}
        if taken.isdisjoint(own):
            taken |= own
            kept.append(fault)
    return sorted(kept, key=lambda each: (each.bounds(), each.id))
