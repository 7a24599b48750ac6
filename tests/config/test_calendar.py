from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar import Calendar

PARIS = ZoneInfo("Europe/Paris")
HOURS = "Mo-Fr 08:30-12:00,13:30-17:00"
LOZERE = Calendar("Europe/Paris", HOURS, country="FR", closed_days=[date(2013, 5, 10)])
MOSELLE = Calendar("Europe/Paris", HOURS, country="FR", subdivision="57")
ALWAYS = Calendar("Europe/Paris", "24/7")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2013-05-13 08:29:59", False),
        ("2013-05-13 08:30:00", True),
        ("2013-05-13 11:59:59", True),
        ("2013-05-13 12:00:00", False),
        ("2013-05-13 13:30:00", True),
        ("2013-05-13 17:00:00", False),
        ("2013-05-09 10:00:00", False),  # Ascension
        ("2013-05-10 10:00:00", False),  # closed by the office
        ("2013-05-11 10:00:00", False),  # a Saturday
    ],
)
def test_is_open(moment: str, opened: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert LOZERE.is_open(at(moment)) is opened


def test_closed_whatever_the_hours_say() -> None:
    office = Calendar("Europe/Paris", "24/7; PH 10:00-12:00", country="FR", closed_days=[date(2013, 5, 10)])
    assert office.open_intervals(date(2013, 5, 9)) == []
    assert office.open_intervals(date(2013, 5, 10)) == []
    assert office.is_working_day(date(2013, 5, 11))


def test_an_open_holiday_follows_its_weekday() -> None:
    office = Calendar("Europe/Paris", HOURS, country="FR", open_days=[date(2013, 5, 20)])
    assert office.open_intervals(date(2013, 5, 20)) == [
        (at("2013-05-20 08:30"), at("2013-05-20 12:00")),
        (at("2013-05-20 13:30"), at("2013-05-20 17:00")),
    ]
    assert not LOZERE.is_working_day(date(2013, 5, 20))


@pytest.mark.parametrize(
    ("day", "hours"), [("2013-03-31", 23), ("2013-10-27", 25), ("2013-06-01", 24), ("2026-03-29", 23)]
)
def test_days_of_23_to_25_hours(day: str, hours: int) -> None:
    start, end = ALWAYS.day_bounds(date.fromisoformat(day))
    assert (end - start) / 3600 == hours
    assert ALWAYS.open_intervals(date.fromisoformat(day)) == [(start, end)]
    assert start == at(day)


def test_hours_in_the_hour_that_is_skipped() -> None:
    office = Calendar("Europe/Paris", "Su 02:15-03:00,03:30-04:00")
    assert office.open_intervals(date(2013, 3, 31)) == [(at("2013-03-31 03:30"), at("2013-03-31 04:00"))]


def test_hours_across_the_hour_that_comes_twice() -> None:
    office = Calendar("Europe/Paris", "Su 01:00-04:00")
    ((start, end),) = office.open_intervals(date(2013, 10, 27))
    assert end - start == 4 * 3600


def test_hours_past_midnight_fall_on_both_days() -> None:
    office = Calendar("Europe/Paris", "Mo 22:00-26:00")
    assert office.open_intervals(date(2013, 5, 13)) == [(at("2013-05-13 22:00"), at("2013-05-14 00:00"))]
    assert office.open_intervals(date(2013, 5, 14)) == [(at("2013-05-14 00:00"), at("2013-05-14 02:00"))]


def test_hours_that_are_only_perhaps_open_are_not() -> None:
    assert not Calendar("Europe/Paris", "24/7 unknown").is_working_day(date(2013, 5, 13))


def test_a_midnight_that_does_not_exist() -> None:
    havana = Calendar("America/Havana", "24/7")
    start, end = havana.day_bounds(date(2013, 3, 10))
    assert end - start == 23 * 3600
    assert havana.local_day(start) == date(2013, 3, 10)
    assert havana.local_day(start - 1) == date(2013, 3, 9)


@pytest.mark.parametrize(
    ("received", "answered", "days"),
    [
        ("2013-05-13", "2013-05-13", 0),
        ("2013-05-13", "2013-05-14", 1),
        ("2013-05-17", "2013-05-21", 1),  # over a weekend and Whit Monday
        ("2013-05-08", "2013-05-13", 1),  # Victory Day, Ascension, the closed Friday, a weekend
        ("2013-05-11", "2013-05-13", 1),  # received on a Saturday
        ("2013-12-31", "2014-01-02", 1),
        ("2013-01-01", "2013-12-31", 250),
        ("2013-05-14", "2013-05-13", 0),
    ],
)
def test_working_days_between(received: str, answered: str, days: int) -> None:
    assert LOZERE.working_days_between(date.fromisoformat(received), date.fromisoformat(answered)) == days


days_of_years = st.dates(date(2012, 12, 1), date(2015, 2, 1))


@given(days_of_years, st.integers(-400, 800))
def test_working_days_are_those_counted_one_by_one(start: date, later: int) -> None:
    days = (start + timedelta(days=passed) for passed in range(1, later + 1))
    expected = sum(map(LOZERE.is_working_day, days))
    assert LOZERE.working_days_between(start, start + timedelta(days=later)) == expected


@given(days_of_years, st.integers(0, 700))
def test_the_last_day_within_is_the_last(start: date, working_days: int) -> None:
    last = LOZERE.last_day_within(start, working_days)
    assert last is not None
    assert LOZERE.working_days_between(start, last) == working_days
    assert LOZERE.working_days_between(start, last + timedelta(days=1)) == working_days + 1


@pytest.mark.parametrize(
    ("received", "working_days", "last"),
    [
        ("2013-05-13", 0, "2013-05-13"),
        ("2013-05-13", 5, "2013-05-21"),  # five days, not counting Whit Monday
        ("2013-05-17", 0, "2013-05-20"),  # until the Tuesday after Whit Monday begins
        ("2013-12-20", 4, "2013-12-29"),  # over Christmas; the weekend does not count
        ("2013-12-20", 15, "2014-01-14"),  # 6 until the year's end, 2 in its first week, 5, 2
    ],
)
def test_last_day_within(received: str, working_days: int, last: str) -> None:
    assert LOZERE.last_day_within(date.fromisoformat(received), working_days) == date.fromisoformat(last)


@pytest.mark.slow
@pytest.mark.parametrize("working_days", [0, 5, 3650])
def test_an_office_that_never_opens_has_no_last_day(working_days: int) -> None:
    never = Calendar("Europe/Paris", "Mo-Su off")
    assert never.last_day_within(date(2013, 1, 1), working_days) is None
    assert never.working_days_between(date(2013, 1, 1), date(2014, 1, 1)) == 0


def test_good_friday_works_but_not_in_moselle() -> None:
    assert LOZERE.working_days_between(date(2014, 4, 17), date(2014, 4, 22)) == 2
    assert MOSELLE.working_days_between(date(2014, 4, 17), date(2014, 4, 22)) == 1


@given(st.datetimes(datetime(2013, 1, 1), datetime(2026, 12, 31)))  # noqa: DTZ001 - made aware below
def test_every_moment_is_in_its_day(moment: datetime) -> None:
    epoch = moment.replace(tzinfo=UTC).timestamp()
    day = LOZERE.local_day(epoch)
    start, end = LOZERE.day_bounds(day)
    assert day == datetime.fromtimestamp(epoch, PARIS).date()
    assert start <= epoch < end
    assert LOZERE.is_open(epoch) == any(a <= epoch < b for a, b in LOZERE.open_intervals(day))
    assert end == LOZERE.day_bounds(day + timedelta(days=1))[0]


@pytest.mark.parametrize("zone", ["Europe/Mende", "", "Europe", "../etc/passwd", "/etc/localtime"])
def test_unknown_zones(zone: str) -> None:
    with pytest.raises(ValueError, match="a time zone of the tz database, such as Europe/Paris"):
        Calendar(zone, HOURS)


@pytest.mark.parametrize("hours", ["", "Mo-Xx 8", "8h30-12h", "Mo-Fr 8.30-12"])
def test_unreadable_hours(hours: str) -> None:
    with pytest.raises(ValueError, match="hours in the OpenStreetMap notation"):
        Calendar("Europe/Paris", hours)


def test_unknown_holidays() -> None:
    with pytest.raises(ValueError, match="a country by its ISO 3166 code, such as FR"):
        Calendar("Europe/Paris", HOURS, country="France!")
    with pytest.raises(ValueError, match="a subdivision of FR: one of 57, 6AE, 971, 972, 973"):
        Calendar("Europe/Paris", HOURS, country="FR", subdivision="GF")
