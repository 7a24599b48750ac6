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
_RUSHES: Final = ((DROWNS, 5400.0), ("cni-passeport", 19_800.0))  # line and s from the opening on, in turn
_RUSH_LASTS: Final = 7200.0

_PROFILES: Final = {  # calls of the latest profile of each line have full events
    profile.line: replace(profile, lifecycle="full") for period in PERIODS for profile in period.lines
}


def living_day(day: OfficeDay, site: str, seed: int, repaired: float) -> Iterator[Event]:
    """Yield the events of a day on which the office opens, in order. Each seed, from 1 on, gives a different day.

    The miscount ends when the counting is `repaired` (epoch s). Earlier events do not depend on that moment.
    """
    begin = day.opened[0][0]
    breaks = begin + _FAULT_AFTER
    fault = Fault(line=MISCOUNTED, mechanism="answered-as-lost", start=breaks, end=repaired, severity=_SHARE)
    drowns, after = _RUSHES[(seed - 1) % len(_RUSHES)]
    rush = Overload(line=drowns, cause="rush", start=begin + after, end=begin + after + _RUSH_LASTS, severity=_RUSH)
    faults = [fault] if breaks < repaired else []
    calls, _ = simulate(Office(site=site, lines=tuple(_PROFILES.values())), [day], seed, faults, [rush])
    visitors = (ticket_events(service, [day], site, seed) for period in PERIODS for service in period.services)
    return merge(calls, *visitors, key=lambda event: milliseconds(event.at))
