"""Offices for the tests: one line or two, open on working days in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from streams.events import CallEvent, Event, Reading
from streams.simulation.faults.fault import Fault
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.overload import Overload
from streams.simulation.simulate import simulate
from streams.simulation.truth import Truth

FIRST = date(2013, 1, 7)  # a Monday
HOUR = 3600.0
LINE = LineProfile(line="circulation", calls_a_day=60.0, expected_lost_rate=0.0404)
OTHER = LineProfile(line="standard", calls_a_day=100.0, expected_lost_rate=0.0704)


def days(number: int, first: date = FIRST) -> list[OfficeDay]:
    """Return consecutive days; the office is open from 8:30 to 12:00 and from 13:30 to 17:00."""
    found = []
    for passed in range(number):
        day = first + timedelta(passed)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        opened = ((8.5, 12.0), (13.5, 17.0)) if day.weekday() < 5 else ()
        stretches = tuple((start + opens * HOUR, start + closes * HOUR) for opens, closes in opened)
        found.append(OfficeDay(day, start, start + 24 * HOUR, stretches))
    return found


def office(*lines: LineProfile, readings: str | None = None) -> Office:
    return Office(site="lozere", lines=lines or (LINE,), readings=readings)  # type: ignore[arg-type]  # to be short


def fault(mechanism: str, first: int, last: int, within: Sequence[OfficeDay], severity: float | None = None) -> Fault:
    """Return a fault of the first line, from the first of these days to the last, included."""
    usual = MECHANISMS[mechanism].severity.usual
    return Fault(
        line=LINE.line,
        mechanism=mechanism,
        start=within[first].start,
        end=within[last].end,
        severity=usual if severity is None else severity,
    )


def run(
    of: Office,
    within: Sequence[OfficeDay],
    faults: Sequence[Fault] = (),
    overloads: Sequence[Overload] = (),
    seed: int = 1,
) -> tuple[list[Event], Truth]:
    events, truth = simulate(of, within, seed, faults, overloads)
    return list(events), truth


def calls(events: Sequence[Event]) -> list[CallEvent]:
    return [event for event in events if isinstance(event, CallEvent)]


def readings(events: Sequence[Event]) -> list[Reading]:
    return [event for event in events if isinstance(event, Reading)]
