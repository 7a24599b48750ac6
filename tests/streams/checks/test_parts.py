"""Parts never exceed their whole, except for calls in progress; a sum of columns that explains an excess is named."""

from __future__ import annotations

import random

import pytest

from streams.checks.parts import PartsState, add, fits
from streams.checks.readings import CallTotals

DAY = 86_400_000
QUARTER = 900_000


def told(readings: list[CallTotals], length: int = DAY) -> PartsState:
    state = PartsState()
    for at, reading in enumerate(readings):
        add(state, reading, at * length, (at + 1) * length)
        if state.broken:
            break
    return state


def test_a_lost_column_that_holds_the_answered_is_told_by_one_day() -> None:
    state = told([CallTotals(335, 326, 335)])
    assert (state.broken, state.summed, state.since) == (True, "lost", 0)


def test_an_answered_column_that_holds_the_lost_is_told_in_a_few_days() -> None:
    state = told([CallTotals(100, 100, 5)] * 20)
    assert (state.broken, state.summed) == (True, "answered")
    assert state.readings <= 4


def test_more_parts_than_the_whole_that_no_sum_explains_have_no_name() -> None:
    state = told([CallTotals(100, 80 + at % 3, 35) for at in range(20)])
    assert (state.broken, state.summed) == (True, None)


@pytest.mark.parametrize("seed", range(5))
def test_calls_in_progress_at_the_edges_of_quarters_break_nothing(seed: int) -> None:
    """A call offered in one quarter of an hour may be answered in the next."""
    chance, late = random.Random(seed), 0
    state = PartsState()
    for at in range(96 * 60):
        offered = chance.randrange(0, 60)
        ended = offered + late
        late = chance.randrange(0, min(offered, 12) + 1)
        ended -= late
        lost = round(ended * 0.05)
        add(state, CallTotals(offered, ended - lost, lost), at * QUARTER, (at + 1) * QUARTER)
        assert not state.broken


def test_a_heavy_overload_breaks_nothing() -> None:
    assert not told([CallTotals(100, 10, 90)] * 50).readings


def test_what_tells_no_whole_says_nothing() -> None:
    assert not told([CallTotals(None, 90, 95)] * 50).readings


def test_a_reading_by_the_right_columns_fits_no_sum() -> None:
    assert fits("lost", CallTotals(100, 45, 50))
    assert not fits("lost", CallTotals(100, 90, 10))
    assert not fits("answered", CallTotals(100, 90, 10))
