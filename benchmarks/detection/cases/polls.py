"""Real polls of displays that show a wait, and faults of their record.

A file has the columns `captured` (local time), `location` and `no_appt_wait` (minutes; empty while closed), as the
history of stiles/ca-dmv on GitHub has them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.catalogue import services
from benchmarks.detection.cases.score import Outcome, judged
from config.settings import Settings
from streams.desks.service import Service
from streams.events import ServiceReading
from streams.kept.times import DAY_MS

ZONE: Final = ZoneInfo("America/Los_Angeles")
SINCE: Final = 12  # days with polls before the fault
LONG: Final = 8  # days with polls of the fault
AN_HOUR: Final = timedelta(hours=1)
WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class Poll(NamedTuple):
    at: datetime
    wait: float  # s


Days = dict[date, list[Poll]]
Fault = Callable[[list[Poll], list[Poll]], list[Poll]]  # of a day and the day before


def read_polls(path: Path) -> dict[str, Days]:
    """Return the polls of each display by day; a day without a wait is empty."""
    found: defaultdict[str, Days] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["captured"]).replace(tzinfo=ZONE)
            day = found[row["location"]].setdefault(at.date(), [])
            if row["no_appt_wait"]:
                day.append(Poll(at, 60 * float(row["no_appt_wait"])))
    return found


def _shown(change: Callable[[int, float], float]) -> Fault:
    return lambda day, _: [Poll(each.at, change(number, each.wait)) for number, each in enumerate(day)]


OF_POLLS: Final[Mapping[str, tuple[Fault, set[str]]]] = {
    "waits / 60": (_shown(lambda _, wait: wait / 60), {"unit"}),
    "waits x 60": (_shown(lambda _, wait: wait * 60), {"unit"}),
    "all waits 0": (_shown(lambda *_: 0.0), {"zero"}),
    "every other wait 0": (_shown(lambda number, wait: wait * (number % 2)), {"zero"}),
    "the day before again": (
        lambda day, before: [Poll(each.at + (day[0].at.date() - each.at.date()), each.wait) for each in before],
        {"duplicate"},
    ),
    "days missing": (lambda *_: [], {"missing"}),
}


def play_polls(file: str, what: str, location: str) -> Outcome:
    """Play a display's polls with a fault of some days, or as they are (`what` is then empty)."""
    every = read_polls(Path(file))
    days, fault = every[location], OF_POLLS.get(what)
    polled = [day for day in sorted(days) if days[day]]
    hit = polled[SINCE : SINCE + LONG] if fault else []
    changed = dict(days)
    for before, day in zip(polled[SINCE - 1 :], hit, strict=False):
        changed[day] = fault[0](days[day], changed[before]) if fault else []
    settings = office(days, every.values())
    desk = Service(services(settings)["display"])
    for each in readings(changed):
        desk.read(each)
    desk.advance(desk.state.high + 3 * DAY_MS)
    calendar = settings.calendar()
    span = (polled[-1] - polled[0]).days + 1
    opened = [hours for number in range(span) if (hours := calendar.open_intervals(polled[0] + timedelta(number)))]
    bounds = (calendar.day_bounds(hit[0])[0] * 1000, calendar.day_bounds(hit[-1])[1] * 1000) if hit else None
    kinds = fault[1] if fault else set()
    return judged(what or "as recorded", location, desk.state.watch.incidents, bounds, kinds, opened, span / 365)


def readings(days: Days) -> Iterable[ServiceReading]:
    """Yield each poll as a reading since the poll before it, or of an hour."""
    for day in sorted(days):
        since = None
        for at, wait in days[day]:
            begun = (since or at - AN_HOUR).timestamp()
            yield ServiceReading(service="display", mode="interval", since=begun, at=at.timestamp(), mean_wait=wait)
            since = at


def office(days: Days, every: Iterable[Days]) -> Settings:
    """Return an office that opens on the weekdays with polls, and is closed on days on which no display has any."""
    dates = defaultdict[int, list[bool]](list)
    for day, polls in days.items():
        dates[day.weekday()].append(bool(polls))
    opened = [WEEKDAYS[weekday] for weekday, found in sorted(dates.items()) if 2 * sum(found) >= len(found)]
    hours = [each.at.hour for polls in days.values() for each in polls]
    empty = set.intersection(*({day for day, polls in each.items() if not polls} for each in every))
    return Settings.model_validate(
        {
            "site": "bench",
            "timezone": ZONE.key,
            "holidays": {"country": "US", "subdivision": "CA", "closed": tuple(sorted(empty))},
            "opening_hours": f"{','.join(opened)} {min(hours):02}:00-{max(hours) + 1:02}:00",
            "services": {"display": {}},
        }
    )
