"""A line in depth, as an analysis tells it: callers, staff, patience, overflow, and what was to be expected."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.console import Console

from streams.calls.callers import AGAIN, CallBacks, Callers
from streams.desks.line import Line
from streams.insight.expectation import expectation
from streams.insight.patience import Patience, patience
from streams.insight.rates import service_levels
from streams.insight.wait_law import wait_law

PATIENT_AFTER = (10, 30, 60, 120, 300)  # seconds


def depth(line: Line, target: float) -> dict[str, Any]:
    """Return what an analysis says of a line beyond its counts; seconds, shares from 0 to 1, null for unknown."""
    found = patience(line.figures.total())
    staff, hours = line.figures.staff(), line.figures.by_hour()
    return {
        "service_levels": msgspec.to_builtins(service_levels(line)),
        "callers": _callers(line.figures.callers()),
        "occupancy": staff.occupancy,
        "unplaced_talk": staff.unplaced / 1000,
        "patience": _patience(found),
        "overflow": line.figures.overflow(),
        "expectation": msgspec.to_builtins(expectation(hours, staff.by_hour(), found.rate, target)),
        "wait_law": msgspec.to_builtins(wait_law(hours.values())),
    }


def _callers(callers: Callers) -> dict[str, Any]:
    return {
        "callers": callers.callers,
        "attempts": callers.attempts,
        "repeats": callers.repeats,
        "reached_nobody": callers.unreached,
        "net_lost": callers.net_lost,
        "attempts_per_net_lost": callers.attempts_per_net_lost,
        "again_after_lost": _again(callers.after_lost),
        "again_after_answered": _again(callers.after_answered),
        "unfollowed": callers.unfollowed,
    }


def _again(calls: CallBacks) -> dict[str, float | None]:
    return {f"{minutes}m": calls.share(index) for index, minutes in enumerate(AGAIN)}


def _patience(found: Patience) -> dict[str, Any]:
    def seconds(value: float | None) -> float | None:
        return None if value is None else round(value / 1000, 3)

    return {
        "abandoned": found.abandoned,
        "censored": found.censored,
        "median": seconds(found.median),
        "restricted_mean": seconds(found.restricted_mean),
        "up_to": seconds(found.longest) if found.longest else None,
        "abandoning_per_second": None if found.rate is None else found.rate * 1000,
        "patient_after": {str(after): found.survival(after * 1000) for after in PATIENT_AFTER},
    }


def show_depth(name: str, told: dict[str, Any], console: Console) -> None:
    """Print a line in depth for people: a sentence each for what is known."""
    callers, found, expected, law = (told[key] for key in ("callers", "patience", "expectation", "wait_law"))
    levels = told["service_levels"]
    say = [
        (
            f"answered in time, of answered {_percent(levels['over_answered'])}, without short calls "
            f"{_percent(levels['without_short'])}, lost in time as met {_percent(levels['lost_in_time_met'])}"
        )
    ]
    if callers["callers"]:
        again = callers["again_after_lost"]["60m"], callers["again_after_answered"]["60m"]
        say.append(
            f"{callers['callers']} callers, each counted once a day, made {callers['attempts']} calls, "
            f"{callers['reached_nobody']} reached nobody; again within the hour after a lost call "
            f"{_percent(again[0])}, an answered one {_percent(again[1])}"
        )
    if told["occupancy"] is not None:
        late = f", and {_seconds(told['unplaced_talk'])} told too late to count in it" if told["unplaced_talk"] else ""
        say.append(f"agents seen at work talked {_percent(told['occupancy'])} of their time, at most{late}")
    if found["abandoned"]:
        say.append(
            f"patience: median {_seconds(found['median'])}, mean {_seconds(found['restricted_mean'])} up to "
            f"{_seconds(found['up_to'])}; still waiting after 60 s {_percent(found['patient_after']['60'])}"
        )
    if told["overflow"]:
        say.append("diverted to " + ", ".join(f"{to} {count}" for to, count in told["overflow"].items()))
    if expected is not None:
        needed = "" if expected["needed"] is None else f", {expected['needed']:.1f} needed for the target"
        say.append(
            f"over {expected['hours']} h with {expected['agents']:.1f} agents seen, lost {_percent(expected['lost'])} "
            f"where {_percent(expected['expected_lost'])} was to be expected, wait {_seconds(expected['wait'])} where "
            f"{_seconds(expected['expected_wait'])}{needed}"
        )
    if law is not None and law["correlation"] is not None:
        say.append(
            f"over {law['hours']} h the lost share follows the wait with r = {law['correlation']:.3f}, "
            f"{law['theta'] * 100:.3f} % a second"
        )
    for sentence in say:
        console.print(f"{name}: {sentence}", markup=False)


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{share * 100:.2f} %"


def _seconds(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1f} s"
