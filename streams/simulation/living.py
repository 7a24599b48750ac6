"""A day in Lozère with a real overload on one line and a miscount on another, for a demonstration of the board."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import Final

from msgspec.structs import replace

from streams.events import Event, milliseconds
from streams.simulation.faults.fault import Fault
from streams.simulation.lozere import PERIODS
from streams.simulation.office import Office, OfficeDay
from streams.simulation.overload import Overload
from streams.simulation.simulate import simulate
from streams.simulation.visits import ticket_events

DROWNS: Final = "etrangers"
MISCOUNTED: Final = "circulation"
_RUSH: Final = 8.0  # times the usual calls: a new regulation is in the papers, and a small line has few callers
_SHARE: Final = 0.4  # of the answered calls, reported as lost
_FAULT_AFTER: Final = 3600.0  # s, from the opening on
_RUSH_AFTER: Final = 5400.0
_RUSH_LASTS: Final = 7200.0

_PROFILES: Final = {  # calls of the latest profile of each line have full events
    profile.line: replace(profile, lifecycle="full") for period in PERIODS for profile in period.lines
}


def living_day(day: OfficeDay, site: str, seed: int) -> Iterator[Event]:
    """Yield the events of a day on which the office opens, in order. Each seed gives a different day."""
    begin = day.opened[0][0]
    fault = Fault(
        line=MISCOUNTED, mechanism="answered-as-lost", start=begin + _FAULT_AFTER, end=day.end, severity=_SHARE
    )
    rush = Overload(
        line=DROWNS,
        cause="rush",
        start=begin + _RUSH_AFTER,
        end=begin + _RUSH_AFTER + _RUSH_LASTS,
        severity=_RUSH,
    )
    calls, _ = simulate(Office(site=site, lines=tuple(_PROFILES.values())), [day], seed, [fault], [rush])
    visitors = (ticket_events(service, [day], site, seed) for period in PERIODS for service in period.services)
    return merge(calls, *visitors, key=lambda event: milliseconds(event.at))
