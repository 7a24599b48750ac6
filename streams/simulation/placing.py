"""Random faults and overloads, to test a detector."""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign, exp, log
from random import Random

from streams.simulation.chance import chance
from streams.simulation.faults.fault import Fault
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import Office, OfficeDay
from streams.simulation.overload import CAUSES, RANGES, Overload

_FAULT_DAYS = (0.2, 60.0)
_OVERLOAD_HOURS = (1.0, 40.0)


def random_faults(number: int, office: Office, days: Sequence[OfficeDay], seed: int) -> list[Fault]:
    """Return `number` random faults, which may overlap; all mechanisms possible in the office are equally likely."""
    random = chance(seed, "faults")
    names = [name for name, each in MECHANISMS.items() if each.distort is None or office.readings is not None]
    placed = []
    for _ in range(number):
        mechanism = random.choice(names)
        start = _opening_moment(days, random)
        known = MECHANISMS[mechanism]
        placed.append(
            Fault(
                line=random.choice(office.lines).line,
                mechanism=mechanism,
                start=start,
                end=min(days[-1].end, start + 86_400 * _between(_FAULT_DAYS, random)),
                severity=round(_between(known.severity[1:], random), 3),
            )
        )
    return placed


def random_overloads(number: int, office: Office, days: Sequence[OfficeDay], seed: int) -> list[Overload]:
    """Return `number` random overloads, which may overlap; all causes possible in the office are equally likely."""
    random = chance(seed, "overloads")
    causes = [cause for cause in CAUSES if cause != "overflow" or len(office.lines) > 1]
    placed = []
    for _ in range(number):
        cause = random.choice(causes)
        start = _opening_moment(days, random)
        placed.append(
            Overload(
                line=random.choice(office.lines).line,
                cause=cause,
                start=start,
                end=min(days[-1].end, start + 3_600 * _between(_OVERLOAD_HOURS, random)),
                severity=round(_between(RANGES[cause], random), 3),
            )
        )
    return placed


def _opening_moment(days: Sequence[OfficeDay], random: Random) -> float:
    opens, closes = random.choice([stretch for day in days for stretch in day.opened])
    return float(round(random.uniform(opens, closes) / 60) * 60)


def _between(bounds: tuple[float, float], random: Random) -> float:
    """Return a random number between two of the same sign, uniform on a logarithmic scale."""
    low, high = (log(abs(bound)) for bound in bounds)
    return copysign(exp(random.uniform(low, high)), bounds[0])
