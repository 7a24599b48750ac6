"""Fixed thresholds, as alerting rules have them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.detection.detectors import FirstOutcome, outcomes
from streams.calls.rules import LineRules
from streams.events import CallEvent
from streams.kept.times import HOUR_MS

LIMIT: Final = 0.1  # the lost rate above which a threshold alerts: the target that the office set
LEAST: Final = 10  # calls that it needs in an hour
RECENT: Final = 50  # calls


def last_hour(events: Sequence[CallEvent], rules: LineRules) -> Iterator[int]:
    """Alert while the lost rate of the last hour is above the limit."""
    recent: deque[FirstOutcome] = deque()
    for call in outcomes(events, rules):
        recent.append(call)
        while recent[0].at < call.at - HOUR_MS:
            recent.popleft()
        if len(recent) >= LEAST and sum(each.lost for each in recent) > LIMIT * len(recent):
            yield call.at


def last_calls(events: Sequence[CallEvent], rules: LineRules) -> Iterator[int]:
    """Alert while the lost rate of the last calls is above the limit."""
    recent: deque[bool] = deque(maxlen=RECENT)
    for call in outcomes(events, rules):
        recent.append(call.lost)
        if len(recent) == RECENT and sum(recent) > LIMIT * RECENT:
            yield call.at
