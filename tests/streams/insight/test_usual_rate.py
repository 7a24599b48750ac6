"""The usual rate is a median: a bad period moves it little, and rare losses are pooled until they are enough."""

from __future__ import annotations

from streams.insight.usual_rate import CountedDay, usual_rate


def test_a_bad_stretch_hardly_moves_it() -> None:
    found = usual_rate([CountedDay(100, 12)] * 20 + [CountedDay(100, 90)] * 8)
    assert found is not None
    assert (found.rate, found.each, found.days, found.calls) == (0.12, 1, 28, 2_800)


def test_a_line_that_loses_few_is_told_by_stretches_of_days() -> None:
    found = usual_rate([CountedDay(100, 1), CountedDay(100, 0)] * 100)
    assert found is not None
    assert found.each == 20
    assert abs(found.rate - 0.005) < 1e-9


def test_days_without_calls_are_no_days() -> None:
    assert usual_rate([CountedDay(100, 12), CountedDay(0, 0)] * 10) == usual_rate([CountedDay(100, 12)] * 10)


def test_too_few_lost_calls_tell_no_rate() -> None:
    assert usual_rate([]) is None
    assert usual_rate([CountedDay(100, 0)] * 50) is None
    assert usual_rate([CountedDay(100, 20)] * 4) is None
    assert usual_rate([CountedDay(10, 0)] * 40 + [CountedDay(100, 99)] * 2) is None


def test_a_median_that_is_no_rate_is_left_out() -> None:
    assert usual_rate([CountedDay(50, 50)] * 20) is None
