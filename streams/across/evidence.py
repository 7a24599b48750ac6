"""The evidence of a fault that offices share: figures, and the facts of a sentence."""

from __future__ import annotations

from math import floor, log
from typing import Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from streams.across.place import Scope
from streams.across.shared import SharedFault
from streams.watch.incident import Evidence

CHECK: Final = "across offices"
_LEAST: Final = 1e-12  # a year


class Together(NamedTuple):
    """Offices of one scope that had the same fault at the same time; chance alone does that once in `years` years."""

    sort: str
    scope: Scope
    name: str
    offices: int
    open: int
    years: int


class Against(NamedTuple):
    """Sites that a fault of this sort should have affected, but did not."""

    sort: str
    sites: list[str]


class Closing(NamedTuple):
    """Offices that were silent from one opening to another, while their neighbours were open."""


SharedFacts: TypeAlias = Together | Against | Closing


class SharedEvidence(NamedTuple):
    """A sign that a fault is shared."""

    observed: float | None  # offices
    expected: float | None  # offices
    score: float  # nats against chance
    facts: SharedFacts


def shared_evidence(fault: SharedFault) -> list[SharedEvidence]:
    offices, false_a_year = len(fault.parts), max(fault.false_a_year, _LEAST)
    facts = Together(fault.sort, fault.scope, fault.name, offices, len(fault.open), floor(1 / false_a_year))
    found = [SharedEvidence(float(offices), round(fault.expected, 2), round(-log(false_a_year), 2), facts)]
    if fault.against:
        found.append(SharedEvidence(float(len(fault.against)), None, 0.0, Against(fault.sort, fault.against)))
    if fault.closing:
        found.append(SharedEvidence(None, None, 0.0, Closing()))
    return found


def site_evidence(fault: SharedFault) -> list[Evidence]:
    return [
        replace(each, subject=site, calls=[])
        for site, incidents in fault.parts.items()
        for each in incidents[0].evidence[:1]
    ]
