"""A year of two topics of one line, read in any order relative to each other: the same incidents, the same lateness."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import msgspec
import pytest

from streams.partition import Partition
from tests.streams.partitions import CIRCULATION, partition, written
from tests.streams.telling import Message, value

DAYS = 365
DAY = 86_400
FIRST = 15_706 * DAY  # s: 2013-01-01 00:00 UTC
OPENS, CLOSES = 8 * 3_600, 17 * 3_600
NO_EVENTS = range(80, 82)  # days on which the events are lost, and the counter counts
STUCK = range(160, 174)
RESET = 250
TWICE = range(300, 330)  # the counter counts each call twice
COUNTED = [({"mode": "cumulative"}, 3_600, 0), ({"mode": "cumulative"}, 300, 70), ({"mode": "interval"}, 1_200, 250)]


@cache
def calls_of(day: int) -> tuple[tuple[float, float, bool], ...]:
    """Return the calls of a day: when each entered, how long it waited, whether it was answered."""
    chance, at, calls = Random(day), float(OPENS), []
    while (at := at + chance.expovariate(20 / (CLOSES - OPENS))) < CLOSES:
        calls.append((FIRST + day * DAY + at, chance.expovariate(1 / 20), chance.random() > 0.03))
    return tuple(calls)


@cache
def call_events() -> list[tuple[float, bytes]]:
    told = []
    for day in range(DAYS):
        if day in NO_EVENTS:
            continue
        for number, (at, wait, answered) in enumerate(calls_of(day)):
            call, line = f"{day}-{number}", "circulation"
            told.append((at, value("offered", at, call, line)))
            kind = "answered" if answered else "lost"
            told.append((at + wait, value(kind, round(at + wait, 3), call, line)))
    return sorted(told)


def readings(form: dict[str, Any], every: int, offset: int) -> Iterator[tuple[float, bytes]]:
    """Yield the readings of a counter, at intervals of `every` seconds in opening hours."""
    total, before, last = 0, 0, FIRST + OPENS + offset - every
    for day in range(DAYS):
        total = 0 if day == RESET else total
        before = 0 if day == RESET else before
        coming = [at for at, *_ in calls_of(day)]
        for moment in range(FIRST + day * DAY + OPENS + offset, FIRST + day * DAY + CLOSES + 3_600, every):
            counted = [at for at in coming if at <= moment]
            del coming[: len(counted)]
            total += len(counted) * (2 if day in TWICE else 1)
            if day not in STUCK:
                told = total - before if form["mode"] == "interval" else total
                since = {"since": last} if form["mode"] == "interval" else {}
                reading = {"line": "circulation", "at": moment, "offered": told, **form, **since}
                yield moment, msgspec.json.encode(reading)
                before, last = total, moment
            elif form["mode"] == "cumulative":
                yield moment, msgspec.json.encode({"line": "circulation", "at": moment, "offered": before, **form})


Slices = list[tuple[int, list[bytes]]]  # the records of one topic, cut by number


def sliced(told: list[tuple[float, bytes]], every: int) -> Slices:
    found: dict[int, list[bytes]] = {}
    for at, each in told:
        found.setdefault(int(at - FIRST) // every, []).append(each)
    return list(found.items())


def merged(calls: Slices, counted: Slices, ahead: int) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the slices by number, the readings this many slices before the calls."""
    both = [(number, 1, "calls", each) for number, each in calls]
    both += [(number - ahead, 0, "readings", each) for number, each in counted]
    return ((name, each) for _, _, name, each in sorted(both, key=lambda one: one[:2]))


def found(order: Iterator[tuple[str, list[bytes]]], *, again: int = 0) -> dict[str, Any]:
    """Fold slices in an order, the state read back from its record after every `again` slices; return the result."""
    owned: Partition = partition()
    offsets = {"calls": 0, "readings": 0}
    records: dict[bytes, bytes] = {}
    for number, (name, told) in enumerate(order, 1):
        messages = [Message(offsets[name] + place, CIRCULATION, each) for place, each in enumerate(told)]
        offsets[name] += len(told)
        assert getattr(owned, name).take(messages) == []
        if again and number % again == 0:
            records |= written(owned)
            owned = partition(records)
    state = owned.lines[CIRCULATION].state
    incidents = sorted(state.watch.incidents, key=lambda each: each.id)
    assert len(max(written(owned).values(), key=len, default=b"")) < 300_000, "far below a broker's limit"
    return {
        "readings": state.readings.results,
        "incidents": [msgspec.to_builtins(each) | {"bounds": each.bounds()} for each in incidents],
    }


def test_the_same_incidents_follow_in_whatever_order_a_year_of_calls_and_readings_is_read() -> None:
    told = list(readings(*COUNTED[0]))
    by_slot = found(merged(sliced(call_events(), 900), sliced(told, 900), 0))
    assert by_slot["readings"] == [len(told), 0, 0]
    planted = ["missing", "stuck", "missing", "reset", "mismatch"]  # a counter that catches up is ahead of the events
    assert [each["kind"] for each in by_slot["incidents"]] == planted
    days = sliced(call_events(), DAY), sliced(told, DAY)
    orders = {
        "readings first": found(merged(*days, DAYS)),
        "calls first": found(merged(*days, -DAYS), again=50),
        "by day": found(merged(*days, 0), again=50),
        "calls three days ahead": found(merged(*days, -3)),
        "readings three days ahead": found(merged(*days, 3), again=50),
    }
    assert {name: each for name, each in orders.items() if each != by_slot} == {}


@pytest.mark.parametrize(("form", "every", "offset"), COUNTED[1:])
def test_so_do_they_from_frequent_readings_at_odd_moments(form: dict[str, Any], every: int, offset: int) -> None:
    told = list(readings(form, every, offset))
    days = sliced(call_events(), DAY), sliced(told, DAY)
    calls_first = found(merged(*days, -DAYS))
    assert calls_first["readings"] == [len(told), 0, 0]
    assert {"missing", "mismatch"} <= {each["kind"] for each in calls_first["incidents"]}
    assert found(merged(*days, DAYS)) == calls_first
