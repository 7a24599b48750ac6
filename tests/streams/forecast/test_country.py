"""The country of a past is inferred if its holidays explain the unusual days, and not from a single day."""

from __future__ import annotations

from datetime import date, timedelta

from streams.forecast.country import likely_days_off
from streams.forecast.days_off import DaysOff
from streams.forecast.past import Past
from tests.streams.forecast.made_up import FRENCH, MONDAY, half_hours

OTHERS = [
    DaysOff({MONDAY + timedelta(shift + 30 * each): str(each) for each in range(6)}, country=f"X{shift}")
    for shift in range(1, 25)
]
COUNTRIES = [FRENCH, *OTHERS]


def test_the_country_is_found_with_its_coming_holidays() -> None:
    past = Past(MONDAY, half_hours(200, off=FRENCH))
    found = likely_days_off([past], COUNTRIES, 42)
    assert found.country == "FR"
    assert date(2013, 8, 15) in found.names


def test_ordinary_days_point_at_no_country() -> None:
    assert not likely_days_off([Past(MONDAY, half_hours(200))], COUNTRIES, 42).names


def test_one_day_without_calls_points_at_no_country() -> None:
    days = half_hours(80)
    days[(date(2013, 3, 20) - MONDAY).days] = 0
    one = [DaysOff({date(2013, 3, 20): "a"}, country="A"), *OTHERS]
    assert not likely_days_off([Past(MONDAY, days)], one, 42).names


def test_two_lines_agree_on_what_one_cannot_show() -> None:
    pasts = [Past(MONDAY, half_hours(90, seed, FRENCH)) for seed in range(4)]
    assert not likely_days_off(pasts[:1], COUNTRIES, 42).names
    assert likely_days_off(pasts, COUNTRIES, 42).country == "FR"
