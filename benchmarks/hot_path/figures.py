"""The figures of each line in a program that takes an hour to write: totals, the last hour's lost rate, the mean wait.

The loop by hand and the peers keep these figures, plain data so that every framework can store them. That is less than
Tocsin does: they do not detect repeated events, and have no state of a call, no watch and no ledger.
"""

from __future__ import annotations

from typing import Any, TypedDict

BIN_SECONDS = 300
BINS = 12  # an hour


class Figures(TypedDict):
    """The figures of one line or service."""

    totals: dict[str, int]  # events by type
    hour: list[list[int]]  # by five minutes: which five minutes, answered, lost
    waited: int  # ms, of all answered calls


def begun() -> Figures:
    """Return the figures of a line without events."""
    return {"totals": {}, "hour": [[0, 0, 0] for _ in range(BINS)], "waited": 0}


def count(figures: Figures, kind: str, at: float, wait: float | None) -> Figures:
    """Add an event of a moment (epoch s) to figures; return them."""
    totals = figures["totals"]
    totals[kind] = totals.get(kind, 0) + 1
    if kind in {"answered", "lost"}:
        number = int(at) // BIN_SECONDS
        part = figures["hour"][number % BINS]
        if part[0] < number:
            part[:] = [number, 0, 0]
        if part[0] == number:
            part[1 if kind == "answered" else 2] += 1
        if kind == "answered":
            figures["waited"] += round(1000 * (wait or 0.0))
    return figures


def summary(figures: Figures) -> dict[str, Any]:
    """Return the figures shown: totals, the lost rate of the last hour, the mean wait (s)."""
    latest = max(part[0] for part in figures["hour"])
    recent = [part for part in figures["hour"] if part[0] > latest - BINS]
    answered, lost = sum(part[1] for part in recent), sum(part[2] for part in recent)
    all_answered = figures["totals"].get("answered", 0)
    return {
        "totals": dict(sorted(figures["totals"].items())),
        "lost_rate": lost / (answered + lost) if answered + lost else None,
        "mean_wait": figures["waited"] / 1000 / all_answered if all_answered else None,
    }
