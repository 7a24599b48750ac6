"""Offices that are counted together: each as it would be alone, told in the order in which all of it arrives.

A site draws from seeds of its own, so that none changes with the others that are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import groupby
from math import exp, log
from operator import itemgetter
from typing import Final

from msgspec import Struct, field

from streams.events import TicketEvent, milliseconds
from streams.simulation.chance import chance
from streams.simulation.faults.fault import Fault
from streams.simulation.office import Office, OfficeDay
from streams.simulation.overload import Overload
from streams.simulation.simulate import Arrival, arrivals
from streams.simulation.truth import Truth
from streams.simulation.visits import ServiceProfile, ticket_events
from streams.simulation.world import World

# Sigma of the logarithm of a site's calls: French departments have from 76,000 to 2,600,000 inhabitants, and the range
# of 101 normal numbers is about five sigma.
SPREAD: Final = 0.7
STEP: Final = 1.25  # between two sizes


class SimulatedSite(Struct, frozen=True, kw_only=True):
    """Describe one office of a nation, and what befalls it."""

    office: Office
    days: Sequence[OfficeDay]
    seed: int
    services: tuple[ServiceProfile, ...] = ()
    faults: Sequence[Fault] = ()
    overloads: Sequence[Overload] = ()
    silences: Sequence[tuple[float, float]] = ()  # stretches in which no ticket is told of, epoch s


class TicketTotals(Struct):
    """Count tickets by what became of them."""

    issued: int = 0
    completed: int = 0
    no_show: int = 0

    def add(self, event: TicketEvent) -> None:
        """Count what an event says of its ticket."""
        if event.type in TicketTotals.__struct_fields__:
            setattr(self, event.type, getattr(self, event.type) + 1)


class TrueAndToldTickets(Struct):
    """Hold a service's true tickets beside those that the events tell."""

    true: TicketTotals = field(default_factory=TicketTotals)
    told: TicketTotals = field(default_factory=TicketTotals)


class SiteTruth(Struct):
    """Hold all that is true of a site; it is complete once every event has been drawn."""

    calls: Truth
    services: dict[str, TrueAndToldTickets]


def size_of(site: str, seed: int, spread: float = SPREAD) -> float:
    """Return a site's calls relative to the mean of all sites: log-normal, its logarithm with the sigma `spread`.

    Sizes stand on steps of a quarter, so that the lines of many sites are fitted together.
    """
    size = exp(spread * chance(seed, "size", site).gauss(0, 1) - spread**2 / 2)
    return STEP ** round(log(size) / log(STEP))


def seed_of(site: str, seed: int) -> int:
    """Return the seed of a site by that of the nation."""
    return chance(seed, "site", site).getrandbits(32)


def site_arrivals(site: SimulatedSite) -> tuple[Iterator[Arrival], SiteTruth]:
    """Return each event of a site with the moment at which it arrives (epoch ms), in order, and the truth.

    The lines are fitted at once; the truth fills while events are drawn. Raises `ValueError` as `simulate` does.
    """
    calls, known = arrivals(World(site.office, site.days, site.seed, site.overloads), site.faults)
    truth = SiteTruth(known, {service.service: TrueAndToldTickets() for service in site.services})
    visits = (_told(site, service, truth.services[service.service]) for service in site.services)
    return in_order([calls, *visits]), truth


def in_order(sites: Sequence[Iterator[Arrival]]) -> Iterator[Arrival]:
    """Yield what arrives from many sites, in order: only so do those that share a clock hear of each in its time."""
    return merge(*sites, key=itemgetter(0))


def _told(site: SimulatedSite, service: ServiceProfile, truth: TrueAndToldTickets) -> Iterator[Arrival]:
    """Yield the tickets of a service that are told of, a month at a time: a year of many sites is much to hold."""
    for (year, month), days in groupby(site.days, key=lambda day: (day.date.year, day.date.month)):
        seed = seed_of(f"{year}-{month}", site.seed)
        for event in ticket_events(service, list(days), site.office.site, seed):
            at = milliseconds(event.at)
            truth.true.add(event)
            if not any(start <= at / 1000 < end for start, end in site.silences):
                truth.told.add(event)
                yield at, event
