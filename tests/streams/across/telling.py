"""A made-up nation: offices that share exchanges and providers, and incidents at given hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

from streams.across.place import OfficePlace
from streams.across.shared import SharedFault, shared_faults
from streams.kept.times import QUARTER_MS
from streams.watch.counting import SILENCE
from streams.watch.incident import Incident
from streams.watch.review import id_of

FIRST, LAST = date(2013, 1, 1), date(2013, 12, 31)
DAY: Final = date(2013, 6, 4)  # a Tuesday
Told = Mapping[str, list[Incident]]


def slot(day: date, hour: float) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000) // QUARTER_MS + round(hour * 4)


@cache
def opened(day: date) -> Mapping[int, int]:
    """Return the opening hours: Monday to Friday, 8 to 12 and 13 to 17; closed on holidays."""
    hours = [*range(8, 12), *range(13, 17)] if day.weekday() < 5 and day != date(2013, 5, 1) else []
    return {slot(day, hour) + part: hour for hour in hours for part in range(4)}


def mornings(day: date) -> Mapping[int, int]:
    return {slot_no: hour for slot_no, hour in opened(day).items() if hour < 12}


def office(number: int, **more: Any) -> OfficePlace:
    """Return one office of a nation: three offices share an exchange, thirty a provider, ten a region."""
    given: dict[str, Any] = {
        "site": f"s{number:03}",
        "opened": opened,
        "first": FIRST,
        "last": LAST,
        "exchange": f"x{number // 3}",
        "provider": f"p{number // 30}",
        "department": f"d{number}",
        "region": f"r{number // 10}",
    }
    return OfficePlace(**{**given, **more})


def nation(count: int = 101) -> list[OfficePlace]:
    return [office(number) for number in range(count)]


def told(line: str, day: date, start: float, end: float, **more: Any) -> Incident:
    """Return a silence of a line between two hours (UTC); `more` replaces fields of the incident."""
    cause = more.get("cause", SILENCE)
    begins, ends = (slot(day, hour) * QUARTER_MS for hour in (start, end))
    given: dict[str, Any] = {
        "id": id_of(line, begins, cause),
        "line": line,
        "cause": cause,
        "verdict": "miscount",
        "kind": "missing",
        "start": begins,
        "end": ends,
        "detected": begins + 4 * QUARTER_MS,
        "calls": 0,
        "status": "closed",
        "evidence": [],
    }
    return Incident(**{**given, **more})


def overload(line: str, day: date, start: float, end: float, **more: Any) -> Incident:
    return told(line, day, start, end, **{"cause": "rise", "verdict": "overload", "kind": "overload", **more})


def sites(*numbers: int) -> list[str]:
    return [f"s{number:03}" for number in numbers]


def found(
    incidents: Told, offices: Iterable[OfficePlace] | None = None, called: Iterable[str] | None = None
) -> list[SharedFault]:
    """Return the shared faults; the `called` offices were called all the time, the others except in their silences."""
    known, always = list(offices) if offices is not None else nation(), set(called or ())

    def heard(site: str, first: int, end: int) -> list[int]:
        if called is not None:
            return [*range(first, end)] if site in always else []
        silences = [each.bounds() for each in incidents.get(site, ()) if each.cause == SILENCE]
        moments = {slot_no: slot_no * QUARTER_MS for slot_no in range(first, end)}
        return [each for each, at in moments.items() if not any(start <= at < over for start, over in silences)]

    return shared_faults(incidents, known, heard)


def days(count: int) -> list[date]:
    return [day for passed in range(count) if (day := FIRST + timedelta(passed)).weekday() < 5]
