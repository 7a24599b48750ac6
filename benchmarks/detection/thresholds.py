"""The thresholds of the watch as the report shows them, read from the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_type_hints

from msgspec import Struct

from benchmarks.detection.words import table
from streams.checks.day_rate import DayRateCheck
from streams.watch.counting import EVERY_LAW
from streams.watch.thresholds import (
    AGENT,
    BENCH,
    CLOCK,
    FEW,
    GAP,
    GATE,
    HOURS,
    KIND,
    LAW,
    LEARNING,
    OFFICE,
    OVERLOAD,
    PRIOR,
    RATE,
    SLOT,
    WITNESS,
)

PAGE: Final = Path(__file__).parents[2] / "docs/detection-measured.md"

INTRODUCTION: Final = """\
## Thresholds

Written by `python -m benchmarks.detection.thresholds` from `streams/watch/thresholds.py`, `laws.py` and
`streams/checks/day_rate.py`. Evidence is in nats, the logarithm of a likelihood ratio: 4.6 nats are 99 to 1. A
threshold without a source was set by hand on the families of this page, both halves of their seeds, and is tested by
`make bench-detect`. None but `widest` was set on the held-out situations ([benchmark.md](benchmark.md)).
"""
SUBJECTS: Final[dict[str, Struct]] = {
    "The rate": RATE,
    "The witnesses": WITNESS,
    "The prior": PRIOR,
    "Overload": OVERLOAD,
    "Laws and silence": LAW,
    "All lines together": OFFICE,
    "The kind": KIND,
    "Calls of a slot": SLOT,
    "Kinds of call that stop coming": GAP,
    "Answers without an agent": AGENT,
    "Hours of the day": HOURS,
    "Too few calls": FEW,
    "The clock": CLOCK,
    "Days and incidents": LEARNING,
    "Publication": GATE,
    "Days of a line of totals": DayRateCheck(),
}


def section() -> str:
    """Return the section of the report."""
    return "\n".join(_parts())


def _parts() -> Iterator[str]:
    yield INTRODUCTION
    for subject, thresholds in SUBJECTS.items():
        yield f"### {subject}\n"
        hints = get_type_hints(type(thresholds), include_extras=True)
        rows = [
            (name, _shown(getattr(thresholds, name)), unit, meaning, "" if source == BENCH else source)
            for name, (unit, meaning, source) in ((name, hint.__metadata__) for name, hint in hints.items())
        ]
        sourced = any(source for *_, source in rows)
        head = ("threshold", "value", "unit", "meaning", *(("source",) if sourced else ()))
        yield table(head, rows if sourced else (row[:-1] for row in rows))
    yield "### Laws\n\nShares of the calls that could break the law: the usual one, and the least that is reported.\n"
    yield table(
        ("law", "kind of incident", "usual", "reported"),
        [(name, law.kind, f"{law.usual:.2%}", f"{law.worse:.0%}") for name, law in EVERY_LAW.items()],
    )


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


if __name__ == "__main__":
    before, _, _ = PAGE.read_text(encoding="utf-8").partition(INTRODUCTION.partition("\n")[0])
    PAGE.write_text(before + section(), encoding="utf-8")
