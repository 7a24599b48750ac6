"""Real changes for good, on sound counting."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from benchmarks.detection.families.plan import Plan, fresh, line, seeded
from benchmarks.detection.losses import Loss
from benchmarks.detection.office import moment, opening
from benchmarks.detection.reality import Change
from benchmarks.detection.scenario import Scenario
from streams.simulation.office import OfficeDay

DAYS: Final = 240
RATES: Final = (0.0187, 0.0704)
TIMES: Final = {30: 2, 100: 1}
CHANGES: Final = ("an agent less", "an agent more", "patience falls to a quarter", "twice the calls", "half the calls")


def changes(plan: Plan) -> Iterator[Scenario]:
    """Yield lines that change for good after two to four months."""
    for what in CHANGES:
        for rate in RATES:
            for calls, seed in plan.at(TIMES):
                random = Random(f"{what} {calls} {seed}")
                days = fresh(random, DAYS)
                since = moment(opening(days[random.randrange(60, 120) :], 0), 0)
                yield Scenario(
                    family="changes",
                    what=f"{what}, {rate:.2%} lost",
                    profile=line(calls, rate),
                    seed=seeded(what, rate, calls, seed),
                    days=days,
                    losses=_fewer(what, days, since),
                    change=_change(what, since),
                )


def _fewer(what: str, days: tuple[OfficeDay, ...], since: float) -> tuple[Loss, ...]:
    """Return when half of the callers do not call: the staff is as it would be for those who do."""
    if what == "twice the calls":
        return (Loss(name="fewer", start=days[0].start, end=since, share=0.5),)
    if what == "half the calls":
        return (Loss(name="fewer", start=since, end=days[-1].end, share=0.5),)
    return ()


def _change(what: str, since: float) -> Change | None:
    return {
        "an agent less": Change(since=since, agents=-1),
        "an agent more": Change(since=since, agents=1),
        "patience falls to a quarter": Change(since=since, patience=0.25),
    }.get(what)
