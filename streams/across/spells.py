"""Spells, which are incidents of an office's lines that happened at once, and their likeness between offices.

Silences are one sort, overloads another, and each kind of miscount is a sort of its own. An undecided drift is also an
overload, because small offices often have too few calls to be certain.
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
    """Incidents of one office that happened at once, and the slots that all of them share."""

    site: str
    incidents: list[Incident]
    first: int  # slot
    end: int  # the slot after the last
    bits: int  # the slots in which the office is open, as in `OfficeHours`; all slots if the sort is closed hours
    length: int  # how many slots `bits` has


def sorts_of(incident: Incident) -> Iterator[str]:
    """Yield the sorts that an incident belongs to; none if a person dismissed it."""
    if incident.status == "dismissed":
        return
    if incident.cause == SILENCE:
        yield SILENCE
        return
    yield incident.kind
    if incident.verdict == "undecided" and incident.kind == "drift":
        yield OVERLOAD


def spells_of(site: str, incidents: Iterable[Incident], hours: OfficeHours, sort: str) -> list[Spell]:
    """Return an office's spells of one sort, in order; incidents that are all alike form one spell."""
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
    """Return whether two spells share enough opening hours to have one cause."""
    return (one.bits & other.bits).bit_count() >= shared(one.length, other.length)


def shared(length: int, other: int) -> int:
    """Return how many slots two spells of these lengths (slots) must share to be alike.

    >>> shared(4, 4), shared(2, 8), shared(1, 8)
    (2, 2, 2)
    """
    short, long = sorted((length, other))
    return max(1, ceil(max(ACROSS.of_shorter * short, ACROSS.of_longer * long)))


def places(length: int, other: int) -> int:
    """Return at how many slots a spell of `length` (slots) can begin and be like a fixed spell of the `other` length.

    >>> places(4, 4), places(1, 8)
    (5, 0)
    """
    need = shared(length, other)
    return 0 if need > min(length, other) else length + other - 2 * need + 1


def alike_pairs(spells: Sequence[Spell]) -> dict[Spell, list[Spell]]:
    """Return for each spell the spells of other offices that are like it."""
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
