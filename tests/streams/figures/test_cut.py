"""Every day lies in one week and one month, and their names sort in the order of days."""

from __future__ import annotations

from datetime import date, timedelta

from streams.figures.cut import monday, month_of, week_of

DAYS = [date(2012, 12, 20) + timedelta(passed) for passed in range(400)]


def test_a_week_has_seven_days_from_monday_on_across_months_and_years() -> None:
    weeks = [week_of(each.isoformat()) for each in DAYS]
    assert weeks == sorted(weeks)
    assert {weeks.count(each) for each in set(weeks[7:-7]) - {weeks[6], weeks[-7]}} == {7}
    assert all(monday(each).weekday() == 0 <= (each - monday(each)).days < 7 for each in DAYS)


def test_a_month_is_that_of_the_calendar() -> None:
    assert [month_of(each.isoformat()) for each in DAYS] == [f"{each:%Y-%m}" for each in DAYS]
