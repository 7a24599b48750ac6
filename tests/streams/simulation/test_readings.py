"""Readings agree with the events, unless a fault distorts them."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from streams.events import Reading, milliseconds
from streams.simulation.faults.fault import RunningTotals
from streams.simulation.truth import Effect
from tests.streams.simulation.offices import LINE, calls, days, fault, office, readings, run

WEEKS = days(28)
CUMULATIVE = office(readings="cumulative")
INTERVAL = office(readings="interval")


@cache
def honest() -> list[Reading]:
    return readings(run(CUMULATIVE, WEEKS)[0])


def reported(mechanism: str, severity: float | None = None, mode: str = "cumulative") -> tuple[list[Reading], Effect]:
    events, truth = run(office(readings=mode), WEEKS, [fault(mechanism, 7, 20, WEEKS, severity)])
    return readings(events), truth.faults[0].effect


def totals(reading: Reading) -> RunningTotals:
    return RunningTotals(reading.offered or 0, reading.answered or 0, reading.lost or 0)


FROM, TO = WEEKS[7].start, WEEKS[20].end


class Split(NamedTuple):
    """The totals before, during and after the fault."""

    before: list[RunningTotals]
    under: list[RunningTotals]
    after: list[RunningTotals]


def split(found: list[Reading]) -> Split:
    def between(start: float, end: float) -> list[RunningTotals]:
        return [totals(each) for each in found if start <= milliseconds(each.at) / 1000 < end]

    return Split(between(0, FROM), between(FROM, TO), between(TO, float("inf")))


@cache
def honestly() -> Split:
    """Return the totals that a faultless counter would show."""
    return split(honest())


def test_cumulative_readings_are_what_events_say_so_far() -> None:
    events = run(CUMULATIVE, WEEKS)[0]
    counts: Counter[str] = Counter()
    for event in events:
        if isinstance(event, Reading):
            assert totals(event) == RunningTotals(counts["offered"], counts["answered"], counts["lost"])
        else:
            counts[calls([event])[0].type] += 1
    assert len(honest()) == 20 * (1 + (8.5 + 0.5) * 4)  # every quarter of an hour of nine hours, and the first


def test_interval_readings_sum_to_the_totals_and_follow_each_other() -> None:
    found = readings(run(INTERVAL, WEEKS)[0])
    assert all(then.since == first.at for first, then in pairwise(found))
    assert found[0].since == honest()[0].at
    for field in ("offered", "answered", "lost"):
        assert sum(getattr(each, field) for each in found) == getattr(honest()[-1], field)


@pytest.mark.slow
def test_a_line_that_tells_ends_alone_is_counted_at_its_ends() -> None:
    final = office(replace(LINE, lifecycle="final"), readings="cumulative")
    events, truth = run(final, WEEKS)
    last, known = readings(events)[-1], truth.lines[LINE.line].totals.true
    assert totals(last) == RunningTotals(known.answered + known.lost + known.diverted, known.answered, known.lost)


def test_a_counting_fault_puts_events_and_readings_wrong_alike() -> None:
    events, truth = run(CUMULATIVE, WEEKS, [fault("answered-as-lost", 7, 20, WEEKS)])
    known = truth.lines[LINE.line].totals.told
    assert totals(readings(events)[-1]) == RunningTotals(known.offered, known.answered, known.lost)


def test_events_lost_on_their_way_are_in_the_readings() -> None:
    found, _ = reported("events-lost")
    assert list(map(totals, found)) == list(map(totals, honest()))


def test_a_silent_source_gives_no_readings() -> None:
    found, _ = reported("silent")
    assert [milliseconds(each.at) for each in found] == [
        milliseconds(each.at) for each in honest() if not FROM <= milliseconds(each.at) / 1000 < TO
    ]


def test_stuck_readings_stand_still_and_then_catch_up() -> None:
    before, under, after = split(reported("stuck")[0])
    assert (before, after) == (honestly().before, honestly().after)
    assert set(under) == {honestly().under[0]}
    _, (_, *passed), _ = split(reported("stuck", mode="interval")[0])
    assert set(passed) == {RunningTotals()}


@pytest.mark.parametrize("mechanism", ["reset", "reset-nightly"])
def test_a_reset_lets_totals_fall_for_good(mechanism: str) -> None:
    found, effect = reported(mechanism)
    before, under, after = split(found)
    assert before == honestly().before
    assert under[0] == RunningTotals()
    falls = sum(then.offered < first.offered for first, then in pairwise([*before, *under, *after]))
    assert falls == (1 if mechanism == "reset" else 10)
    base = honestly().under[0] if mechanism == "reset" else honestly().under[9 * 37]
    assert after == [each.minus(base) for each in honestly().after]
    assert effect.affected == len(under) + len(after)


def test_a_full_counter_begins_again() -> None:
    before, under, after = split(reported("wrap", 256)[0])
    assert (before, after) == (honestly().before, honestly().after)
    assert under == [
        RunningTotals(each.offered % 256, each.answered % 256, each.lost % 256) for each in honestly().under
    ]
    assert max(each.offered for each in honestly().under) > 512


def test_readings_have_more_lost_calls_by_a_factor_or_by_a_number() -> None:
    before, under, after = split(reported("readings-factor", 3.0)[0])
    assert before == honestly().before
    for wrong, true in zip(under, honestly().under, strict=True):
        more = 2 * (true.lost - honestly().under[0].lost)
        assert wrong == RunningTotals(true.offered + more, true.answered, true.lost + more)
    more = 2 * (honestly().under[-1].lost - honestly().under[0].lost)
    assert after == [RunningTotals(each.offered + more, each.answered, each.lost + more) for each in honestly().after]
    before, under, after = split(reported("readings-offset", 20.0)[0])
    assert (before, after) == (honestly().before, honestly().after)
    assert under == [RunningTotals(each.offered + 20, each.answered, each.lost + 20) for each in honestly().under]
