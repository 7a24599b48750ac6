"""A counter service's days: visitors draw a number and wait for a free counter; some leave before they are called."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapreplace
from typing import Final

import numpy as np
from msgspec import Struct

from streams.events import TicketEvent, TicketType, milliseconds
from streams.simulation.arrivals import Shape
from streams.simulation.chance import chance, draws
from streams.simulation.office import CALLS_BY_HOUR, CALLS_BY_MONTH, CALLS_BY_WEEKDAY, OfficeDay

TICKET_SOURCE: Final = "counters"
WALK: Final = (5_000, 40_000)  # ms from the call to the counter
TIDYING: Final = (5_000, 60_000)  # ms from the end of a visit to the next call
RECALLED: Final = 60_000  # ms from the first to the second call of a visitor who has left
GIVEN_UP: Final = 120_000  # ms from the first call of such a visitor to the no-show
SPREAD: Final = 0.6  # sigma of the logarithm of times in service


class ServiceProfile(Struct, frozen=True, kw_only=True):
    """The usual characteristics of a counter service."""

    service: str
    visitors_a_day: float
    counters: int
    time_in_service: float  # mean over a period, s
    no_show: float = 0.04  # share of the visitors


class _Visitor(Struct):
    """A visitor with a number."""

    day: OfficeDay
    ticket: str
    issued: int  # epoch ms
    stays: bool  # maximum wait, ms
    time: float  # in service, ms


def ticket_events(profile: ServiceProfile, days: Sequence[OfficeDay], site: str, seed: int) -> list[TicketEvent]:
    """Return the events of a service's tickets over these days, in order.

    First come, first served, by the counter that has been free longest; visitors present at closing time are still
    served.
    """
    random = chance(seed, profile.service)
    free = [(0, f"{number}") for number in range(1, profile.counters + 1)]
    events: list[TicketEvent] = []
    for visitor in _visitors(profile, days, seed):
        since, counter = free[0]
        called = max(since, visitor.issued + WALK[0])
        moments: dict[TicketType, int] = {"issued": visitor.issued, "called": called}
        if visitor.stays:
            served = called + random.randint(*WALK)
            moments |= {"served": served, "completed": served + round(visitor.time)}
        else:
            moments |= {"recalled": called + RECALLED, "no_show": called + GIVEN_UP}
        heapreplace(free, (max(moments.values()) + random.randint(*TIDYING), counter))
        events += (
            TicketEvent(
                id=f"{profile.service}:{visitor.day.date}:{visitor.ticket}:{kind}",
                source=TICKET_SOURCE,
                site=site,
                service=profile.service,
                ticket=visitor.ticket,
                type=kind,
                at=at / 1000,
                counter=None if kind == "issued" else counter,
            )
            for kind, at in moments.items()
        )
    return sorted(events, key=lambda event: milliseconds(event.at))


def _visitors(profile: ServiceProfile, days: Sequence[OfficeDay], seed: int) -> list[_Visitor]:
    """Return the visitors of these days, in order. Numbers restart every day."""
    visitors: list[_Visitor] = []
    for day in days:
        if not day.opened:
            continue
        drawn = draws(seed, profile.service, day.date)
        shape = Shape(CALLS_BY_HOUR, [(opens - day.start, closes - day.start) for opens, closes in day.opened])
        many = profile.visitors_a_day * CALLS_BY_WEEKDAY[day.date.weekday()] * CALLS_BY_MONTH[day.date.month - 1]
        issued = np.sort(shape.moments(drawn.random(drawn.poisson(many))))
        stays = drawn.random(len(issued)) >= profile.no_show
        times = drawn.lognormal(0.0, SPREAD, len(issued))
        visitors += (
            _Visitor(day, f"A{number:03}", round((day.start + moment) * 1000), stay, time)
            for number, (moment, stay, time) in enumerate(
                zip(issued.tolist(), stays.tolist(), times.tolist(), strict=True), 1
            )
        )
    served = [each.time for each in visitors if each.stays]
    if not served:
        return visitors
    unit = profile.time_in_service * 1000 * len(served) / sum(served)  # so that the profile's mean is met
    for each in visitors:
        each.time *= unit
    return visitors
