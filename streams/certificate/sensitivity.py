"""The smallest fault that would have been told on this very line, by faults put into its own days.

Follow one size of a fault: it is put into the line's calls from the opening of a day on, a day on which nothing was
wrong; the `Line` that folded the year, with all that it had learnt by then, folds them again; and the day on which its
watch tells a miscount, or a doubt that withholds the figure, is noted. The same from many other days. A size is *told*
where the watch tells it from at least 95 % of them in time; a bisection finds the smallest.

Faults of known size, put into the data that a detector watches, say what it can see: Wallstrom, Wagner and Hogan,
High-fidelity injection detectability experiments (2005).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, sqrt
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from streams.calls.rules import LineRules
from streams.certificate.attempts import LineCalls
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.events import CallEvent
from streams.kept.packing import pack, unpack
from streams.kept.times import HOUR_MS
from streams.simulation.attempt import Attempt, events_of
from streams.simulation.faults.fault import Fault, scene_of
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import OfficeDay
from streams.watch.incident import Incident

SURE: Final = 0.95  # share of the starting days from which a size is told
HORIZONS: Final = (5, 20)  # opening days
STARTS: Final = 20  # starting days at most: so many that one may fail
FEWEST: Final = 10  # starting days; fewer say nothing of 95 %
STEP: Final = 1.2  # the smallest size is found within this factor
SMALLEST: Final = 1 / 200  # of the worst size: no smaller one is tried

# Faults that move the lost rate. The first needs nothing but counts and waits; those of the second kind show in who
# called or who talked, which only events tell.
OF_COUNTS: Final = (
    "answered-as-lost-silently",
    "lost-again",
    "phantoms",
    "short-counted",
    "answered-missing",
    "diverted-as-lost",
    "lost-missing",
    "short-dropped",
    "ends-missing",
)
OF_CALLERS: Final = ("answered-as-lost", "legs-as-lost", "redialled")
_UNHARMED: Final = {"lost-again": 1.0}  # the size that changes nothing, where it is not 0


class Size(Struct, frozen=True):
    """Hold how big a fault is."""

    severity: float  # in the mechanism's unit
    points: float  # by which it moves the lost rate while it is at work; a share


class Smallest(Struct, frozen=True):
    """Hold the smallest fault of one kind that is told, by the number of opening days within which it is."""

    mechanism: str
    told: dict[int, Size | None]  # None: not even the worst one is
    worst: Size  # the biggest that was tried
    worst_told: int  # starting days from which the worst is told within the longest of these times
    starts: int  # starting days


class Trial(NamedTuple):
    """Hold a day from which faults are tried: the line's state as it begins, and the days from it on."""

    state: bytes
    days: Sequence[OfficeDay]  # as many of them are open as the longest horizon has


def trials(rules: LineRules, calls: LineCalls, days: Sequence[OfficeDay], begin: int, unsound: set[int]) -> list[Trial]:
    """Return starting days from the local day `begin` on, evenly spread; `unsound` are days that something was wrong.

    Local days are ordinals. A line may have no such day: never twenty sound opening days in a row.
    """
    wanted = _spread([n for n, day in enumerate(days) if day.opened and day.date.toordinal() >= begin], days, unsound)
    if not wanted:
        return []
    line, snapshots = Line(rules), dict[int, bytes]()
    for n, day in enumerate(days[: max(wanted.values())]):
        if n in wanted:
            snapshots[n] = msgspec.msgpack.encode(pack(line.state))
        _fold(line, calls, day, calls.days.get(day.date.toordinal(), ()))
    wrong = {
        day
        for each in filter(_tells, line.watch.incidents.kept)
        for day in range(rules.day(each.start), rules.day(each.end - 1) + 1)
    }
    return [
        Trial(state, days[n : wanted[n]])
        for n, state in snapshots.items()
        if not any(day.date.toordinal() in wrong for day in days[n : wanted[n]])
    ]


def smallest(mechanism: str, rules: LineRules, calls: LineCalls, starts: Sequence[Trial]) -> Smallest:
    """Return the smallest fault of a mechanism that is told from these starting days; there is one at least."""
    player = FaultPlayer(mechanism, rules, calls)
    unharmed, worst = _UNHARMED.get(mechanism, 0.0), MECHANISMS[mechanism].worst
    longest, least = HORIZONS[-1], ceil(SURE * len(starts) - 1e-9)
    delays = [player.delay(trial, worst, longest) for trial in starts]

    def told(excess: float, within: int) -> bool:
        """Tell whether a size is told in time from enough days; it is given up when too many have failed."""
        failed = 0
        for trial in starts:
            failed += player.delay(trial, unharmed + excess, within) is None
            if len(starts) - failed < least:
                return False
        return True

    def found(within: int, low: float) -> float | None:
        """Return the smallest size told within so many opening days; none below `low` is."""
        high = worst - unharmed
        if sum(delay is not None and delay <= within for delay in delays) < least:
            return None
        if told(low, within):
            return low
        while high > STEP * low:
            middle = sqrt(low * high)
            low, high = (low, middle) if told(middle, within) else (middle, high)
        return high

    sizes: dict[int, Size | None] = {}
    low = SMALLEST * (worst - unharmed)
    for within in reversed(HORIZONS):
        excess = found(within, low)
        sizes[within] = None if excess is None else player.size(starts, unharmed + excess, within)
        low = excess or low
    return Smallest(
        mechanism,
        dict(sorted(sizes.items())),
        player.size(starts, worst, longest),
        sum(delay is not None for delay in delays),
        len(starts),
    )


class FaultPlayer:
    """Play one mechanism in sizes into a line's own days."""

    def __init__(self, mechanism: str, rules: LineRules, calls: LineCalls) -> None:
        self._name = mechanism
        self._mechanism = MECHANISMS[mechanism]
        self._rules = rules
        self._calls = calls
        self._usual = _usual(calls)

    def delay(self, trial: Trial, severity: float, within: int) -> int | None:
        """Return on which opening day a fault is told, from 1; None where it is not within so many."""
        line = Line(self._rules, unpack(trial.state, LineState))
        known = {each.id for each in line.watch.incidents.kept if _tells(each)}
        opened = 0
        for day in trial.days:
            if opened == within and day.opened:
                return None
            opened += bool(day.opened)
            _fold(line, self._calls, day, self._harmed(trial, day, severity))
            if any(_tells(each) and each.id not in known for each in line.watch.incidents.kept):
                return opened
        return None

    def size(self, starts: Iterable[Trial], severity: float, within: int) -> Size:
        """Return how far a severity moves the lost rate, over all starting days."""
        before, after = [0, 0], [0, 0]
        for trial in starts:
            for day in [day for day in trial.days if day.opened][:within]:
                for sums, attempts in (
                    (before, self._calls.days.get(day.date.toordinal(), ())),
                    (after, self._harmed(trial, day, severity)),
                ):
                    opened = [each for each in attempts if _in(day, each.start)]
                    sums[0] += sum(each.outcome == "lost" and "lost" not in each.unsent for each in opened)
                    sums[1] += len(opened)
        return Size(severity, _rate(after) - _rate(before))

    def _harmed(self, trial: Trial, day: OfficeDay, severity: float) -> Sequence[Attempt]:
        """Return a day's attempts as the counting software tells them under the fault."""
        attempts = self._calls.days.get(day.date.toordinal(), ())
        fault = Fault(
            line=self._rules.line,
            mechanism=self._name,
            start=trial.days[0].start,
            end=trial.days[-1].end,
            severity=severity,
        )
        scene = scene_of(fault, day, attempts, self._usual, seed=0)
        if self._mechanism.rewrite is not None:
            told = [each for attempt in attempts for each in self._mechanism.rewrite(attempt, severity, scene)]
        else:
            assert self._mechanism.invent is not None
            told = [*attempts, *self._mechanism.invent(severity, scene)]
        return told if self._calls.callers else [replace(each, caller=None) for each in told]


def _spread(starts: Sequence[int], days: Sequence[OfficeDay], unsound: set[int]) -> dict[int, int]:
    """Return up to `STARTS` of these days, evenly spread, each with the end of its trial; all of its days are sound."""
    possible: dict[int, int] = {}
    opened = [n for n, day in enumerate(days) if day.opened]
    for n in starts:
        last = bisect_left(opened, n) + HORIZONS[-1] - 1
        if last < len(opened) and not any(day.date.toordinal() in unsound for day in days[n : opened[last] + 1]):
            possible[n] = opened[last] + 1
    numbers = list(possible)
    taken = min(STARTS, len(numbers))
    chosen = [numbers[each * len(numbers) // taken] for each in range(taken)]
    return {n: possible[n] for n in chosen}


def _fold(line: Line, calls: LineCalls, day: OfficeDay, attempts: Iterable[Attempt]) -> None:
    """Fold a day's calls; afterwards it is the next morning."""
    for event in _events(line.rules, calls, attempts):
        line.fold(event)
    line.advance(round(day.end * 1000) + HOUR_MS)


def _events(rules: LineRules, calls: LineCalls, attempts: Iterable[Attempt]) -> Iterator[CallEvent]:
    """Yield the events of a day's attempts in the order of their moments; where no wait was told, none is."""
    final = rules.lifecycle == "final" or not calls.waits
    sent = [each for attempt in attempts for each in events_of(attempt, rules.site, "certificate", final=final)]
    for _, event in sorted(sent, key=lambda each: each[0]):
        yield event if calls.waits else replace(event, wait=None)


def _tells(incident: Incident) -> bool:
    """Tell whether an incident puts the counting in question: a miscount, or a doubt."""
    return incident.verdict != "overload"


def _in(day: OfficeDay, at: int) -> bool:
    return any(start * 1000 <= at < end * 1000 for start, end in day.opened)


def _rate(sums: Sequence[int]) -> float:
    return sums[0] / sums[1] if sums[1] else 0.0


def _usual(calls: LineCalls) -> float:
    """Return how many calls a day with calls has in the mean."""
    numbers = [len(attempts) for attempts in calls.days.values() if attempts]
    return sum(numbers) / len(numbers) if numbers else 0.0


def mechanisms(calls: LineCalls) -> Mapping[str, bool]:
    """Return every fault that moves the lost rate, and whether these calls tell enough to try it."""
    return dict.fromkeys(OF_COUNTS, True) | dict.fromkeys(OF_CALLERS, calls.callers and calls.talks)
