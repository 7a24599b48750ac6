"""Traffic follows its parameters: the same for the same seed, in order, in opening hours."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise

import msgspec
import pytest

from benchmarks.traffic import LineTraffic, traffic
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent

DAY = 86_400
DAYS = 180
OPENING = [
    (1_400_000_000.0 + day * DAY + begin, 1_400_000_000.0 + day * DAY + end)
    for day in range(DAYS)
    for begin, end in ((0.0, 12_600.0), (18_000.0, 30_600.0))
]
BUSY = LineTraffic(line="standard", calls_an_hour=30.0, lost=0.1, wait=12.0, patience=45.0, talk=150.0)
QUIET = LineTraffic(line="circulation", calls_an_hour=3.0, lost=0.0)
HOURS = DAYS * 7


@cache
def events_of(*lines: LineTraffic, seed: int = 1) -> list[CallEvent]:
    return list(traffic("lozere", lines, OPENING, seed))


def moment(event: CallEvent) -> float:
    assert isinstance(event.at, float)
    return event.at


def counts(events: list[CallEvent], line: str = "standard") -> Counter[str]:
    return Counter(event.type for event in events if event.line == line)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_another_one_not() -> None:
    assert list(traffic("lozere", (BUSY, QUIET), OPENING, 1)) == events_of(BUSY, QUIET)
    assert events_of(BUSY, QUIET, seed=2) != events_of(BUSY, QUIET)


def test_a_line_has_the_same_traffic_whichever_lines_stand_beside_it() -> None:
    assert [event for event in events_of(BUSY, QUIET) if event.line == "circulation"] == events_of(QUIET)


def test_events_come_in_the_order_of_their_times() -> None:
    assert all(first <= second for first, second in pairwise(map(moment, events_of(BUSY, QUIET))))


@pytest.mark.slow
def test_callers_enter_while_the_office_is_open_only() -> None:
    for event in events_of(BUSY, QUIET):
        if event.type == "offered":
            assert any(begin <= moment(event) <= end for begin, end in OPENING)


def test_rates_and_lengths_are_near_those_asked() -> None:
    events = events_of(BUSY)
    found = counts(events)
    offered = found["offered"]
    assert offered == pytest.approx(30 * HOURS, rel=0.03)
    assert found["lost"] / offered == pytest.approx(0.1, abs=0.01)
    assert found["answered"] == found["ended"] == offered - found["lost"]
    for kind, field, mean in (("answered", "wait", 12.0), ("lost", "wait", 45.0), ("ended", "talk", 150.0)):
        lengths = [getattr(event, field) for event in events if event.type == kind]
        assert sum(lengths) / len(lengths) == pytest.approx(mean, rel=0.06)


@pytest.mark.slow
def test_what_is_told_is_what_a_line_counts() -> None:
    line = Line(LineRules(site="lozere", line="standard"))
    events = list(traffic("lozere", [BUSY], OPENING[:90], seed=1))
    for event in events:
        line.fold(event)
    line.advance(10**15)
    found = counts(events)
    assert line.state.results == [len(events), 0, 0]
    assert (line.state.offered, line.figures.total().answered, line.figures.total().lost) == (
        found["offered"],
        found["answered"],
        found["lost"],
    )


def test_every_event_is_one_of_the_contract() -> None:
    decode, encode = msgspec.json.Decoder(CallEvent).decode, msgspec.json.encode
    events = events_of(BUSY)
    assert [decode(encode(event)) for event in events] == events
    assert len({event.id for event in events}) == len(events)


def test_an_office_that_never_opens_has_no_traffic() -> None:
    assert list(traffic("lozere", [BUSY], [], seed=1)) == []
