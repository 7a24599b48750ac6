"""A counter service's days: visitors draw a number, wait for a counter that is free, and some have left by then."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapreplace
from typing import Final

import numpy as np
from msgspec import Struct

from streams.events import TicketEvent, TicketType, milliseconds
from streams.simulation.arrivals import Shape
from streams.simulation.chance import chance, draws
from streams.simulation.office import HOURS, MONTHS, WEEKDAYS, OfficeDay

SOURCE: Final = "counters"
WALK: Final = (5_000, 40_000)  # ms from the call to the counter
TIDYING: Final = (5_000, 60_000)  # ms from the end of a visit to the next call
RECALLED: Final = 60_000  # ms after the call of somebody who has left
GIVEN_UP: Final = 120_000  # ms after the same
SPREAD: Final = 0.6  # sigma of the logarithm of times in service


class Desk(Struct, frozen=True, kw_only=True):
    """Describe a counter service; `time_in_service` is its mean over a period, in seconds."""

    service: str
    visitors_a_day: float
    counters: int
    time_in_service: float
    no_show: float = 0.04


class _Visitor(Struct):
    """Hold who draws a number at a moment (epoch ms), `stays` to be called, and is served for so long (ms)."""

    day: OfficeDay
    ticket: str
    issued: int
    stays: bool
    time: float


def visits(desk: Desk, days: Sequence[OfficeDay], site: str, seed: int) -> list[TicketEvent]:
    """Return what is told of a service's tickets over these days, in order.

    First come, first served, by the counter that is free longest; who is there when the office closes is still served.
    """
    random = chance(seed, desk.service)
    free = [(0, f"{number}") for number in range(1, desk.counters + 1)]
    told: list[TicketEvent] = []
    for visitor in _visitors(desk, days, seed):
        since, counter = free[0]
        called = max(since, visitor.issued + WALK[0])
        moments: dict[TicketType, int] = {"issued": visitor.issued, "called": called}
        if visitor.stays:
            served = called + random.randint(*WALK)
            moments |= {"served": served, "completed": served + round(visitor.time)}
        else:
            moments |= {"recalled": called + RECALLED, "no_show": called + GIVEN_UP}
        heapreplace(free, (max(moments.values()) + random.randint(*TIDYING), counter))
        told += (
            TicketEvent(
                id=f"{desk.service}:{visitor.day.date}:{visitor.ticket}:{kind}",
                source=SOURCE,
                site=site,
                service=desk.service,
                ticket=visitor.ticket,
                type=kind,
                at=at / 1000,
                counter=None if kind == "issued" else counter,
            )
            for kind, at in moments.items()
        )
    return sorted(told, key=lambda event: milliseconds(event.at))


def _visitors(desk: Desk, days: Sequence[OfficeDay], seed: int) -> list[_Visitor]:
    """Return who comes on these days, in order; numbers begin anew every day."""
    found: list[_Visitor] = []
    for day in days:
        if not day.opened:
            continue
        drawn = draws(seed, desk.service, day.date)
        shape = Shape(HOURS, [(opens - day.start, closes - day.start) for opens, closes in day.opened])
        many = desk.visitors_a_day * WEEKDAYS[day.date.weekday()] * MONTHS[day.date.month - 1]
        issued = np.sort(shape.moments(drawn.random(drawn.poisson(many))))
        stays = drawn.random(len(issued)) >= desk.no_show
        times = drawn.lognormal(0.0, SPREAD, len(issued))
        found += (
            _Visitor(day, f"A{number:03}", round((day.start + moment) * 1000), stay, time)
            for number, (moment, stay, time) in enumerate(
                zip(issued.tolist(), stays.tolist(), times.tolist(), strict=True), 1
            )
        )
    served = [each.time for each in found if each.stays]
    unit = desk.time_in_service * 1000 * len(served) / sum(served)  # so that the mean is the one asked for
    for each in found:
        each.time *= unit
    return found
