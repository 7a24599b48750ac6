"""Named periods: which period an address asks for, and which it is compared with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.indicators.period import Period
from streams.periods.named import (
    MOST_DAYS,
    YEARS,
    PeriodKind,
    after,
    around,
    asked_by,
    before,
    compared_with,
    grain_of,
    kind_of,
    last_over,
    period_of,
    range_of,
)

DAYS = st.dates(date(YEARS[0], 1, 5), date(YEARS[-1], 12, 28))  # its weeks lie in these years too
KINDS: list[PeriodKind] = ["day", "week", "month", "quarter", "year"]


@given(DAYS, st.sampled_from(KINDS))
def test_a_name_leads_back_to_its_period(day: date, kind: PeriodKind) -> None:
    period = around(kind, day)
    assert period.first <= day <= period.last
    assert kind_of(period) == kind
    assert period_of(asked_by(period)["period"]) == period


@given(DAYS, st.sampled_from(KINDS))
def test_periods_of_a_kind_follow_each_other_without_a_gap(day: date, kind: PeriodKind) -> None:
    period = around(kind, day)
    assert before(period).last == period.first - timedelta(1)
    assert after(before(period)) == period
    assert kind_of(after(period)) == kind


@given(st.dates(date(1970, 1, 1), date(2190, 1, 1)), st.integers(0, MOST_DAYS - 1))
def test_any_range_is_asked_for_by_its_days(day: date, length: int) -> None:
    period = range_of(day, day + timedelta(length))
    asked = asked_by(period)
    if "from" in asked:
        assert Period(date.fromisoformat(asked["from"]), date.fromisoformat(asked["to"])) == period
    assert len(list(before(period).days())) > 0


@pytest.mark.parametrize(
    "name", ["", "13", "2013-13", "2013-W54", "2013-Q5", "2013-02-30", "0001", "9999", "2013-W1", "20130304", "hier"]
)
def test_what_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        period_of(name)


def test_a_range_that_ends_before_it_begins_or_is_too_long_is_refused() -> None:
    first = date(2013, 3, 4)
    for last in (first - timedelta(1), first + timedelta(MOST_DAYS)):
        with pytest.raises(ValueError, match="no period"):
            range_of(first, last)


def test_a_day_stands_beside_the_same_weekday_of_a_week_and_a_year_ago() -> None:
    shifts = {what: period.first for what, period in compared_with(period_of("2013-11-12"))}
    assert shifts == {"before": date(2013, 11, 11), "week": date(2013, 11, 5), "year": date(2012, 11, 13)}
    assert {day.weekday() for what, day in shifts.items() if what != "before"} == {1}


def test_a_month_stands_beside_the_same_month_and_a_year_beside_one_other() -> None:
    assert [other.name for _, other in compared_with(period_of("2012-02"))] == [
        "2012-01",
        "2011-02",
    ]
    assert [other.name for _, other in compared_with(period_of("2013"))] == ["2012"]


def test_a_longer_period_is_told_by_a_coarser_grain() -> None:
    names = ["2013-03-04", "2013-W10", "2013-03", "2013"]
    assert [grain_of(period_of(each)) for each in names] == ["quarter", "hour", "day", "week"]
    assert grain_of(Period(date(2011, 1, 1), date(2013, 12, 31))) == "month"


def names(kind: PeriodKind, today: date, most: int = 2) -> list[str]:
    return [asked_by(each)["period"] for each in last_over(kind, today, lambda day: day.weekday() < 5, most)]


@pytest.mark.parametrize(
    ("kind", "today", "found"),
    [
        ("day", date(2026, 11, 26), ["2026-11-24", "2026-11-25"]),
        ("day", date(2026, 11, 28), ["2026-11-26", "2026-11-27"]),  # a Saturday: Friday is over
        ("day", date(2026, 11, 30), ["2026-11-26", "2026-11-27"]),  # a Monday: Saturday and Sunday do not count
        ("week", date(2026, 11, 29), ["2026-W46", "2026-W47"]),  # a Sunday: its week is not over
        ("week", date(2026, 11, 30), ["2026-W47", "2026-W48"]),
        ("week", date(2027, 1, 4), ["2026-W52", "2026-W53"]),
        ("month", date(2026, 11, 30), ["2026-09", "2026-10"]),
        ("month", date(2026, 12, 1), ["2026-10", "2026-11"]),
        ("month", date(2027, 1, 1), ["2026-11", "2026-12"]),
    ],
)
def test_they_end_before_today(kind: PeriodKind, today: date, found: list[str]) -> None:
    assert names(kind, today) == found


def test_an_office_that_never_opens_has_no_day() -> None:
    assert last_over("day", date(2026, 11, 26), lambda _: False, 1) == []
