"""Faults of the counting software's totals: stuck, reset, wrapped, or in conflict with the events."""

from __future__ import annotations

from typing import Final

from streams.said import said
from streams.simulation.faults.fault import FaultMemory, Mechanism, RunningTotals, Severity


def stuck(totals: RunningTotals, _: float, memory: FaultMemory, _day: str) -> RunningTotals:
    """Report the first totals again and again."""
    memory.base = memory.base or totals
    return memory.base


def reset(totals: RunningTotals, _: float, memory: FaultMemory, _day: str) -> RunningTotals:
    """Begin again at zero, once."""
    memory.base = memory.base or totals
    return totals.minus(memory.base)


def reset_nightly(totals: RunningTotals, _: float, memory: FaultMemory, day: str) -> RunningTotals:
    """Begin again at zero every day."""
    if day and day != memory.day:
        memory.day, memory.base = day, totals
    assert memory.base is not None
    return totals.minus(memory.base)


def wrap(totals: RunningTotals, modulus: float, _: FaultMemory, _day: str) -> RunningTotals:
    """Begin again at zero whenever a counter is full."""
    full = int(modulus)
    return RunningTotals(totals.offered % full, totals.answered % full, totals.lost % full)


def factor(totals: RunningTotals, times: float, memory: FaultMemory, day: str) -> RunningTotals:
    """Count each lost call `times` times from the fault's start on."""
    memory.base = memory.base or totals
    if day:
        memory.more = round((totals.lost - memory.base.lost) * (times - 1))
    return RunningTotals(totals.offered + memory.more, totals.answered, totals.lost + memory.more)


def offset(totals: RunningTotals, calls: float, _: FaultMemory, _day: str) -> RunningTotals:
    """Report `calls` more lost calls than there were."""
    return RunningTotals(totals.offered + round(calls), totals.answered, totals.lost + round(calls))


OF_TOTALS: Final = {
    "stuck": Mechanism(
        says=said("readings that stop rising while calls flow; no severity"),
        kinds=("stuck", "mismatch"),
        severity=Severity(1.0, mildest=1.0, worst=1.0),
        distort=stuck,
    ),
    "reset": Mechanism(
        says=said("cumulative readings that begin again at zero, once; no severity"),
        kinds=("reset", "mismatch"),
        severity=Severity(1.0, mildest=1.0, worst=1.0),
        distort=reset,
        lasts=True,
    ),
    "reset-nightly": Mechanism(
        says=said("cumulative readings that begin again at zero every day; no severity"),
        kinds=("reset", "mismatch"),
        severity=Severity(1.0, mildest=1.0, worst=1.0),
        distort=reset_nightly,
        lasts=True,
    ),
    "wrap": Mechanism(
        says=said("number at which each cumulative total begins again at zero"),
        kinds=("reset", "mismatch"),
        severity=Severity(256.0, mildest=128.0, worst=1_024.0),
        distort=wrap,
    ),
    "readings-factor": Mechanism(
        says=said("lost calls in the readings per lost call in the events"),
        kinds=("mismatch",),
        severity=Severity(12.8, mildest=1.5, worst=13.0),
        distort=factor,
        lasts=True,
    ),
    "readings-offset": Mechanism(
        says=said("lost calls in the readings beyond those in the events"),
        kinds=("mismatch", "reset"),
        severity=Severity(20.0, mildest=2.0, worst=100.0),
        distort=offset,
    ),
}
