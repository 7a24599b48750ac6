"""What the watch costs: the share of the fold's time that it takes."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Final, NamedTuple

from agents.catalogue import lines
from benchmarks.detection.families.plan import line
from benchmarks.detection.office import LINE, YEAR, stretch
from benchmarks.detection.scenario import Scenario
from streams.calls.call import Call
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.desks.live_calls import LiveCalls
from streams.events import CallEvent
from streams.watch.watch import Watch

VOLUMES: Final = (300, 1_000)  # calls a day
DAYS: Final = 90
ROUNDS: Final = 5
MOST: Final = 0.4  # share of the fold's time that the watch may take, at the first volume


class Cost(NamedTuple):
    """Hold what folding a stream costs."""

    calls_a_day: int
    events: int
    watch: float  # share of the time
    microseconds: float  # an event


class Idle(Watch):
    """Watch nothing."""

    def outcome(self, call: Call, lost: bool, now: int) -> None:  # noqa: FBT001 -- as it is in the watch
        """Pass a call by."""

    def tick(self, now: int, results: Sequence[int]) -> None:  # noqa: ARG002 -- as it is in the watch
        """Never look again."""
        self.next = sys.maxsize


def fold_seconds(events: Sequence[CallEvent], rules: LineRules, *, watched: bool) -> float:
    """Return how long folding the events takes (CPU s), with the watch or without."""
    desk = Line(rules)
    if not watched:
        desk.watch = Idle(desk.rules, desk.state.watch, desk.state.live, desk.figures.outcomes)
        desk.calls = LiveCalls(desk.rules, desk.state, desk.watch, desk.ledger, desk.definitions)
    gc.collect()
    begin = time.process_time()
    for event in events:
        desk.fold(event)
    return time.process_time() - begin


def cost(calls_a_day: int) -> Cost:
    """Return what folding a quarter of so many calls a day costs; each round folds with and without in turn."""
    days = stretch(date(YEAR, 1, 1), DAYS)
    scenario = Scenario(family="cost", what="cost", profile=line(calls_a_day), seed=1, days=days)
    events, rules = scenario.play().events, lines(scenario.settings())[LINE]
    shares, times = [], []
    for _ in range(ROUNDS):
        idle, watched = (fold_seconds(events, rules, watched=each) for each in (False, True))
        shares.append(1 - idle / watched)
        times.append(watched / len(events) * 1e6)
    return Cost(calls_a_day, len(events), median(shares), median(times))
