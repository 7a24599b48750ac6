"""A spell: what one office went through, whichever of its lines told it; and which spells of two offices are alike.

Silences are of one sort, overloads of one, and each kind of miscount is a sort of its own. What nobody could decide,
and no mechanism explains, may be an overload too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import Final

from msgspec import Struct

from streams.across.place import OfficeHours
from streams.across.thresholds import ACROSS
from streams.kept.times import QUARTER_MS
from streams.watch.counting import SILENCE
from streams.watch.incident import Incident

CLOSED: Final = "closed-hours"
OVERLOAD: Final = "overload"


class Spell(Struct, frozen=True, eq=False):
    """Hold the incidents of one office that are one thing, and the stretch that all of them share."""

    site: str
    incidents: list[Incident]
    first: int  # slot
    end: int  # the slot after the last
    bits: int  # its slots in which the office is open, as `OfficeHours` has them
    length: int  # how many those are


def sorts_of(incident: Incident) -> Iterator[str]:
    """Yield the sorts that an incident belongs to: none, if a person dismissed it."""
    if incident.status == "dismissed":
        return
    if incident.cause == SILENCE:
        yield SILENCE
        return
    yield incident.kind
    if incident.verdict == "undecided" and incident.kind == "drift":
        yield OVERLOAD


def spells_of(site: str, incidents: Iterable[Incident], hours: OfficeHours, sort: str) -> list[Spell]:
    """Return what an office went through of one sort, in order: incidents of its lines that are all alike are one."""
    spells: list[Spell] = []
    groups: list[list[Spell]] = []
    for incident in sorted(incidents, key=lambda each: (each.bounds(), each.id)):
        start, end = incident.bounds()
        first, after = start // QUARTER_MS, -(-end // QUARTER_MS)
        bits = hours.stretch(first, after)
        if sort != CLOSED:
            bits &= hours.open[site]
        if not bits:
            continue
        alone = Spell(site, [incident], first, after, bits, bits.bit_count())
        group = next((each for each in groups if all(alike(alone, other) for other in each)), None)
        if group is None:
            groups.append([alone])
        else:
            group.append(alone)
    for group in groups:
        bits = group[0].bits
        for each in group[1:]:
            bits &= each.bits
        told = [incident for each in group for incident in each.incidents]
        first, end = max(each.first for each in group), min(each.end for each in group)
        spells.append(Spell(site, told, first, end, bits, bits.bit_count()))
    return spells


def alike(one: Spell, other: Spell) -> bool:
    """Tell whether two spells share enough of their opening hours to be one thing."""
    return (one.bits & other.bits).bit_count() >= shared(one.length, other.length)


def shared(length: int, other: int) -> int:
    """Return how many slots two spells of these lengths (slots) share at least if they are alike.

    >>> shared(4, 4), shared(2, 8), shared(1, 8)
    (2, 2, 2)
    """
    short, long = sorted((length, other))
    return max(1, ceil(max(ACROSS.of_shorter * short, ACROSS.of_longer * long)))


def places(length: int, other: int) -> int:
    """Return at how many places a spell of one length (slots) could begin and be alike to one of the other.

    >>> places(4, 4), places(1, 8)
    (5, 0)
    """
    need = shared(length, other)
    return 0 if need > min(length, other) else length + other - 2 * need + 1


def alike_pairs(spells: Sequence[Spell]) -> dict[Spell, list[Spell]]:
    """Return of each spell those of other offices that are alike to it."""
    found: dict[Spell, list[Spell]] = {each: [] for each in spells}
    going_on: list[Spell] = []
    for spell in sorted(spells, key=lambda each: each.first):
        going_on = [each for each in going_on if each.end > spell.first]
        for other in going_on:
            if other.site != spell.site and alike(spell, other):
                found[spell].append(other)
                found[other].append(spell)
        going_on.append(spell)
    return found
