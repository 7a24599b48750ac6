"""Sound lines that are configured with a wrong lost rate, or with none."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from benchmarks.detection.families.plan import Plan, fresh, line, seeded
from benchmarks.detection.scenario import Scenario

PRIORS: Final = {"x 10": 10.0, "x 3": 3.0, "/ 3": 1 / 3, "/ 10": 0.1, "none": None}
RATES: Final = (0.0187, 0.0704)
DAYS: Final = 180
TIMES: Final = {30: 1, 100: 2}


def priors(plan: Plan) -> Iterator[Scenario]:
    """Yield sound half-years by how wrong the configured rate is."""
    for what, prior in PRIORS.items():
        for rate in RATES:
            for calls, seed in plan.at(TIMES):
                yield Scenario(
                    family="priors",
                    what=f"{what}, {rate:.2%} lost",
                    profile=line(calls, rate),
                    seed=seeded("priors", rate, calls, seed),
                    days=fresh(Random(f"priors {calls} {seed}"), DAYS),
                    prior=prior,
                )
