"""The records of a made-up nation: twelve offices on four exchanges; one exchange fell silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from agents.history.incident_json import incident_json
from agents.history.ledger import History
from config.offices import OfficeFiles, Offices
from config.shared import Shared
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LineDay, day_key, write_day
from streams.watch.incident import Incident
from tests.agents.board.known import Record
from tests.streams.across.telling import overload, told

PARIS = ZoneInfo("Europe/Paris")
FIRST, DAY = date(2013, 1, 2), date(2013, 6, 4)
SITES = [f"s{number:02}" for number in range(12)]
QUIET = SITES[3:6]
FAULT = "across-s03-circulation-20130604T090000Z-silence"
OFFICE = """\
site: {site}
timezone: Europe/Paris
opening_hours: "Mo-Fr 10:00-18:00"
holidays: {{country: null}}
place: {{region: "r{region}", department: "{site}", exchange: "x{exchange}", provider: p}}
lines: {{standard: {{}}, circulation: {{}}}}
"""


def written(folder: Path) -> Path:
    """Write the configurations of a nation and return its main file."""
    (folder / "offices").mkdir()
    for number, site in enumerate(SITES):
        text = OFFICE.format(site=site, region=number // 6, exchange=number // 3)
        (folder / "offices" / f"{site}.yaml").write_text(text)
    file = folder / "nation.yaml"
    file.write_text("timezone: Europe/Paris\nclock: event\nsites: offices\n")
    return file


def offices(folder: Path) -> Offices:
    return OfficeFiles(written(folder), {}).load()


def incidents() -> dict[str, list[Incident]]:
    """Return the silences of the offices on one exchange, and an overload of another office."""
    quiet = {
        site: [told(line, DAY, 9, 11, status="open", detected=number) for line in ("circulation", "standard")]
        for number, site in enumerate(QUIET)
    }
    return quiet | {SITES[9]: [overload("standard", DAY, 9, 12)]}


def days() -> Iterator[LineDay]:
    """Yield the days of both lines: one call every quarter of an hour, except during silences."""
    silent = range(36, 44)  # UTC quarters
    for site in SITES:
        for line in ("standard", "circulation"):
            for passed in range((DAY - FIRST).days + 1):
                day = FIRST + timedelta(passed)
                if day.weekday() < 5 and (passed % 20 == 0 or day == DAY):
                    opened = round(datetime(day.year, day.month, day.day, 10, tzinfo=PARIS).timestamp() * 1000)
                    slots = range(opened // QUARTER_MS, opened // QUARTER_MS + 32)
                    quiet = site in QUIET and day == DAY
                    heard = [each for each in slots if not quiet or each % 96 not in silent]
                    calls = {each: CallSlot(offered=1, answered=1) for each in heard}
                    yield LineDay(id=f"{site}/{line}", day=day.isoformat(), slots=calls)


def records(told: Mapping[str, Iterable[Incident]]) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the records of the topics: index of the topic in `History.topics`, key and value."""
    for day in days():
        yield 0, day_key(day).encode(), write_day(day)
    for site, each in told.items():
        for incident in each:
            value = msgspec.json.encode({"site": site, **incident_json(incident, PARIS)})
            yield 1, f"{site}/{incident.id}".encode(), value


def history(shared: Shared, told: Mapping[str, Iterable[Incident]] | None = None) -> History:
    found = History(shared)
    for place, key, value in records(incidents() if told is None else told):
        found.take(Record(found.topics[place], key, value))
    return found
