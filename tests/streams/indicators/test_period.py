"""A period is the same days of any year."""

from __future__ import annotations

from datetime import date

from streams.indicators.period import Period


def test_a_year_is_named_by_its_number_and_days_by_both() -> None:
    assert Period.of_year(2013).name == "2013"
    assert Period(date(2013, 1, 1), date(2013, 9, 30)).name == "2013-01-01/2013-09-30"
    assert Period(date(2012, 1, 1), date(2013, 12, 31)).name == "2012-01-01/2013-12-31"


def test_a_leap_day_has_a_neighbour_in_other_years() -> None:
    leap = Period(date(2012, 2, 29), date(2012, 2, 29))
    assert leap.shifted(1) == Period(date(2013, 2, 28), date(2013, 2, 28))
    assert leap.shifted(-4) == Period(date(2008, 2, 29), date(2008, 2, 29))


def test_every_day_is_in_it_once() -> None:
    year = Period.of_year(2012)
    days = [day.isoformat() for day in year.days()]
    assert (len(days), len(set(days))) == (366, 366)
    assert all(day in year for day in days)
