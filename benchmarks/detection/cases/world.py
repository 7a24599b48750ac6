"""Offices whose visits and requests are made up: their hours, staff, seasons, numbers and records differ by seed."""

# ruff: noqa: PLR2004 -- the chances of a made-up office

from __future__ import annotations

from datetime import date, timedelta
from heapq import heapify, heapreplace
from math import exp, pi, sin
from random import Random
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from config.settings import Settings
from streams.events import TicketType

PENDING: Final = 0.02  # share of requests that nobody answers
FOUR_MONTHS: Final = 120  # days
ZONE: Final = "Europe/Paris"
HOURS: Final = (
    "Mo-Fr 08:30-12:00,13:30-17:00",
    "Mo-Fr 08:30-16:30",
    "Mo-Th 08:00-18:00; Fr 08:00-13:00",
    "Mo-Fr 09:00-12:30,14:00-17:30; Sa 09:00-12:00",
    "Mo-We,Fr 07:30-15:00; Th 10:00-19:00",
)
Change: TypeAlias = Literal[
    "none",
    "staff",
    "rush",
    "strike",
    "appointments",
    "closed",
    "fewer",
    "season",
    "growth",
    "moody",
    "remote",
    "reminded",
    "slower",
    "faster",
    "uneven",
    "on the day",
]


class Row(Struct):
    """One visit, or one request; moments in epoch s, None while unknown."""

    name: str
    begun: float
    met: float | None
    served: float | None
    ended: float | None
    outcome: TicketType | None
    counter: str | None = None
    day: int = 0  # index of its day
    wait: float | None = None  # s: the true one
    booked: bool = False


class Office(NamedTuple):
    """An office: how it is configured, and the opening hours of its days (epoch s)."""

    settings: Settings
    days: list[tuple[date, list[tuple[float, float]]]]


def office(seed: int, *, year: int = 2023, days: int = 365) -> Office:
    """Return an office of a seed, with its days."""
    hours = HOURS[seed % len(HOURS)]
    settings = Settings.model_validate(
        {
            "site": "bench",
            "timezone": ZONE,
            "holidays": {"country": "FR"},
            "opening_hours": hours,
            "services": {"titres": {"target_wait": "30m"}},
            "requests": {"email": {"target_days": 5, "days": "working"}},
        }
    )
    calendar = settings.calendar()
    first = date(year, 1, 1)
    return Office(
        settings,
        [(day, calendar.open_intervals(day)) for day in (first + timedelta(days=number) for number in range(days))],
    )


def visits(  # noqa: C901, PLR0912 -- one branch a change
    world: Office, seed: int, volume: float, change: Change = "none", since: int = 150
) -> list[Row]:
    """Return a year's visits at a counter: first come, first served, by counters of varying number.

    `change` is what honestly changes from the day `since` on.
    """
    random = Random(f"visits {seed}")
    opened = [hours for _, hours in world.days if hours]
    length = sum(end - start for hours in opened for start, end in hours) / len(opened)
    mean = random.uniform(240, 900)
    staff = max(2, round(volume * mean / length / random.uniform(0.4, 0.66)))
    walk = random.choice(((0.0, 0.0), (5.0, 40.0)))
    whole_minutes = seed % 4 == 3
    numbers = random.choice(("daily", "daily", "running"))
    counters, booked = seed % 3 != 1, random.choice((0.0, 0.0, 0.3))
    no_show, phase = random.uniform(0.01, 0.08), random.uniform(0, 2 * pi)
    moods = Random(f"moods {seed}") if change in {"moody", "remote", "reminded"} else None
    rows: list[Row] = []
    serial = random.randint(1, 5000)
    for index, (day, hours) in enumerate(world.days):
        if not hours:
            continue
        changed = index >= since
        level = (
            exp(random.gauss(0, 0.18))
            * (1 + 0.2 * sin(2 * pi * index / 365 + phase))
            * (1.25 if day.weekday() == 0 else 1)
        )
        here = staff + (random.random() < 0.15) - (random.random() < 0.12 and staff > 2)
        pace = {"slower": 1.35, "faster": 0.6}.get(change, 1.0) if changed else 1.0
        if changed and change == "staff":
            here += max(1, staff // 3)
        if changed and change == "growth":
            level *= 1.3
        if change == "rush" and since <= index < since + 12:
            level *= 1.5
        if change == "fewer" and changed:
            level *= 0.5
        if change == "season":
            level *= 1 + 0.35 * sin(2 * pi * index / 365)
        struck = change == "strike" and index in {since, since + 8, since + 9}
        if (change == "closed" and since <= index < since + 3) or (struck and random.random() < 0.4):
            continue
        if struck:
            here = max(1, here // 3)
        absent = no_show if moods is None else no_show * exp(moods.gauss(0, 0.3))
        if changed and change == "remote":
            absent *= 3  # tickets are taken at home
        if changed and change == "reminded":
            absent *= 0.2
        planned = 0.5 if changed and change == "appointments" else booked
        rows += _day(
            random,
            index,
            hours,
            volume * level,
            here,
            mean * pace,
            walk,
            absent,
            planned,
            serial if numbers == "running" else 1,
            patience=None if moods is None else 900,
        )
        if rows and rows[-1].day == index:
            serial = int(rows[-1].name[1:]) + 1
        if not counters:
            for row in rows[-600:]:
                row.counter = None
    if whole_minutes:
        for row in rows:
            row.begun = _minute(row.begun) or 0.0
            row.met, row.served, row.ended = map(_minute, (row.met, row.served, row.ended))
    for row in rows:
        row.wait = None if row.met is None else row.met - row.begun
    return rows


def _minute(at: float | None) -> float | None:
    return None if at is None else at // 60 * 60


def _day(
    random: Random, index: int, hours: list[tuple[float, float]], volume: float, staff: int, mean: float,
    walk: tuple[float, float], no_show: float, booked: float, serial: int, *, patience: float | None,
) -> list[Row]:  # fmt: skip
    length = sum(end - start for start, end in hours)
    many = max(0, round(random.gauss(volume, volume**0.5)))
    came = []
    for _ in range(many):
        # two in three come before the middle of the day
        place = random.betavariate(1.3, 1.8) * length * 0.93
        for start, end in hours:
            if place < end - start:
                came.append(start + place)
                break
            place -= end - start
    came = sorted(float(round(at)) for at in came)
    free = [(hours[0][0] + random.uniform(0, 120), f"G{number + 1}") for number in range(staff)]
    heapify(free)
    rooms: list[float] = []  # for visitors with appointments: when each is free
    rows = []
    for number, begun in enumerate(came):
        since, counter = free[0]
        planned = random.random() < booked
        met = max(since, begun + random.uniform(*walk))
        if planned:
            met = min(met, begun + random.uniform(20, 400))
            met = max(met, begun)
        met = float(round(met))
        name = f"A{serial + number:03}"
        if met > hours[-1][1] + 2400:  # the doors are shut
            rows.append(Row(name, begun, None, None, None, None, None, index))
            continue
        chance = no_show if patience is None else no_show * min(3, 0.5 + 0.5 * (met - begun) / patience)
        if random.random() < chance:
            heapreplace(free, (met + 90, counter))
            rows.append(Row(name, begun, met, None, None, "no_show", counter, index, booked=planned))
            continue
        served = met + round(random.uniform(10, 60))
        ended = served + max(20, round(mean * random.lognormvariate(-0.18, 0.6)))
        if not planned:
            heapreplace(free, (ended + random.uniform(5, 60), counter))
        else:
            room = next((room for room, until in enumerate(rooms) if until <= met), len(rooms))
            rooms[room : room + 1] = [ended]
            counter = f"R{room + 1}"
        rows.append(Row(name, begun, met, float(served), float(ended), "completed", counter, index, booked=planned))
    return rows


def requests(world: Office, seed: int, a_day: float, change: Change = "none", since: int = 150) -> list[Row]:
    """Return a year's requests of a register, answered in working hours, with times or with dates alone.

    For the four months of "slower" they take days, before and afterwards mostly no day. After "on the day" all are
    answered on the day of receipt. "uneven" is a year of good and bad weeks.
    """
    random, moods = Random(f"requests {seed}"), Random(f"weeks {seed}")
    dated = seed % 2 == 1
    mean = random.uniform(1.2, 6.0)
    working = [index for index, (_, hours) in enumerate(world.days) if hours]
    place_of = {index: place for place, index in enumerate(working)}
    rows: list[Row] = []
    serial = 0
    weeks = [exp(moods.gauss(0, 0.6)) if change == "uneven" else 1.0 for _ in range(len(world.days) // 7 + 1)]
    for index in working:
        level = a_day * exp(random.gauss(0, 0.25))
        slow = _slowness(change, index - since) * weeks[index // 7] * mean
        if change == "rush" and since <= index < since + 15:
            level *= 1.8
        if change == "strike" and since <= index < since + 3:
            slow += 3
        if change == "closed" and since <= index < since + 3:
            continue
        many = max(0, round(random.gauss(level, level**0.5)))
        came = sorted(random.uniform(*random.choice(world.days[index][1])) for _ in range(many))
        for begun in came:
            serial += 1
            after = min(20, int(random.expovariate(1 / slow) + random.random() * 0.8))
            if change == "on the day" and index >= since:
                after = 0
            place = place_of[index] + after
            answered = world.days[working[min(place, len(working) - 1)]][1]
            opens, closes = random.choice(answered)
            met = (
                random.uniform(max(opens, begun + 600) if after == 0 else opens, closes)
                if after or closes > begun + 900
                else begun + 600 + begun % 300
            )
            if met <= begun:
                met = begun + 900
            if dated:
                met = _midnight(world, met)
            row = Row(
                f"M-2023-{serial}",
                _midnight(world, begun) if dated else float(round(begun)),
                float(round(met)),
                None,
                None,
                None,
                None,
                index,
            )
            row.wait = row.met - row.begun if row.met is not None else None
            if random.random() < PENDING or place >= len(working):
                row.met = row.wait = None
            rows.append(row)
    return sorted(rows, key=lambda row: row.begun)


def _slowness(change: Change, after: int) -> float:
    """Return by how much delays are multiplied, some days after an honest change of a register's pace."""
    if change == "slower":
        return 1.0 if 0 <= after < FOUR_MONTHS else 0.08
    if change == "rush":
        return 2.0 if 0 <= after < 15 else 1.0
    return {"staff": 0.6, "faster": 0.25}.get(change, 1.0) if after >= 0 else 1.0


def _midnight(world: Office, at: float) -> float:
    calendar = world.settings.calendar()
    return calendar.day_bounds(calendar.local_day(at))[0]
