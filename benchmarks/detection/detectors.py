"""What a detector is: a function from the events of one line to the moments at which it alarms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from streams.calls.rules import LineRules
from streams.events import CallEvent, milliseconds

Detector: TypeAlias = Callable[[Sequence[CallEvent], LineRules], Iterable[int]]


class Alarm(NamedTuple):
    """Hold an alarm; of a rival, a miscount is all it can be. Moments are epoch ms."""

    raised: int
    start: int  # of what it names
    end: int
    verdict: str = "miscount"
    kind: str = ""
    once: bool = True  # it was called a miscount, if only for a time
    doubted: int | None = None  # when it was first called a miscount or undecided
    detected: int = 0
    off: int = 0  # when it was closed


class FirstOutcome(NamedTuple):
    """Hold what came first of one call."""

    at: int  # epoch ms
    lost: bool


def outcomes(events: Iterable[CallEvent], rules: LineRules) -> list[FirstOutcome]:
    """Return the first outcome of each call: the 0/1 stream that most detectors watch."""
    seen: set[str] = set()
    found = []
    for event in events:
        lost = event.type == "lost" and (event.reason or "unknown") in rules.lost_reasons
        if (lost or event.type == "answered") and event.call not in seen:
            seen.add(event.call)
            found.append(FirstOutcome(milliseconds(event.at), lost))
    return found


def alarms(detector: Detector, events: Sequence[CallEvent], rules: LineRules) -> list[Alarm]:
    """Return a detector's first alarm of each day: whoever was called in the morning needs no second call."""
    days: dict[int, int] = {}
    for raised in detector(events, rules):
        days.setdefault(rules.day(raised), raised)
    return [Alarm(raised, raised, raised, detected=raised) for raised in days.values()]
