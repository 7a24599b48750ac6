"""How often a scenario is played, at which volumes, and when something happens in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from benchmarks.detection.office import LINE, YEAR, opening, stretch
from streams.simulation.office import LineProfile, OfficeDay

VOLUMES: Final = (30, 100, 300)  # calls a day
RATE: Final = 0.0187
SOUND_DAYS: Final = 56  # before anything happens
SPREAD: Final = 14  # days among which it begins
DAYS_AFTER: Final = 14  # that are played after it


class Plan(NamedTuple):
    """Say how much of a family is played; what is not said is as in the full run."""

    seeds: int | None = None  # of each kind of scenario at each volume
    half: int | None = None  # only even seeds (0) or odd ones (1)
    volumes: tuple[int, ...] = ()
    data: str = ""  # the file of real calls

    def file(self) -> str:
        """Return the file of real calls; raises `ValueError` where none was named."""
        if not self.data:
            raise ValueError("no file of real calls; expected --data FILE, or make bench-detect DATA=FILE")
        return self.data

    def at(self, usual: Mapping[int, int]) -> Iterable[tuple[int, int]]:
        """Yield volumes and seeds; `usual` has how many seeds the full run plays of each volume."""
        for volume in self.volumes or usual:
            number = usual.get(volume, 1) if self.seeds is None else self.seeds
            for seed in range(number) if self.half is None else range(self.half, 2 * number, 2):
                yield volume, seed


def line(calls: float, rate: float = RATE, icc: float = 0.03, persistence: float = 0.0) -> LineProfile:
    """Return a line that has so many calls a day."""
    return LineProfile(line=LINE, calls_a_day=calls, expected_lost_rate=rate, icc=icc, persistence=persistence)


def seeded(*words: object) -> int:
    """Return a scenario's own seed; it is even where the last word is."""
    return 2 * Random(" ".join(map(str, words))).randrange(10**6) + int(str(words[-1])) % 2


def year(number: int = YEAR) -> tuple[OfficeDay, ...]:
    """Return the days of a year."""
    return stretch(date(number, 1, 1), 365)


def placed(random: Random, lasting: int, after: int = DAYS_AFTER) -> tuple[tuple[OfficeDay, ...], int]:
    """Return the days of a scenario, somewhere in two years, and the number of one that opens, when it begins."""
    first = date(YEAR, 1, 1) + timedelta(random.randrange(365))
    days = stretch(first, SOUND_DAYS + SPREAD + lasting + after + 1)
    begins = random.choice([at for at in range(SOUND_DAYS, SOUND_DAYS + SPREAD) if days[at].opened])
    return days, begins


def fresh(random: Random, lasting: int) -> tuple[OfficeDay, ...]:
    """Return so many days, somewhere in two years; the first one opens."""
    days = stretch(date(YEAR, 1, 1) + timedelta(random.randrange(365)), lasting + 7)
    begins = days.index(opening(days, 0))
    return days[begins : begins + lasting]
