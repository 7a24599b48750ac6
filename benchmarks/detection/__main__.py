"""Measure detection: `make bench-detect`, or one family for whoever tunes the watch.

The full run plays every family through Tocsin and its rivals and writes docs/detection-measured.md. All figures but
the cost are reproducible.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.detection.bank_calls import bank_days
from benchmarks.detection.cases.table import tables as case_tables
from benchmarks.detection.cost import VOLUMES as COST_VOLUMES
from benchmarks.detection.cost import cost
from benchmarks.detection.families.catalogue import FAMILIES, OF_REAL_CALLERS
from benchmarks.detection.families.plan import VOLUMES, Plan
from benchmarks.detection.glance import glance
from benchmarks.detection.held_out.entry import scored, summary
from benchmarks.detection.held_out.files import export
from benchmarks.detection.held_out.measure import measure as measure_held_out
from benchmarks.detection.held_out.measure import runs
from benchmarks.detection.held_out.questions import MODES
from benchmarks.detection.held_out.table import tables
from benchmarks.detection.measure import measure
from benchmarks.detection.page import page
from benchmarks.detection.real_callers import kept, section
from benchmarks.detection.rivals.catalogue import RIVALS
from benchmarks.detection.thresholds import PAGE

HELD_OUT_SEEDS: Final = 3  # of each situation in each world
CASE_SEEDS: Final = 5  # of each fault of a counter or register
HALVES: Final = {"even": 0, "odd": 1}


def main() -> None:
    asked = _asked()
    plan = Plan(asked.seeds, HALVES.get(asked.half), tuple(asked.volume or ()), asked.data)
    begin = time.monotonic()
    console = Console(width=None if os.isatty(1) else 220)
    if asked.score:
        print(summary(scored(*map(Path, asked.score))))
    elif asked.cases:
        only = tuple(asked.only.split("; ")) if asked.only else ()
        print(case_tables(asked.seeds or CASE_SEEDS, asked.processes, asked.data, only))
    elif asked.held_out:
        _held_out(asked)
    elif asked.family:
        _one(asked, plan, console)
    else:
        _whole(asked, plan, console)
    console.print(f"{time.monotonic() - begin:.0f} s, {asked.processes} processes")


def _held_out(asked: argparse.Namespace) -> None:
    """Play the held-out situations and print their tables, or write them as files."""
    chosen = runs(asked.only or "", asked.seeds or HELD_OUT_SEEDS, asked.data)
    if asked.export:
        export(chosen, Path(asked.export))
        return
    kept = Path(asked.kept) if asked.kept else None
    print(tables(measure_held_out(chosen, asked.answers or MODES, asked.processes, kept)))


def _one(asked: argparse.Namespace, plan: Plan, console: Console) -> None:
    """Play one family, and print it."""
    every = (FAMILIES | OF_REAL_CALLERS)[asked.family](plan)
    played = [each for each in every if not asked.only or asked.only in each.what]
    measured = measure(played, (*(RIVALS if asked.rivals else ()), *asked.detector), asked.processes)
    for table in glance(measured):
        console.print(table)
        console.print()
    if asked.runs:
        for each in measured:
            console.print(each, highlight=False)


def _whole(asked: argparse.Namespace, plan: Plan, console: Console) -> None:
    """Play every family, and write the page; a run with few seeds only prints it."""
    detectors = (*RIVALS, *asked.detector)
    measured = measure([each for family in FAMILIES.values() for each in family(plan)], detectors, asked.processes)
    before = PAGE.read_text(encoding="utf-8")
    real_callers = kept(before)
    if plan.data:
        played = [each for family in OF_REAL_CALLERS.values() for each in family(plan)]
        real_callers = section(measure(played, detectors, asked.processes), len(bank_days(Path(plan.data), "PS")))
    costs = [cost(volume) for volume in COST_VOLUMES]
    text = page(measured, costs, real_callers)
    if plan == Plan(data=plan.data):
        PAGE.write_text(text, encoding="utf-8")
        console.print(f"written to {PAGE}")
    else:
        print(text)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    families = [*FAMILIES, *OF_REAL_CALLERS]
    parser.add_argument("--family", choices=families, help="play this family alone, and write nothing")
    parser.add_argument("--cases", action="store_true", help="play counters and registers, and print their tables")
    parser.add_argument("--held-out", action="store_true", help="play the situations that no threshold was set on")
    parser.add_argument(
        "--answers", choices=MODES, action="append", help="of held-out situations: who answers; may be repeated"
    )
    parser.add_argument(
        "--kept", metavar="FILE", help="read earlier held-out runs from this file, and add new ones to it"
    )
    parser.add_argument("--export", metavar="FOLDER", help="write held-out runs as files, for any detector")
    parser.add_argument(
        "--score", nargs=2, metavar=("FOLDER", "ALARMS"), help="score a detector's alarms on such a folder"
    )
    parser.add_argument(
        "--only",
        metavar="WORDS",
        help="of it, only the kinds of scenario whose name has these words; with --cases, names: 'slower; faster'",
    )
    parser.add_argument("--seeds", type=int, metavar="N", help="of each kind of scenario at each volume")
    parser.add_argument("--half", choices=HALVES, help="only even seeds, or odd ones: tune on one, judge by the other")
    parser.add_argument("--volume", type=int, action="append", choices=VOLUMES, help="calls a day; may stand again")
    parser.add_argument(
        "--data",
        default="",
        metavar="FILE",
        help="of real calls, a bank's, by Technion; with --cases of real polls, by stiles/ca-dmv",
    )
    parser.add_argument("--rivals", action="store_true", help="play a family through the other methods too")
    parser.add_argument(
        "--detector", action="append", default=[], metavar="MODULE:FUNCTION", help="your own; may stand again"
    )
    parser.add_argument("--runs", action="store_true", help="print every run's score too")
    parser.add_argument("--processes", "--jobs", type=int, default=os.cpu_count(), metavar="N")
    return parser.parse_args()


if __name__ == "__main__":
    main()
