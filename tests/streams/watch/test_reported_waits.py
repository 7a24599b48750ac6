"""A line's reading whose mean wait contradicts its own distribution is a miscount, until one agrees again."""

from __future__ import annotations

from msgspec.structs import replace

from streams.events import Reading
from streams.watch.reported_waits import WAITS
from tests.streams.desks.test_reported import FIRST, of_day, taken


def honest(day: int) -> Reading:
    within = {"20": 150, "60": 190, "300": 196 + 2 * day}
    return replace(of_day(day, 200 + 3 * day, 196 + 2 * day, 4 + day), mean_wait=21.0, answered_within=within)


def test_a_mean_outside_its_bounds_is_reported_until_one_agrees() -> None:
    readings = [replace(honest(day), mean_wait=21.0 * 60) if day in {2, 3} else honest(day) for day in range(6)]
    (incident,) = taken(*readings).state.watch.incidents
    assert (incident.cause, incident.verdict, incident.kind, incident.over) == (WAITS, "miscount", "unit", True)
    assert (incident.start, incident.end) == ((FIRST + 2 * 86_400) * 1000, (FIRST + 4 * 86_400) * 1000)


def test_honest_waits_and_readings_without_waits_open_nothing() -> None:
    assert taken(honest(0), of_day(1, 200, 196, 4)).state.watch.incidents == []
