"""The lines that forecasts are scored on: arrivals of files, thinned if asked, and simulated offices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from agents.commands.files import opened
from agents.forecast.arrivals import HALF_HOUR, HALF_HOURS, ArrivalRows
from agents.forecast.countries import days_off
from benchmarks.detection.office import office, stretch
from streams.forecast.days_off import DaysOff
from streams.forecast.past import Past
from streams.simulation.office import LineProfile, Office
from streams.simulation.world import World

SEED: Final = 7
SIMULATED: Final = (30.0, 101.0, 300.0)  # calls a day
FROM: Final = date(2012, 1, 1)
DAYS: Final = 364


class Line(NamedTuple):
    """The days of a line, and its scored weekdays."""

    name: str
    past: Past
    weekdays: frozenset[int]  # Monday 0
    off: DaysOff | None = None  # its holidays, if a configuration names them


def of_files(files: Sequence[Path], weekdays: frozenset[int], thin: float | None) -> Iterator[Line]:
    """Yield the lines of files; `thin` keeps this number of calls a scored day, drawn at random, of lines with more."""
    for file in files:
        arrivals = ArrivalRows()
        with opened([file]) as rows:
            arrivals.take(file.name, rows)
        last = arrivals.last()
        assert last is not None
        for name, past in arrivals.pasts(last + timedelta(1)).items():
            if past is not None:
                yield _thinned(Line(f"{file.stem} {name}", past, weekdays), thin)


def _thinned(line: Line, calls: float | None) -> Line:
    scored = line.past.totals[np.isin(line.past.weekdays, list(line.weekdays))]
    share = 1.0 if calls is None else min(1.0, calls / float(np.nanmean(scored)))
    if share == 1:
        return line
    known = ~np.isnan(line.past.counts)
    counts = np.full(line.past.counts.shape, np.nan)
    counts[known] = np.random.default_rng(SEED).binomial(line.past.counts[known].astype(int), share)
    return line._replace(past=Past(line.past.first, counts))


def simulated() -> Iterator[Line]:
    """Yield a line of each size of an office with French holidays, played for a year."""
    days = stretch(FROM, DAYS)
    for calls in SIMULATED:
        profile = LineProfile(line="circulation", calls_a_day=calls, expected_lost_rate=0.05)
        world = World(Office(site=office().site, lines=(profile,)), days, SEED)
        counts = np.zeros((DAYS, HALF_HOURS))
        for place, day in enumerate(days):
            for attempt in world.day(day)["circulation"]:
                slot = int((attempt.start / 1000 - day.start) // HALF_HOUR)
                counts[place, min(slot, HALF_HOURS - 1)] += 1
        off = days_off(office(), FROM, FROM + timedelta(DAYS))
        yield Line(f"simulated {calls:g}", Past(FROM, counts), frozenset(range(5)), off)
