"""Whether a desk's figures still equal the last calculated ones, found without calculating them again.

Events and settling calls change figures and the desk's *version*. Time alone also changes them, as waits grow and
windows move, but not before a moment that follows from the desk's state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from streams.calls.windows import WINDOWS
from streams.desks.channel import Channel
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.desks.service import Service
from streams.kept.record import position_of
from streams.kept.times import FOREVER, HOUR_MS, MINUTE_MS, QUARTER_MS
from streams.tickets.ticket import OPEN_TICKET, Ticket

Version: TypeAlias = tuple[int, ...]


def calls_version(line: Line) -> Version:
    """Return a value that changes whenever anything but time changes the figures of a line's calls."""
    state = line.state
    return (*position_of(state), len(state.live), state.cut, state.forgotten)


def watch_version(desk: Desk) -> Version:
    """Return a value that changes whenever the watch on a desk, or a line's witness, may have found something."""
    if not isinstance(desk, Line):
        watch = desk.watch.state
        return (*position_of(desk.state), watch.over, watch.missed)
    next_look = 0 if desk.witness is None else desk.witness.next
    return (*calls_version(desk), desk.watch.next, desk.watch.state.missed, next_look)


def service_version(service: Service) -> Version:
    """Return a value that changes whenever anything but time changes a service's figures."""
    state = service.state
    return (*position_of(state), state.over, sum(map(len, state.live.values())), state.cut, state.forgotten)


def channel_version(channel: Channel, now: int) -> Version:
    """Return a value that changes with a channel's figures, which depend on time only through the day of `now` (ms)."""
    return (*position_of(channel.state), channel.state.forgotten, channel.rules.day(now))


def line_still_until(line: Line, now: int) -> int:
    """Return the moment (ms) before which time alone changes neither a line's windows nor its waits."""
    waits = line_waits_still_until(line, now)
    return waits if waits == now else line_windows_still_until(line, now)


def line_waits_still_until(line: Line, now: int) -> int:
    """Return `now` (ms) if a call may be waiting, as its wait grows; otherwise `FOREVER`."""
    return FOREVER if all(call.outcome for call in line.state.live.values()) else now


def line_windows_still_until(line: Line, now: int) -> int:
    """Return the moment (ms) before which time alone changes no window of a line.

    A call is in a window for the window's length, from the call's own moment or from that of its tally.
    """
    state, moments = line.state, [call.moment for call in line.state.live.values() if call.outcome]
    rings = state.rings
    edges: list[int] = []
    for window in WINDOWS:
        ring = rings.day if window.grain == QUARTER_MS else rings.fine.get(window.grain, {})
        edges += _edges((*moments, *(number * window.grain for number in ring)), window.length)
    return _next(edges, now)


def hours_still_until(line: Line, now: int, length: int) -> int:
    """Return the moment (ms) before which no hour with calls leaves the last `length` ms."""
    rings = line.state.rings
    moments = [call.moment for call in line.state.live.values() if call.outcome]
    hours = {*rings.hours, *(moment // HOUR_MS for moment in (*moments, *(slot * QUARTER_MS for slot in rings.day)))}
    return _next([hour * HOUR_MS + length for hour in hours], now)


def service_still_until(service: Service, now: int) -> int:
    """Return the moment (ms) before which time alone changes neither a service's windows nor its waits."""
    waits = service_waits_still_until(service, now)
    return waits if waits == now else service_windows_still_until(service, now)


def service_waits_still_until(service: Service, now: int) -> int:
    """Return `now` (ms) if a visitor may be waiting, as the wait grows; otherwise `FOREVER`."""
    return now if any(ticket.outcome == OPEN_TICKET for ticket in _tickets(service)) else FOREVER


def service_windows_still_until(service: Service, now: int) -> int:
    """Return the moment (ms) before which time alone changes no window of a service."""
    state, calls = service.state, [ticket.first_call for ticket in _tickets(service) if ticket.first_call >= 0]
    begun = (*calls, *state.counters.values(), *(minute * MINUTE_MS for minute in state.minutes.day))
    return _next([edge for window in WINDOWS for edge in _edges(begun, window.length)], now)


def _tickets(service: Service) -> Iterator[Ticket]:
    for day in service.state.live.values():
        yield from day.values()


def _edges(begun: Iterable[int], length: int) -> list[int]:
    """Return the moments at which things enter and leave a window."""
    return [edge for at in begun for edge in (at, at + length)]


def _next(edges: Iterable[int], now: int) -> int:
    return min((edge for edge in edges if edge > now), default=FOREVER)
