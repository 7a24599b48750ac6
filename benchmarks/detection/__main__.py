"""Measure detection; run it by `make bench-detect`, or with `--quick` for a glance.

Scenarios are simulated and played on all cores. The same code gives the same figures, except for the cost. The full
run writes docs/detection.md; a quick one only prints.
"""

from __future__ import annotations

import os
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from rich.progress import track

from benchmarks.detection.cost import cost
from benchmarks.detection.methods import has_river
from benchmarks.detection.report import report
from benchmarks.detection.scenarios import scenarios
from benchmarks.detection.score import Score, scores

WRITTEN: Final = Path(__file__).parents[2] / "docs" / "detection.md"
CHUNK: Final = 6  # scenarios that one process plays in turn: most share a profile, whose fit takes longest


def measure(*, quick: bool) -> list[Score]:
    """Return every method's score in every scenario, on all cores."""
    played = scenarios(quick=quick)
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        judged = pool.imap_unordered(scores, played, chunksize=1 if quick else CHUNK)
        every = [score for some in track(judged, f"{len(played)} scenarios", total=len(played)) for score in some]
    return sorted(every, key=lambda score: (score.scenario, score.method))


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    if not has_river():
        print("Without river's ADWIN and PageHinkley, as it is not installed: .venv/bin/pip install -e '.[bench]'")
    begin = time.monotonic()
    measured = measure(quick=quick)
    text = report(measured, cost(quick=quick), river=has_river())
    print(text)
    print(f"{time.monotonic() - begin:.0f} s on {os.cpu_count()} cores")
    if not quick:
        WRITTEN.write_text(text)
        print(f"written to {WRITTEN}")


if __name__ == "__main__":
    main()
