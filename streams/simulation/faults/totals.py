"""Faults of the totals that the counting software reports: stuck, reset, wrapped, at odds with the events."""

from __future__ import annotations

from typing import Final

from streams.simulation.faults.fault import Mechanism, Memory, Told


def stuck(told: Told, _: float, memory: Memory, _day: str) -> Told:
    """Report the first totals again and again."""
    memory.base = memory.base or told
    return memory.base


def reset(told: Told, _: float, memory: Memory, _day: str) -> Told:
    """Begin again at zero, once."""
    memory.base = memory.base or told
    return told.minus(memory.base)


def reset_nightly(told: Told, _: float, memory: Memory, day: str) -> Told:
    """Begin again at zero every day."""
    if day and day != memory.day:
        memory.day, memory.base = day, told
    assert memory.base is not None
    return told.minus(memory.base)


def wrap(told: Told, modulus: float, _: Memory, _day: str) -> Told:
    """Begin again at zero whenever a counter is full."""
    full = int(modulus)
    return Told(told.offered % full, told.answered % full, told.lost % full)


def factor(told: Told, times: float, memory: Memory, day: str) -> Told:
    """Count so many lost calls for each, from now on."""
    memory.base = memory.base or told
    if day:
        memory.more = round((told.lost - memory.base.lost) * (times - 1))
    return Told(told.offered + memory.more, told.answered, told.lost + memory.more)


def offset(told: Told, calls: float, _: Memory, _day: str) -> Told:
    """Report so many lost calls more than there were."""
    return Told(told.offered + round(calls), told.answered, told.lost + round(calls))


OF_TOTALS: Final = {
    "stuck": Mechanism(
        says="readings that stand still while calls flow; no severity",
        kinds=("stuck", "mismatch"),
        severity=1.0,
        mildest=1.0,
        worst=1.0,
        total=stuck,
    ),
    "reset": Mechanism(
        says="cumulative readings that begin again at zero, once; no severity",
        kinds=("reset", "mismatch"),
        severity=1.0,
        mildest=1.0,
        worst=1.0,
        total=reset,
        lasts=True,
    ),
    "reset-nightly": Mechanism(
        says="cumulative readings that begin again at zero every day; no severity",
        kinds=("reset", "mismatch"),
        severity=1.0,
        mildest=1.0,
        worst=1.0,
        total=reset_nightly,
        lasts=True,
    ),
    "wrap": Mechanism(
        says="number at which each cumulative total begins again at zero",
        kinds=("reset", "mismatch"),
        severity=256.0,
        mildest=128.0,
        worst=1_024.0,
        total=wrap,
    ),
    "readings-factor": Mechanism(
        says="lost calls that readings count for each that events tell of",
        kinds=("mismatch",),
        severity=12.8,
        mildest=1.5,
        worst=13.0,
        total=factor,
        lasts=True,
    ),
    "readings-offset": Mechanism(
        says="lost calls that readings have more than events tell of",
        kinds=("mismatch", "reset"),
        severity=20.0,
        mildest=2.0,
        worst=100.0,
        total=offset,
    ),
}
