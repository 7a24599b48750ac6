"""Arrivals from a CSV: any regular step, gaps, clock changes, decimals, disorder, broken rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from agents.forecast.arrivals import ArrivalRows, ArrivalsError

UNTIL = date(2013, 1, 29)
FIRST = datetime(2013, 1, 7)  # noqa: DTZ001 -- local time


def csv(rows: Iterable[tuple[object, object]], head: str = "start,calls") -> list[bytes]:
    return [f"{line}\n".encode() for line in (head, *(f"{start},{calls}" for start, calls in rows))]


def steps(minutes: int, calls: float, days: int = 21) -> list[tuple[object, object]]:
    return [(FIRST + each * timedelta(minutes=minutes), calls) for each in range(days * 24 * 60 // minutes)]


def taken(lines: list[bytes], zone: str | None = None) -> ArrivalRows:
    arrivals = ArrivalRows(ZoneInfo(zone) if zone else None)
    arrivals.take("calls.csv", lines)
    return arrivals


@pytest.mark.parametrize(("minutes", "calls"), [(30, 1.5), (15, 0.75), (5, 0.25)])
def test_steps_of_half_an_hour_or_finer_add_up_to_half_hours(minutes: int, calls: float) -> None:
    past = taken(csv(steps(minutes, calls))).pasts(UNTIL)["arrivals"]
    assert past is not None
    assert past.slots == 48
    assert np.nanmin(past.counts) == np.nanmax(past.counts) == 1.5


@pytest.mark.parametrize("rows", [steps(60, 2), steps(1440, 48), [(f"{FIRST:%Y-%m-%d}", 48), *steps(1440, 48)[1:]]])
def test_hours_and_days_give_day_totals(rows: list[tuple[object, object]]) -> None:
    past = taken(csv(rows)).pasts(UNTIL)["arrivals"]
    assert past is not None
    assert past.counts[:21, 0].tolist() == [48.0] * 21


def test_the_order_of_rows_changes_nothing() -> None:
    rows = steps(30, 1.0)
    one, other = (taken(csv(each)).pasts(UNTIL)["arrivals"] for each in (rows, rows[::-1]))
    assert one is not None
    assert other is not None
    assert np.array_equal(one.counts, other.counts, equal_nan=True)


def test_what_comes_at_or_after_the_end_is_unknown() -> None:
    early, late = steps(1440, 48), [*steps(1440, 48), ("2013-01-29", 999)]
    one, other = (taken(csv(each)).pasts(UNTIL)["arrivals"] for each in (early, late))
    assert one is not None
    assert other is not None
    assert np.array_equal(one.counts, other.counts, equal_nan=True)
    assert np.isnan(one.counts[21:]).all()  # after the last row


def test_a_day_with_missing_half_hours_is_unknown_if_zeros_are_written() -> None:
    rows = [(start, 0 if place % 3 else 3) for place, (start, _) in enumerate(steps(30, 0))]
    past = taken(csv(rows[:480] + rows[500:])).pasts(UNTIL)["arrivals"]
    assert past is not None
    assert np.flatnonzero(np.isnan(past.totals))[0] == 10


def test_half_hours_without_a_row_are_without_calls_if_no_zero_is_written() -> None:
    rows = steps(30, 2.0)
    past = taken(csv(rows[:480] + rows[500:])).pasts(UNTIL)["arrivals"]
    assert past is not None
    assert past.totals[10] == 2 * 28


def test_wrong_rows_are_named_with_file_and_line_and_the_others_are_used() -> None:
    rows = [*steps(1440, 5), ("2013-13-01", 1), ("2013-02-01", -1), ("2013-02-02", "many"), (FIRST, 5)]
    arrivals = taken([*csv(rows), b"alone\n"])
    assert [(each.file, each.number) for each in arrivals.wrong] == [("calls.csv", 23 + n) for n in range(5)]
    assert arrivals.used == 21


def test_lines_are_apart_and_one_with_too_few_days_is_named() -> None:
    rows = [(f"{line},{FIRST + timedelta(day)}", 4) for line, days in (("a", 20), ("b", 3)) for day in range(days)]
    pasts = taken(csv(rows, "line,start,calls")).pasts(UNTIL)
    assert {line: past is None for line, past in pasts.items()} == {"a": False, "b": True}


def test_the_hour_that_autumn_repeats_counts_twice() -> None:
    rows = [("2013-10-27 02:30", 3), ("2013-10-27 02:30", 4), ("2013-10-26 02:30", 1), ("2013-10-26 02:30", 9)]
    arrivals = taken(csv(rows), "Europe/Paris")
    assert [each.number for each in arrivals.wrong] == [5]
    assert arrivals.used == 3
    with_offsets = taken(csv([("2013-10-27T02:30+02:00", 3), ("2013-10-27T02:30+01:00", 4)]))
    assert with_offsets.used == 2


def test_a_file_without_the_columns_is_refused() -> None:
    with pytest.raises(ArrivalsError):
        taken([b"day;number\n", b"2013-01-01;4\n"])


def test_a_semicolon_separates_too() -> None:
    assert taken([b"start;calls\n", b"2013-01-01 08:00;4,5\n"]).used == 1
