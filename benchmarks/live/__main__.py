"""Measure what an event costs that comes live, and how long it takes: `make bench-live`; a run takes some minutes.

A nation's and a ministry's events come at the pace of their day (`day.py`), an office's as fast as one worker bears
them live (`latency.py`). Results: docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from typing import Final

from benchmarks import page
from benchmarks.capacity.tables import written
from benchmarks.live import day, latency

PROGRAMS: Final = (("java",), ("prometheus",), ("prometheus-alertmanager", "alertmanager"))
RATES: Final = (60.0, 3_000.0)  # events a second


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live", description=__doc__)
    parser.add_argument("--seconds", type=float, default=90.0, help="that each pace of a day is measured")
    parser.add_argument("--paces", nargs="*", help="words of the paces to measure, such as 'ministry, peak'; all")
    parser.add_argument("--rates", type=float, nargs="*", default=RATES, help="events a second for the latency")
    parser.add_argument("--marks", type=int, default=100, help="calls that are timed at each rate")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    given = parser.parse_args()
    if missing := [names[0] for names in PROGRAMS if not any(map(shutil.which, names))]:
        print(f"NOT RUN: live needs {', '.join(missing)}", file=sys.stderr)
        return
    before, of_days, of_rates = os.getloadavg(), [], []
    for pace in day.paces():
        if given.paces is None or any(words in pace.name for words in given.paces):
            of_days.append(day.cells(pace, day.measure(pace, given.seconds)))
            print(written(day.TITLES, of_days[-1:]), flush=True)
    for rate in given.rates:
        of_rates.append(latency.cells(rate, given.marks))
        print(written(latency.TITLES, of_rates[-1:]), flush=True)
    text = "\n\n".join(
        [
            page.machine(before),
            *(written(titles, rows) for titles, rows in ((day.TITLES, of_days), (latency.TITLES, of_rates)) if rows),
        ]
    )
    print(f"\n{text}")
    if given.write:
        page.write("live", text)


if __name__ == "__main__":
    main()
