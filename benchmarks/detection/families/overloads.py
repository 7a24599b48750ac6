"""Real overloads of a queue: a rush, absence, a neighbour that overflows."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from benchmarks.detection.families.plan import Plan, line, placed, seeded
from benchmarks.detection.office import LINE, moment
from benchmarks.detection.scenario import Scenario
from streams.simulation.overload import Cause, Overload

RUSHES: Final[tuple[tuple[Cause, tuple[float, float]], ...]] = (
    ("rush", (1.5, 2.5)),
    ("absence", (0.3, 0.6)),
    ("overflow", (0.5, 1.0)),
)
LASTING: Final = (0, 2, 4, 0)  # days after the first, by seed
TIMES: Final = {30: 4, 100: 3, 300: 1}


def overloads(plan: Plan) -> Iterator[Scenario]:
    """Yield each cause, mild and strong, over one to five days."""
    for cause, severities in RUSHES:
        for severity in severities:
            for calls, seed in plan.at(TIMES):
                days, begins = placed(Random(f"{cause} {severity} {calls} {seed}"), 7)
                overload = Overload(
                    line=LINE,
                    cause=cause,
                    start=moment(days[begins], 8),
                    end=moment(days[begins + LASTING[seed % len(LASTING)]], 17),
                    severity=severity,
                )
                yield Scenario(
                    family="overloads",
                    what=f"{cause} {severity:g}",
                    profile=line(calls),
                    seed=seeded(cause, severity, calls, seed),
                    days=days,
                    overloads=(overload,),
                )
