"""Every mechanism that touches events, after weeks of sound counting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

from benchmarks.detection.families.plan import RATE, Plan, line, placed, seeded
from benchmarks.detection.office import LINE, moment
from benchmarks.detection.scenario import Scenario, Told
from streams.simulation.faults.fault import Fault
from streams.simulation.faults.mechanisms import MECHANISMS

SILENTLY: Final = "answered-as-lost-silently"
SIX: Final = "to 6 %"  # that mechanism at a severity that moves 1.87 % to 6 %
SIX_SEVERITY: Final = 0.042
OTHER_RATE: Final = 0.0404  # of one in four
LASTING: Final = (7, 28, 14, 28)  # days that a fault lasts, by seed
SIX_LASTING: Final = 42
TIMES: Final = {30: 4, 100: 3, 300: 1}
OFTEN: Final = {volume: 2 * times for volume, times in TIMES.items()}  # what a target is about
LESS_TOLD: Final = {30: 4, 100: 4}
HOURS: Final = (9, 10, 11, 14, 15)  # at which a fault begins


def faults(plan: Plan) -> Iterator[Scenario]:
    """Yield every mechanism at its usual severity, and a silent one at a mild one too."""
    for what in (*mechanisms(), SIX):
        often = what in {SILENTLY, SIX}
        yield from _played("faults", what, plan, "all", OFTEN if often else TIMES)


def faulty(family: str, plan: Plan, told: Told) -> Iterator[Scenario]:
    """Yield the faults that are played where less is told."""
    for what in (SILENTLY, "phantoms", SIX):
        yield from _played(family, what, plan, told, LESS_TOLD)


def mechanisms() -> list[str]:
    """Return the mechanisms that touch events."""
    return [name for name, each in MECHANISMS.items() if each.distort is None]


def named(what: str, start: float, end: float) -> Fault:
    """Return the fault of a name: a mechanism at its usual severity, or the mild one."""
    mechanism, severity = (SILENTLY, SIX_SEVERITY) if what == SIX else (what, MECHANISMS[what].severity.usual)
    return Fault(line=LINE, mechanism=mechanism, start=start, end=end, severity=severity)


def _played(family: str, what: str, plan: Plan, told: Told, times: Mapping[int, int]) -> Iterator[Scenario]:
    for calls, seed in plan.at(times):
        random = Random(f"{what} {calls} {seed}")
        other = seed % 4 == 3 and what not in {SILENTLY, SIX}  # noqa: PLR2004 -- one in four
        lasting = SIX_LASTING if what == SIX else LASTING[seed % len(LASTING)]
        days, begins = placed(random, lasting)
        fault = named(what, moment(days[begins], random.choice(HOURS)), moment(days[begins + lasting], 17))
        yield Scenario(
            family=family,
            what=what,
            profile=line(calls, OTHER_RATE if other else RATE),
            seed=seeded(what, calls, seed),
            days=days,
            faults=(fault,),
            told=told,
        )
