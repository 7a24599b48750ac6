"""The smallest fault that the watch would have detected on this very line, found by injection into its own days.

A fault of one size is injected into the line's calls, beginning when a sound day opens. The `Line` that folded the
year up to that day, with everything it had learnt, folds the changed calls. The day on which its watch reports a
miscount, or a doubt that withholds the figure, is noted. This is repeated from many starting days. A size is *detected*
if the watch reports it in time from at least 95 % of them; a bisection finds the smallest.

The method is fault injection: Wallstrom, Wagner and Hogan, High-fidelity injection detectability experiments (2005).
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

SURE: Final = 0.95  # share of the starting days from which a size must be detected
HORIZONS: Final = (5, 20)  # opening days
STARTS: Final = 20  # maximum of starting days; one of these may fail
FEWEST: Final = 10  # minimum number of starting days; with fewer, no 95 % can be claimed
STEP: Final = 1.2  # the smallest size is found within this factor
SMALLEST: Final = 1 / 200  # of the worst size: smaller ones are not tried

# Faults that move the lost rate. The first group needs counts and waits only; the second shows in
# callers or talk times, which only events have.
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
_UNHARMED: Final = {"lost-again": 1.0}  # the severity that changes nothing, if not 0


class Size(Struct, frozen=True):
    """The size of a fault."""

    severity: float  # in the mechanism's unit
    points: float  # change of the lost rate while the fault is at work; a share


class Smallest(Struct, frozen=True):
    """The smallest detected fault of one kind, by the number of opening days allowed for its detection."""

    mechanism: str
    told: dict[int, Size | None]  # None: even the worst one is not detected
    worst: Size  # the biggest that was tried
    worst_told: int  # starting days from which the worst one is detected within the longest time
    starts: int  # starting days


class Trial(NamedTuple):
    """A starting day: the line's state when it begins, and the days from it on."""

    state: bytes
    days: Sequence[OfficeDay]  # with as many open days as the longest horizon


def trials(rules: LineRules, calls: LineCalls, days: Sequence[OfficeDay], begin: int, unsound: set[int]) -> list[Trial]:
    """Return evenly spread starting days from the local day `begin` on; `unsound` are days with a known problem.

    Local days are ordinals. A line has no starting day if it never had twenty sound opening days in a row.
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
    """Return the smallest detectable fault of a mechanism from one or more starting days."""
    player = FaultPlayer(mechanism, rules, calls)
    unharmed, worst = _UNHARMED.get(mechanism, 0.0), MECHANISMS[mechanism].severity.worst
    longest, least = HORIZONS[-1], ceil(SURE * len(starts) - 1e-9)
    delays = [player.delay(trial, worst, longest) for trial in starts]

    def detected(excess: float, within: int) -> bool:
        """Return whether a severity is detected in time from enough days; stop once too many have failed."""
        failed = 0
        for trial in starts:
            failed += player.delay(trial, unharmed + excess, within) is None
            if len(starts) - failed < least:
                return False
        return True

    def found(within: int, low: float) -> float | None:
        """Return the smallest severity detected `within` opening days; no severity below `low` is detected."""
        high = worst - unharmed
        if sum(delay is not None and delay <= within for delay in delays) < least:
            return None
        if detected(low, within):
            return low
        while high > STEP * low:
            middle = sqrt(low * high)
            low, high = (low, middle) if detected(middle, within) else (middle, high)
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
    """The injection of one mechanism, at various severities, into a line's own days."""

    def __init__(self, mechanism: str, rules: LineRules, calls: LineCalls) -> None:
        self._name = mechanism
        self._mechanism = MECHANISMS[mechanism]
        self._rules = rules
        self._calls = calls
        self._usual = _usual(calls)

    def delay(self, trial: Trial, severity: float, within: int) -> int | None:
        """Return the opening day, from 1, on which a fault is detected, or None if later than the day `within`."""
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
        """Return by how much a severity moves the lost rate over all starting days."""
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
        """Return a day's attempts as the faulty counting software reports them."""
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
            counted = [each for attempt in attempts for each in self._mechanism.rewrite(attempt, severity, scene)]
        else:
            assert self._mechanism.invent is not None
            counted = [*attempts, *self._mechanism.invent(severity, scene)]
        return counted if self._calls.callers else [replace(each, caller=None) for each in counted]


def _spread(starts: Sequence[int], days: Sequence[OfficeDay], unsound: set[int]) -> dict[int, int]:
    """Return up to `STARTS` evenly spread first days of trials with only sound days, each with the trial's last day."""
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
    """Fold a day's calls and advance to the next morning."""
    for event in _events(line.rules, calls, attempts):
        line.fold(event)
    line.advance(round(day.end * 1000) + HOUR_MS)


def _events(rules: LineRules, calls: LineCalls, attempts: Iterable[Attempt]) -> Iterator[CallEvent]:
    """Yield the events of a day's attempts in time order. An unknown wait is left out."""
    final = rules.lifecycle == "final" or not calls.waits
    sent = [each for attempt in attempts for each in events_of(attempt, rules.site, "certificate", final=final)]
    for _, event in sorted(sent, key=lambda each: each[0]):
        yield event if calls.waits else replace(event, wait=None)


def _tells(incident: Incident) -> bool:
    """Return whether an incident casts doubt on the counting, as a miscount or an undecided incident does."""
    return incident.verdict != "overload"


def _in(day: OfficeDay, at: int) -> bool:
    return any(start * 1000 <= at < end * 1000 for start, end in day.opened)


def _rate(sums: Sequence[int]) -> float:
    return sums[0] / sums[1] if sums[1] else 0.0


def _usual(calls: LineCalls) -> float:
    """Return the mean number of calls on a day with calls."""
    numbers = [len(attempts) for attempts in calls.days.values() if attempts]
    return sum(numbers) / len(numbers) if numbers else 0.0


def mechanisms(calls: LineCalls) -> Mapping[str, bool]:
    """Return every fault that moves the lost rate, and whether these calls have the fields to try it."""
    return dict.fromkeys(OF_COUNTS, True) | dict.fromkeys(OF_CALLERS, calls.callers and calls.talks)
