"""Measure detection: `python -m benchmarks.detection --family NAME` plays one family, for whoever tunes the watch."""

from __future__ import annotations

import argparse
import os
import time

from rich.console import Console

from benchmarks.detection.families.catalogue import FAMILIES
from benchmarks.detection.families.plan import VOLUMES, Plan
from benchmarks.detection.glance import glance
from benchmarks.detection.measure import measure

HALVES = {"even": 0, "odd": 1}


def main() -> None:
    arguments = _arguments()
    begin = time.monotonic()
    plan = Plan(arguments.seeds, HALVES.get(arguments.half), tuple(arguments.volume or ()))
    played = [each for each in FAMILIES[arguments.family](plan) if not arguments.only or arguments.only in each.what]
    measured = measure(played, (), arguments.processes)
    console = Console(width=None if os.isatty(1) else 200)
    for table in glance(measured):
        console.print(table)
        console.print()
    if arguments.runs:
        for each in measured:
            console.print(each, highlight=False)
    console.print(f"{time.monotonic() - begin:.0f} s")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    parser.add_argument("--family", choices=FAMILIES, required=True, help="play this family alone, and write nothing")
    parser.add_argument("--seeds", type=int, metavar="N", help="of each kind of scenario at each volume")
    parser.add_argument("--half", choices=HALVES, help="only even seeds, or odd ones: tune on one, judge by the other")
    parser.add_argument("--volume", type=int, action="append", choices=VOLUMES, help="calls a day; may stand again")
    parser.add_argument("--only", metavar="WORDS", help="only the kinds of scenario whose name has these words")
    parser.add_argument("--runs", action="store_true", help="print every run's score too")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), metavar="N")
    return parser.parse_args()


if __name__ == "__main__":
    main()
