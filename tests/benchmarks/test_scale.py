"""An office of many lines, most of them quiet: the distribution of calls, and that the measured work is a real fold."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from benchmarks.scale import BUSY, QUIET_CALLS, Cost, apart, events_of, first_calls, held, messages, office_of


def test_a_call_in_ten_is_a_quiet_lines() -> None:
    counts = Counter(event.line for event in islice(events_of(office_of(50, 1)), 20_000) if event.type == "offered")
    quiet = [count for line, count in counts.items() if line.startswith("quiet")]
    assert len(counts) == 50
    assert sum(quiet) / counts.total() == pytest.approx(1 / QUIET_CALLS, rel=0.1)


def test_four_lines_are_all_busy() -> None:
    assert len(office_of(BUSY, 1).lines) == BUSY
    assert len({event.line for event in islice(events_of(office_of(BUSY, 1)), 1_000)}) == BUSY


def test_every_event_is_folded() -> None:
    settings = office_of(12, 1)
    own = held(settings)
    told = [*messages(settings, first_calls(settings)), *messages(settings, islice(events_of(settings), 2_000), 12)]
    assert [each.offset for each in told] == list(range(2_012))
    assert own.partition.calls.take(told) == []
    assert sum(own.partition.calls.results()) == 2_012
    assert 'tocsin_calls_offered_total{line="quiet-7",site="lozere"}' in own.scrape().decode()


@pytest.mark.slow
def test_a_size_is_measured_in_a_process_of_its_own() -> None:
    cost = apart(8, 1_000)
    assert (cost.lines, cost.events) == (8, 1_000)
    assert cost.memory > 50
    assert cost.page > 0
    assert 0 < cost.again < cost.scrape, "what was written stays"
    assert min(cost.some, cost.later) > 0
    row = cost.row(Cost(*cost)._replace(lines=4, memory=cost.memory - 1))
    assert row.startswith("| 8 | 1,000 | ")
    assert row.endswith(" | 256 |")


@pytest.mark.slow
def test_one_partition_of_an_office_is_held_and_told_of() -> None:
    cost = apart(40, 1_000, 4)
    assert (cost.office, cost.events) == (40, 1_000)
    assert 4 <= cost.lines < 20
    assert cost.row(cost).startswith(f"| {cost.lines} of 40 | 1,000 | ")
