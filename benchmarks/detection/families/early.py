"""Faults from the first day on: no sound day is ever seen before."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from benchmarks.detection.families.plan import RATE, Plan, fresh, line, seeded
from benchmarks.detection.office import LINE
from benchmarks.detection.scenario import Scenario
from streams.simulation.faults.fault import Fault

TOLD: Final = (0.03, 0.06, 0.10, 0.18, 0.30)  # lost rates, where truly 1.87 % are lost
ANSWERED: Final = 1 - RATE - 0.01  # share of the calls: what is not lost, or diverted
SIGNS: Final = {"silently": "answered-as-lost-silently", "with talk": "answered-as-lost"}
MENDED: Final = {"mended after 40 days": 40, "all the time": 120}
DAYS: Final = 120
TIMES: Final = {30: 1, 100: 2}


def early(plan: Plan) -> Iterator[Scenario]:
    """Yield answered calls told as lost from the first call on, by severity, sign and length."""
    for told in TOLD:
        for sign, mechanism in SIGNS.items():
            for length, lasting in MENDED.items():
                for calls, seed in plan.at(TIMES):
                    days = fresh(Random(f"early {told} {sign} {length} {calls} {seed}"), DAYS)
                    fault = Fault(
                        line=LINE,
                        mechanism=mechanism,
                        start=days[0].start,
                        end=days[lasting - 1].end,
                        severity=(told - RATE) / ANSWERED,
                    )
                    yield Scenario(
                        family="early",
                        what=f"{told:.0%} {sign}, {'throughout' if lasting == DAYS else f'{lasting} days'}",
                        profile=line(calls),
                        seed=seeded("early", told, sign, length, calls, seed),
                        days=days,
                        faults=(fault,),
                    )
