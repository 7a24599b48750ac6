"""A year of an office's calls for every kind of file: queues, agents, callers who try again.

Staff grows with the calls, so that an office of any size loses a few percent. The same seed gives the same calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from heapq import heappop, heappush
from math import ceil, sqrt
from random import Random
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct, field

from config.settings import Settings

YEAR: Final = 2023
LIMIT: Final = 120.0  # seconds, the longest wait in a queue
PATIENCE: Final = 90.0  # seconds, as the others: means
TALK: Final = 150.0
RINGING: Final = 4.0
RINGS_OUT: Final = 15.0  # until the exchange gives up an unanswered phone
HANDLED: Final = TALK + 12  # time of an agent per call
SPARE: Final = 1.3  # agents above the load, in roots of the load
MISSED: Final = 0.04  # shares of the calls: a phone rings out first
KEYED: Final = 0.05  # share of waiting callers who press the key for voicemail
TRANSFERRED: Final = 0.03  # of the answered
AGAIN: Final = 0.4  # of the lost: the caller tries again within half an hour
WITHHELD: Final = 0.03
CALLERS: Final = 20_000

Outcome: TypeAlias = Literal["answered", "abandoned", "timeout", "key"]
COUNTED: Final = {"answered": "answered", "abandoned": "lost", "timeout": "lost", "key": "diverted"}


class PhoneRing(NamedTuple):
    """The phone that rang, and when (epoch s)."""

    agent: str
    since: float
    until: float


class OfficeCall(Struct):
    """One call; moments in epoch seconds."""

    line: str
    caller: str  # empty: withheld
    start: float
    outcome: Outcome
    left: float  # left the queue, or was answered
    end: float  # of the talk, if any; otherwise as `left`
    rings: list[PhoneRing]  # the last one is answered, if the call is
    transferred: float = 0.0  # when the agent gave the caller to a colleague; 0: not at all
    numbers: list[int] = field(default_factory=list)  # of its channels: the caller's, one per ring, a colleague's

    @property
    def agent(self) -> str:
        """Return who answered."""
        return self.rings[-1].agent

    def channels(self) -> list[float]:
        """Return when each of the channels was made, in the order of `numbers`."""
        return [self.start, *(ring.since for ring in self.rings), *([self.transferred] if self.transferred else [])]


def office_days(settings: Settings, calls: float, seed: int = 1) -> Iterator[list[OfficeCall]]:
    """Yield the calls of each opening day of a year, about `calls` in all, in the order of their starts."""
    random = Random(seed)
    days = [date(YEAR, 1, 1) + timedelta(days=number) for number in range(365)]
    opened = {day: found for day in days if (found := settings.calendar().open_intervals(day))}
    hours = sum(end - begin for day in opened.values() for begin, end in day) / 3600
    queues = [
        OfficeQueue(line, number, calls / hours / len(settings.lines), random)
        for number, line in enumerate(settings.lines, 1)
    ]
    made = 0
    for intervals in opened.values():
        day = sorted((call for queue in queues for call in queue.day(intervals)), key=lambda call: call.start)
        made = _numbered(day, made)
        yield day


def tally(calls: list[OfficeCall], counts: dict[str, Counter[str]]) -> None:
    """Add calls to the counts of their lines."""
    for call in calls:
        counts.setdefault(call.line, Counter()).update(["offered", COUNTED[call.outcome]])


class OfficeQueue:
    """A queue that answers the callers of one line in their order."""

    def __init__(self, line: str, number: int, calls_an_hour: float, random: Random) -> None:
        self._line = line
        self._gap = 3600 / calls_an_hour
        load = calls_an_hour * HANDLED / 3600
        agents = 1 + ceil(load + SPARE * sqrt(load))
        self._agents = [f"{number}{agent:02}" for agent in range(1, 1 + agents)]
        self._random = random

    def day(self, intervals: list[tuple[float, float]]) -> Iterator[OfficeCall]:
        """Yield a day's calls in the order of their starts."""
        free = [(0.0, agent) for agent in self._agents]
        again: list[tuple[float, str]] = []
        for begin, end in intervals:
            fresh = begin
            while (fresh := fresh + self._random.expovariate(1 / self._gap)) < end:
                while again and again[0][0] < fresh:
                    yield self._call(*heappop(again), free, again)
                yield self._call(fresh, self._caller(), free, again)

    def _caller(self) -> str:
        if self._random.random() < WITHHELD:
            return ""
        return f"06399{int(CALLERS * self._random.random() ** 2):05}"  # some call much more often than others

    def _call(
        self, at: float, caller: str, free: list[tuple[float, str]], again: list[tuple[float, str]]
    ) -> OfficeCall:
        random, start = self._random, round(at, 3)
        since, agent = heappop(free)
        ready = max(start, since)
        ring, patience = random.expovariate(1 / RINGING) + 1, random.expovariate(1 / PATIENCE) + 2
        rings = []
        if len(free) and random.random() < MISSED and ready + RINGS_OUT + ring < start + min(patience, LIMIT):
            rings.append(PhoneRing(agent, ready, round(ready + RINGS_OUT, 3)))
            ready = round(ready + RINGS_OUT, 3)
            heappush(free, (ready, agent))
            since, agent = heappop(free)
            ready = max(ready, since)
        left = ready + ring
        if left < start + min(patience, LIMIT):
            left, end = round(left, 3), round(left + random.expovariate(1 / TALK) + 5, 3)
            heappush(free, (end + 1, agent))
            rings.append(PhoneRing(agent, ready, left))
            transferred = round((left + end) / 2, 3) if random.random() < TRANSFERRED else 0.0
            return OfficeCall(self._line, caller, start, "answered", left, end, rings, transferred)
        heappush(free, (since, agent))
        left = round(start + min(patience, LIMIT), 3)
        outcome: Outcome = "timeout" if patience >= LIMIT else "key" if random.random() < KEYED else "abandoned"
        if random.random() < AGAIN:
            heappush(again, (left + random.uniform(20, 1800), caller))
        rings = [each for each in rings if each.until <= left]
        return OfficeCall(self._line, caller, start, outcome, left, left, rings)


def _numbered(calls: list[OfficeCall], made: int) -> int:
    """Assign numbers to the channels of a day's calls in the order of creation; return the last number."""
    channels = sorted(
        (at, number, which) for number, call in enumerate(calls) for which, at in enumerate(call.channels())
    )
    for call in calls:
        call.numbers = [0] * len(call.channels())
    for _, number, which in channels:
        made += 1
        calls[number].numbers[which] = made
    return made
