"""Lines that tell less: no waits, no callers, or outcomes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from benchmarks.detection.families.faults import faulty
from benchmarks.detection.families.plan import Plan, line, seeded, year
from benchmarks.detection.scenario import Scenario, Told

RATES: Final = (0.0187, 0.0704)
YEARS: Final = {30: 2, 100: 1}  # of each rate
TOLD: Final[tuple[Told, ...]] = ("no-waits", "no-callers", "bare")


def blind(told: Told) -> Callable[[Plan], Iterator[Scenario]]:
    """Return the family of lines that tell no more than that."""

    def scenarios(plan: Plan) -> Iterator[Scenario]:
        for rate in RATES:
            for calls, seed in plan.at(YEARS):
                yield Scenario(
                    family=told,
                    what=f"sound, {rate:.2%} lost",
                    profile=line(calls, rate),
                    seed=seeded("blind", rate, seed),
                    days=year(),
                    told=told,
                )
        yield from faulty(told, plan, told)

    return scenarios
