"""Several offices counted together. Each is simulated as if alone; their events are merged in the order of arrival.

Each site has its own random seeds, so no site changes with the choice of others.
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
STEP: Final = 1.25  # ratio of adjacent sizes


class SimulatedSite(Struct, frozen=True, kw_only=True):
    """One office of a nation, and its faults."""

    office: Office
    days: Sequence[OfficeDay]
    seed: int
    services: tuple[ServiceProfile, ...] = ()
    faults: Sequence[Fault] = ()
    overloads: Sequence[Overload] = ()
    silences: Sequence[tuple[float, float]] = ()  # stretches without ticket events, epoch s


class TicketTotals(Struct):
    """Tickets by outcome."""

    issued: int = 0
    completed: int = 0
    no_show: int = 0

    def add(self, event: TicketEvent) -> None:
        if event.type in TicketTotals.__struct_fields__:
            setattr(self, event.type, getattr(self, event.type) + 1)


class TrueAndToldTickets(Struct):
    """A service's true tickets, and those in the events."""

    true: TicketTotals = field(default_factory=TicketTotals)
    told: TicketTotals = field(default_factory=TicketTotals)


class SiteTruth(Struct):
    """The truth about a site, complete once every event has been generated."""

    calls: Truth
    services: dict[str, TrueAndToldTickets]


def size_of(site: str, seed: int, spread: float = SPREAD) -> float:
    """Return a site's calls relative to the mean site: log-normal, with the sigma `spread` of the logarithm.

    Sizes are rounded to steps of a quarter, so that the lines of many sites can use the same fit.
    """
    size = exp(spread * chance(seed, "size", site).gauss(0, 1) - spread**2 / 2)
    return STEP ** round(log(size) / log(STEP))


def seed_of(site: str, seed: int) -> int:
    return chance(seed, "site", site).getrandbits(32)


def site_arrivals(site: SimulatedSite) -> tuple[Iterator[Arrival], SiteTruth]:
    """Return a site's events with their moments of arrival (epoch ms), in order, and the truth.

    The lines are fitted immediately; the truth is filled while events are generated. Raise `ValueError` as `simulate`
    does.
    """
    calls, known = arrivals(World(site.office, site.days, site.seed, site.overloads), site.faults)
    truth = SiteTruth(known, {service.service: TrueAndToldTickets() for service in site.services})
    visits = (_told(site, service, truth.services[service.service]) for service in site.services)
    return in_order([calls, *visits]), truth


def in_order(sites: Sequence[Iterator[Arrival]]) -> Iterator[Arrival]:
    """Merge the arrivals of several sites, so that those with a shared clock see events in time order."""
    return merge(*sites, key=itemgetter(0))


def _told(site: SimulatedSite, service: ServiceProfile, truth: TrueAndToldTickets) -> Iterator[Arrival]:
    """Yield a service's reported tickets, a month at a time, because a year of many sites needs much memory."""
    for (year, month), days in groupby(site.days, key=lambda day: (day.date.year, day.date.month)):
        seed = seed_of(f"{year}-{month}", site.seed)
        for event in ticket_events(service, list(days), site.office.site, seed):
            at = milliseconds(event.at)
            truth.true.add(event)
            if not any(start <= at / 1000 < end for start, end in site.silences):
                truth.told.add(event)
                yield at, event
