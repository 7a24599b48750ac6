"""The numbers that the watch decides by, as the report shows them: written from where they stand in the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_type_hints

from msgspec import Struct

from benchmarks.detection.words import table
from streams.checks.day_rate import DayRateCheck
from streams.watch.counting import EVERY_LAW
from streams.watch.thresholds import CLOCK, GAP, GATE, KIND, LAW, LEARNING, OFFICE, OVERLOAD, PRIOR, RATE, SLOT, WITNESS

INTRODUCTION: Final = """\
## What the watch decides by

Written from `streams/watch/thresholds.py`, `laws.py` and `streams/checks/day_rate.py`. Evidence is in nats, the
logarithm of a likelihood ratio: 4.6 nats are 99 to 1. Where the source is `make bench-detect`, a number was set by
hand, and this page measures it.
"""
SUBJECTS: Final[dict[str, Struct]] = {
    "The rate": RATE,
    "The witnesses": WITNESS,
    "The prior": PRIOR,
    "Overload": OVERLOAD,
    "The laws, and silence": LAW,
    "All lines at once": OFFICE,
    "The kind": KIND,
    "The calls of a slot": SLOT,
    "What comes no more": GAP,
    "The clock": CLOCK,
    "Days and incidents": LEARNING,
    "What is published": GATE,
    "The days of a line of totals": DayRateCheck(),
}


def section() -> str:
    """Return the section of the report."""
    return "\n".join(_parts())


def _parts() -> Iterator[str]:
    yield INTRODUCTION
    for subject, thresholds in SUBJECTS.items():
        yield f"### {subject}\n"
        hints = get_type_hints(type(thresholds), include_extras=True)
        rows = [(name, _shown(getattr(thresholds, name)), *said.__metadata__) for name, said in hints.items()]
        yield table(("threshold", "value", "unit", "meaning", "source"), rows)
    yield "### Each law\n\nOf the calls that could break it: the share that is usual, and the least that is told.\n"
    yield table(
        ("law", "kind of incident", "usual", "told"),
        [(name, law.kind, f"{law.usual:.2%}", f"{law.worse:.0%}") for name, law in EVERY_LAW.items()],
    )


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
