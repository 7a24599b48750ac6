"""The real callers of a bank, day by day: what a file of Technion's call-centre data tells of one service.

The connector of the project reads it. Callers who hung up in the voice menu never reached the line and are left out, as
are Fridays and Saturdays, on which the bank opens for some hours only, and days that were not ordinary.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from agents.sources.context import Context
from agents.sources.entry import Accepted
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.tables.table_file import CALLS
from benchmarks.detection.office import BANK_ZONE, LINE
from config.mapping import available
from streams.events import CallEvent, milliseconds
from streams.kept.times import HOUR_MS
from streams.simulation.attempt import Attempt

MAPPING: Final = "technion"
NO_QUEUE: Final = "0:00:00"
WORKDAYS: Final = {6, 0, 1, 2, 3}  # Sunday to Thursday
BUSY: Final = 10  # calls of an hour in the median day; of fewer, an odd number says little
ORDINARY: Final = (0.25, 3.0)  # times the median calls of such an hour
MOST_LOST: Final = 5.0  # times the service's own lost rate, in such an hour: beyond, something was out of order

Days = Mapping[date, Sequence[Attempt]]  # an attempt's start is in ms since midnight


@lru_cache
def bank_days(path: Path, service: str) -> Days:
    """Return the calls of a service that reached the line, on the ordinary days of a file."""
    return ordinary(every_day(path, service))


@lru_cache
def every_day(path: Path, service: str) -> Days:
    """Return the calls of a service that reached the line, on all days of a file, bad ones too."""
    with path.open("rb") as file:
        rows = list(_of_service(file, service))
    pseudonym = Pseudonymizer(b"of real callers, in a bench")
    context = Context(
        source="bank",
        site="lozere",
        zone=BANK_ZONE,
        pseudonym=pseudonym,
        line_of=lambda _: LINE,
        dialled=lambda _: LINE,
        file=path.name,
        table=available({})[MAPPING],
    )
    told = defaultdict[str, list[CallEvent]](list)
    for entry in CALLS.read(rows, context):
        if isinstance(entry, Accepted) and isinstance(entry.event, CallEvent):
            told[entry.event.call].append(entry.event)
    zone = ZoneInfo(BANK_ZONE)
    days = defaultdict[date, list[Attempt]](list)
    for events in told.values():
        day, attempt = _attempt(events, zone)
        if day.weekday() in WORKDAYS:
            days[day].append(attempt)
    return dict(sorted(days.items()))


def _of_service(rows: Iterable[bytes], service: str) -> Iterator[bytes]:
    """Yield the header, and the rows of calls of a service that left the menu for the line."""
    lines = iter(rows)
    head = next(lines)
    yield head
    names = head.decode().rstrip("\r\n").split("\t")
    kind, outcome, queued = (names.index(name) for name in ("type", "outcome", "q_start"))
    for row in lines:
        cells = row.decode("utf-8", "replace").rstrip("\r\n").split("\t")
        if len(cells) != len(names) or cells[kind] != service:
            continue
        if cells[outcome] != "HANG" or cells[queued] != NO_QUEUE:
            yield row


def _attempt(events: Sequence[CallEvent], zone: ZoneInfo) -> tuple[date, Attempt]:
    """Return the day of a call, and the call as it went, its start in ms since midnight."""
    by_type = {event.type: event for event in events}
    offered, start = by_type["offered"], milliseconds(by_type["offered"].at)
    answered = by_type.get("answered")
    outcome = answered or by_type["lost"]
    talk = by_type["ended"].talk if "ended" in by_type else None
    local = datetime.fromtimestamp(start / 1000, zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    attempt = Attempt(
        line=LINE,
        call=offered.call,
        start=start - round(midnight.timestamp() * 1000),
        wait=round((outcome.wait or 0) * 1000),
        outcome="answered" if answered else "lost",
        reason=None if answered else "abandoned",
        caller=offered.caller,
        agent=outcome.agent,
        talk=None if talk is None or not answered else round(talk * 1000),
    )
    return local.date(), attempt


def ordinary(days: Days) -> Days:
    """Return the days of which no busy hour was an outage or a rush: by its calls, or by how many of them were lost."""
    every = [each for attempts in days.values() for each in attempts]
    most_lost = MOST_LOST * sum(each.outcome == "lost" for each in every) / max(1, len(every))
    calls = {day: Counter(each.start // HOUR_MS for each in attempts) for day, attempts in days.items()}
    lost = {
        day: Counter(each.start // HOUR_MS for each in attempts if each.outcome == "lost")
        for day, attempts in days.items()
    }
    usual = {hour: median(counted[hour] for counted in calls.values()) for hour in range(24)} if days else {}
    least, most = ORDINARY
    return {
        day: attempts
        for day, attempts in sorted(days.items())
        if all(
            least * number <= calls[day][hour] <= most * number and lost[day][hour] <= most_lost * calls[day][hour]
            for hour, number in usual.items()
            if number >= BUSY
        )
    }
