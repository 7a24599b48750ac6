"""`make bench-forecast`: the forecast beside the mean of eight weekdays, on files and on simulated offices.

DATA="FILE..." names CSV files as `tocsin forecast arrivals` reads them; FORECAST="--weekdays 60123 --thin 101" scores
these weekdays (0 is Monday) and keeps 101 calls a day. Tables are in docs/forecast.md.
"""

from __future__ import annotations

import argparse
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from agents.forecast.countries import countries
from benchmarks.forecast.score import Scores, model, score
from benchmarks.forecast.sets import Line, of_files, simulated
from streams.forecast.country import likely_days_off
from streams.forecast.expected import LEVELS
from streams.forecast.score import eight_weekdays, pinball

ORIGIN: Final = 91  # days before the first forecast; 49 of a line with less than half a year
SHORT: Final = 182  # days
HEAD: Final = """\
| line | days | pinball | eight weekdays | held | WAPE | eight weekdays | days held | beside holidays | s |
|---|---|---|---|---|---|---|---|---|---|"""


def row(line: Line) -> str:
    """Return a line's row; its last column is the time of all forecasts and their scores."""
    origin = ORIGIN if len(line.past) >= SHORT else 49
    known = countries(line.past.first, line.past.day(len(line.past)) + timedelta(7))
    holidays = line.off or likely_days_off([line.past], known, 0)  # by the whole past, but only to mark scored days
    begun = time.perf_counter()
    ours = score(line, model(line.off, known), origin, holidays)
    took = time.perf_counter() - begun
    theirs = score(line, eight_weekdays, origin, holidays)
    return "| " + " | ".join([line.name, *cells(ours, theirs), f"{took:.1f}"]) + " |"


def cells(ours: Scores, theirs: Scores) -> list[str]:
    return [
        f"{ours.days}",
        f"{ours.pinball:.3f}",
        f"{theirs.pinball:.3f}",
        f"{ours.held:.3f}",
        f"{ours.wape:.1%}",
        f"{theirs.wape:.1%}",
        f"{ours.days_held:.3f}",
        "" if ours.beside_held is None else f"{ours.beside_held:.2f}",
    ]


def check() -> None:
    """Compare the pinball with the one of `scoringrules`, if it is installed."""
    try:
        import scoringrules
    except ImportError:
        print("scoringrules is not installed: the pinball is not compared with it.")
        return
    calls, levels = np.arange(5.0), np.sort(np.random.default_rng(1).poisson(2, (5, len(LEVELS))).astype(float))
    theirs = np.mean([scoringrules.quantile_score(calls, levels[:, place], each) for place, each in enumerate(LEVELS)])
    assert np.isclose(pinball(calls, levels), theirs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="*", type=Path, default=[])
    parser.add_argument("--weekdays", default="0123456")
    parser.add_argument("--thin", type=float)
    asked = parser.parse_args()
    check()
    print(HEAD)
    weekdays = frozenset(map(int, asked.weekdays))
    for line in of_files(asked.data, weekdays, asked.thin) if asked.data else simulated():
        print(row(line), flush=True)


if __name__ == "__main__":
    main()
