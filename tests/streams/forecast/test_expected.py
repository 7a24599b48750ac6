"""Expected calls: near the truth, in intervals that hold, and zero on closed days."""

from __future__ import annotations

from datetime import date

import numpy as np

from streams.forecast.days_off import DaysOff, Kind
from streams.forecast.expected import expect_calls, quantiles
from streams.forecast.past import Past
from tests.streams.forecast.made_up import FRENCH, HOURS, MONDAY, WEEK, half_hours

KNOWN = 112


def test_the_mean_of_each_weekday_and_half_hour_is_found() -> None:
    days = expect_calls(Past(MONDAY, half_hours(KNOWN, spread=0.001)), 7, DaysOff()).days
    assert np.allclose([day.total.mean for day in days], WEEK, rtol=0.15, atol=0.1)
    assert np.allclose([each.mean for each in days[0].slots], 120 * HOURS, atol=1.5)
    assert days[0].date == date(2013, 4, 29)


def test_the_interval_of_days_and_half_hours_holds() -> None:
    days = half_hours(KNOWN + 70)
    held, slots_held = [], []
    for known in range(KNOWN, KNOWN + 70, 7):
        for place, day in enumerate(expect_calls(Past(MONDAY, days[:known]), 5, DaysOff()).days):
            came = days[known + place]
            low, *_, high = quantiles([day.total])[0]
            held.append(low <= came.sum() <= high)
            slots_held += [
                low <= calls <= high for calls, (low, *_, high) in zip(came, quantiles(day.slots), strict=True)
            ]
    assert 0.86 <= np.mean(held) <= 1
    assert 0.95 <= np.mean(slots_held) <= 1


def test_a_week_varies_less_than_its_days_and_more_than_if_they_were_independent() -> None:
    expected = expect_calls(Past(MONDAY, half_hours(KNOWN)), 14, DaysOff())
    total = [day.total for day in expected.days[:7]]
    independent = sum(each.variance * each.mean**2 for each in total) / sum(each.mean for each in total) ** 2
    assert independent < expected.weeks[0].variance < max(each.variance for each in total)
    assert len(expected.weeks) == 2


def test_a_weekday_without_calls_stays_without() -> None:
    days = expect_calls(Past(MONDAY, half_hours(28)), 7, DaysOff()).days
    assert [quantiles([day.total])[0][-1] for day in days[5:]] == [0, 0]


def test_a_holiday_is_learnt_from_those_before() -> None:
    known = (date(2013, 5, 20) - MONDAY).days
    past = Past(MONDAY, half_hours(known, off=FRENCH))
    monday, *_ = expect_calls(past, 7, FRENCH).days
    assert monday.total.mean < 6
    assert expect_calls(past, 7, DaysOff()).days[0].total.mean > 90


def test_the_eve_of_one_holiday_is_learnt_from_the_year_before_and_new_ones_are_less_sure() -> None:
    off = DaysOff({date(year, 5, 1): "May" for year in (2013, 2014)} | {date(2014, 5, 29): "Ascension"})
    days = half_hours(511, spread=0.001)
    days[(date(2013, 4, 30) - MONDAY).days] *= 3
    known = (date(2014, 4, 28) - MONDAY).days
    expected = {day.date: day.total for day in expect_calls(Past(MONDAY, days[:known]), 35, off).days}
    usual, eve, new = (expected[date(2014, 4, 29)], expected[date(2014, 4, 30)], expected[date(2014, 5, 28)])
    assert eve.mean > 1.5 * usual.mean
    assert new.mean < eve.mean
    assert new.variance > 2 * usual.variance


def test_the_day_after_a_weekend_behind_a_holiday_is_the_day_after() -> None:
    off = DaysOff({date(2013, 3, 29): "Good Friday"})
    assert off.kind(date(2013, 4, 1)) is Kind.AFTER
    assert off.kind(date(2013, 4, 2)) is Kind.SECOND_AFTER


def test_a_gap_changes_little() -> None:
    days = half_hours(KNOWN)
    gap = days.copy()
    gap[-20:-10] = np.nan
    whole, holed = (expect_calls(Past(MONDAY, each), 5, DaysOff()).days for each in (days, gap))
    assert np.allclose([day.total.mean for day in whole], [day.total.mean for day in holed], rtol=0.1)


def test_day_totals_give_days_alone() -> None:
    days = expect_calls(Past(MONDAY, half_hours(KNOWN).sum(axis=1)[:, None]), 7, DaysOff()).days
    assert len(days[0].slots) == 1
    assert days[0].slots[0].variance == days[0].total.variance
