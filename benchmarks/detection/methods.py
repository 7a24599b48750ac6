"""Tocsin, and what others would watch a lost rate with: each gives the alarms that it raises on one stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from statistics import fmean, pstdev
from typing import Any, Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from agents.catalogue import rules_of, times
from benchmarks.detection.scenarios import LINE, settings
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent, milliseconds
from streams.kept.times import HOUR_MS

LIMIT: Final = 0.1  # the lost rate above which a threshold alerts: the target that the office set
LEAST_AN_HOUR: Final = 10  # calls that a threshold needs in an hour
LEAST_A_BAND: Final = 5  # calls that a band needs in an hour
RECENT: Final = 50  # calls
WEEKS: Final = 28 * 24  # hours that a band looks back
LEAST_PAST: Final = 10  # hours that it needs of them
SPREADS: Final = 3.0  # standard deviations
TOCSIN: Final = "Tocsin"
NEEDS_RIVER: Final = ("river ADWIN", "river PageHinkley")


class Alarm(NamedTuple):
    """Hold an alarm; of a rival, a miscount is all it can be."""

    raised: int  # epoch ms
    start: int  # epoch ms, of what it names
    end: int  # epoch ms
    verdict: str = "miscount"
    kind: str = ""
    once: bool = True  # it was called a miscount, if only for a time


class FirstOutcome(NamedTuple):
    """Hold what came first of one call."""

    at: int  # epoch ms
    lost: bool


Detector: TypeAlias = Callable[[Sequence[FirstOutcome]], Iterator[int]]


def rules(expected: float) -> LineRules:
    """Return the rules of the line as a worker has them, with the lost rate that it is known for."""
    office = settings()
    line = office.lines[LINE].model_copy(update={"expected_lost_rate": expected})
    return replace(rules_of(office, LINE, line, times(office)), line=LINE)


def tocsin(events: Iterable[CallEvent], counted: LineRules) -> list[Alarm]:
    """Return the incidents, each raised when it was first called a miscount, or else detected."""
    line = Line(counted)
    incidents = line.state.watch.incidents
    first: dict[str, int] = {}

    def note() -> None:
        for each in incidents[-8:]:  # more are never open
            if each.verdict == "miscount" and each.id not in first:
                first[each.id] = line.state.high

    for event in events:
        line.fold(event)
        if incidents:
            note()
    line.watch.close(line.state.high, line.state.results)
    note()
    return [
        Alarm(first.get(each.id, each.detected), each.start, each.end, each.verdict, each.kind, each.id in first)
        for each in incidents
    ]


def outcomes(events: Iterable[CallEvent], counted: LineRules) -> list[FirstOutcome]:
    """Return the first outcome of each call, the 0/1 stream that every rival watches."""
    seen: set[str] = set()
    found = []
    for event in events:
        lost = event.type == "lost" and (event.reason or "unknown") in counted.lost_reasons
        if (lost or event.type == "answered") and event.call not in seen:
            seen.add(event.call)
            found.append(FirstOutcome(milliseconds(event.at), lost))
    return found


def last_hour(calls: Sequence[FirstOutcome]) -> Iterator[int]:
    """Alert while the lost rate of the last hour is above the limit."""
    recent: deque[FirstOutcome] = deque()
    for call in calls:
        recent.append(call)
        while recent[0].at < call.at - HOUR_MS:
            recent.popleft()
        if len(recent) >= LEAST_AN_HOUR and sum(each.lost for each in recent) > LIMIT * len(recent):
            yield call.at


def last_calls(calls: Sequence[FirstOutcome]) -> Iterator[int]:
    """Alert while the lost rate of the last calls is above the limit."""
    recent: deque[bool] = deque(maxlen=RECENT)
    for call in calls:
        recent.append(call.lost)
        if len(recent) == RECENT and sum(recent) > LIMIT * RECENT:
            yield call.at


def band(calls: Sequence[FirstOutcome]) -> Iterator[int]:
    """Alert at the end of an hour whose rate is beyond the mean and three deviations of that hour in four weeks."""
    hours: dict[int, list[bool]] = {}
    for call in calls:
        hours.setdefault(call.at // HOUR_MS, []).append(call.lost)
    rates = {hour: fmean(lost) for hour, lost in hours.items() if len(lost) >= LEAST_A_BAND}
    for hour, rate in rates.items():
        past = [rates[each] for each in range(hour - WEEKS, hour, 24) if each in rates]
        if len(past) >= LEAST_PAST and rate > fmean(past) + SPREADS * pstdev(past):
            yield (hour + 1) * HOUR_MS


def _drift(name: str) -> Detector:
    """Return one of river's detectors, with its default settings."""

    def alarms(calls: Sequence[FirstOutcome]) -> Iterator[int]:
        detector: Any = getattr(import_module("river.drift"), name)()
        for call in calls:
            detector.update(int(call.lost))
            if detector.drift_detected:
                yield call.at

    return alarms


def has_river() -> bool:
    """Tell whether river is installed."""
    try:
        import_module("river.drift")
    except ImportError:
        return False
    return True


def methods() -> dict[str, Detector]:
    """Return what is compared with Tocsin, by name; river's where it is installed."""
    found: dict[str, Detector] = {
        f"over {LIMIT:.0%} in the last hour": last_hour,
        f"over {LIMIT:.0%} of the last {RECENT} calls": last_calls,
        f"band of {SPREADS:g} deviations": band,
    }
    if has_river():
        found |= {name: _drift(name.split()[1]) for name in NEEDS_RIVER}
    return found


def rivals(events: Sequence[CallEvent], counted: LineRules) -> dict[str, list[Alarm]]:
    """Return each rival's first alarm of each day: whoever was called in the morning needs no second call."""
    calls = outcomes(events, counted)
    found: dict[str, list[Alarm]] = {}
    for name, method in methods().items():
        days: dict[int, int] = {}
        for raised in method(calls):
            days.setdefault(counted.day(raised), raised)
        found[name] = [Alarm(raised, raised, raised) for raised in days.values()]
    return found
