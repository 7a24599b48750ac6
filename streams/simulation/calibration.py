"""Calibration of a random year to published rates, with the fewest possible changes.

A random year comes near the rates for which its lines were fitted. To reproduce published figures, it has to match
these exactly as published: in percent, with two decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest
from random import Random
from typing import Final

from msgspec.structs import replace

from streams.simulation.attempt import Attempt
from streams.simulation.chance import chance
from streams.simulation.faults.fault import Fault, scene_of
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import Office, OfficeDay
from streams.simulation.staff import RING
from streams.simulation.world import World

DECIMALS: Final = 4  # of a rate: two of a percentage
_HALVINGS: Final = 60


class CalibratedWorld(World):
    """An office in which every line has exactly its expected lost rate over all these days."""

    def __init__(self, office: Office, days: Sequence[OfficeDay], seed: int) -> None:
        super().__init__(office, days, seed)
        self._drawn: dict[OfficeDay, dict[str, list[Attempt]]] = {}
        for day in days:
            self._drawn[day] = super().day(day)
        for line, profile in self.profiles.items():
            together = [attempt for attempts in self._drawn.values() for attempt in attempts[line]]
            left_out = calibrate(together, profile.expected_lost_rate, chance(seed, "settled", line))
            for attempts in self._drawn.values():
                attempts[line] = [attempt for attempt in attempts[line] if attempt.call not in left_out]

    def day(self, day: OfficeDay) -> dict[str, list[Attempt]]:
        return self._drawn[day]


def calibrate(attempts: Sequence[Attempt], rate: float, random: Random) -> set[str]:
    """Turn some calls into lost calls, and return which calls to leave out, to reach a lost `rate`.

    If too few are lost, the longest waits end in giving up just before an agent is found. If too many are lost, as few
    lost calls as possible are left out; so are answered calls, until some whole number of lost calls gives the rate.
    Agents never get more work.
    """
    lost, answered = (
        random.sample(group, len(group))
        for group in ([each for each in attempts if each.outcome == outcome] for outcome in ("lost", "answered"))
    )
    left_out: set[str] = set()
    while True:
        calls = len(attempts) - len(left_out)
        wanted = round(rate * calls)
        if len(lost) > wanted:
            left_out.add(lost.pop().call)
        elif round(wanted / calls, DECIMALS) != rate:
            left_out.add(answered.pop().call)
        else:
            break
    for each in nlargest(wanted - len(lost), answered, key=lambda each: each.wait):
        each.wait = max(0, each.wait - RING[1])
        each.outcome, each.reason = "lost", "abandoned"
        each.agent, each.talk, each.legs = None, None, ()
    return left_out


def with_told_rate(world: World, fault: Fault, rate: float) -> Fault:
    """Return the fault with the severity that makes its line's counted lost rate over all days equal to `rate`.

    The fault must report a share of answered calls as lost, and a larger share must include all calls of a smaller one.
    Raise `ValueError` if no share gives the rate.
    """
    rewrite = MECHANISMS[fault.mechanism].rewrite
    assert rewrite is not None
    usual = world.profiles[fault.line].calls_a_day
    days = [(day, world.day(day)[fault.line]) for day in world.days]
    wanted = round(rate * sum(len(attempts) for _, attempts in days))
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        share = (low + high) / 2
        lost = 0
        for day, attempts in days:
            scene = scene_of(fault, day, attempts, usual, world.seed)
            for attempt in attempts:
                within = scene.start <= attempt.start < scene.end
                counted = rewrite(attempt, share, scene) if within else (attempt,)
                lost += sum(each.outcome == "lost" for each in counted)
        if lost == wanted:
            return replace(fault, severity=share)
        low, high = (share, high) if lost < wanted else (low, share)
    raise ValueError(f"no severity of {fault.mechanism} gives a counted lost rate of {rate:.2%} on {fault.line}")
