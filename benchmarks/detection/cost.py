"""What the watch costs: the share of the fold's time that it takes."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median
from typing import Final

from agents.simulation.office import office_days
from benchmarks.detection.methods import rules
from benchmarks.detection.scenarios import LINE, RATES, Scenario, settings
from streams.calls.call import Call
from streams.desks.line import Line
from streams.desks.live_calls import LiveCalls
from streams.events import CallEvent
from streams.simulation.office import LineProfile
from streams.watch.watch import Watch

COST_VOLUMES: Final = (300, 1_000)  # calls a day
COST_DAYS: Final = 90
ROUNDS: Final = 5


class Idle(Watch):
    """Watch nothing."""

    def outcome(self, call: Call, lost: bool, now: int) -> None:  # noqa: FBT001 -- as it is in the watch
        """Pass a call by."""

    def tick(self, now: int, results: Sequence[int]) -> None:  # noqa: ARG002 -- as it is in the watch
        """Never look again."""
        self.next = sys.maxsize


def fold_seconds(events: Sequence[CallEvent], *, watched: bool) -> float:
    """Return how long folding the events takes (CPU s), with the watch or without."""
    line = Line(rules(RATES[0]))
    if not watched:
        line.watch = Idle(line.rules, line.state.watch, line.state.live, line.figures.totals)
        line.calls = LiveCalls(line.rules, line.state, line.watch, line.ledger)
    gc.collect()
    begin = time.process_time()
    for event in events:
        line.fold(event)
    return time.process_time() - begin


def cost(*, quick: bool) -> dict[int, tuple[int, float, float]]:
    """Return, by calls a day, the number of events, the watch's share of the fold's time, and microseconds an event."""
    costs = {}
    first = date(2013, 1, 1)
    for calls in COST_VOLUMES:
        days = tuple(office_days(settings(), first, first + timedelta(28 if quick else COST_DAYS)))
        profile = LineProfile(line=LINE, calls_a_day=calls, expected_lost_rate=RATES[0])
        events, _ = Scenario(what="cost", profile=profile, seed=1, days=days).play()
        shares, times = [], []
        for _ in range(3 if quick else ROUNDS):
            idle, watched = fold_seconds(events, watched=False), fold_seconds(events, watched=True)
            shares.append(1 - idle / watched)
            times.append(watched / len(events) * 1e6)
        costs[calls] = len(events), median(shares), median(times)
    return costs
