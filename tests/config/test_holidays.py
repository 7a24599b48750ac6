"""The public holidays of France, each by its date, for the supported years.

They are computed here independently: Easter by the algorithm of Meeus, Jones and Butcher (Meeus, Astronomical
Algorithms, 1991, chapter 8), the others by law: Code du travail, L3133-1 (everywhere), L3134-13 (Alsace-Moselle) and
L3422-2 (abolition of slavery overseas).
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.calendar import Calendar
from config.settings import ConfigError, Settings, load

ALMANAC = {  # Sundays, by the almanac
    2013: date(2013, 3, 31),
    2014: date(2014, 4, 20),
    2015: date(2015, 4, 5),
    2016: date(2016, 3, 27),
    2017: date(2017, 4, 16),
    2018: date(2018, 4, 1),
    2019: date(2019, 4, 21),
    2020: date(2020, 4, 12),
    2021: date(2021, 4, 4),
    2022: date(2022, 4, 17),
    2023: date(2023, 4, 9),
    2024: date(2024, 3, 31),
    2025: date(2025, 4, 20),
    2026: date(2026, 4, 5),
}
YEARS = range(2013, 2027)
ABOLITION = {  # month and day
    "971": (5, 27),  # Guadeloupe
    "972": (5, 22),  # Martinique
    "973": (6, 10),  # Guyane
    "974": (12, 20),  # La Réunion
    "976": (4, 27),  # Mayotte
}


def easter(year: int) -> date:
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def national(year: int) -> set[date]:
    fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    movable = {easter(year) + timedelta(days=after) for after in (1, 39, 50)}  # Easter Monday, Ascension, Whit Monday
    return {date(year, month, day) for month, day in fixed} | movable


def closed(year: int, subdivision: str | None = None, **more: list[date]) -> set[date]:
    """Return the days of a year on which an office that would open every day is closed."""
    office = Calendar("Europe/Paris", "24/7", country="FR", subdivision=subdivision, **more)
    days = (date(year, 1, 1) + timedelta(days=passed) for passed in range(365 + isleap(year)))
    return {day for day in days if not office.is_working_day(day)}


@pytest.mark.parametrize("year", YEARS)
def test_easter_is_that_of_the_almanac(year: int) -> None:
    assert easter(year) == ALMANAC[year]


@pytest.mark.parametrize("year", YEARS)
def test_eleven_days_everywhere(year: int) -> None:
    assert closed(year) == national(year)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("subdivision", ["57", "6AE"])
def test_alsace_moselle_has_good_friday_and_the_second_day_of_christmas(subdivision: str, year: int) -> None:
    assert closed(year, subdivision) == national(year) | {easter(year) - timedelta(days=2), date(year, 12, 26)}


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("subdivision", ["972", "973", "974", "976"])
def test_overseas_has_its_abolition_of_slavery(subdivision: str, year: int) -> None:
    custom = {date(year, 7, 21)} if subdivision == "972" else set()  # Victor Schœlcher
    assert closed(year, subdivision) == national(year) | {date(year, *ABOLITION[subdivision])} | custom


@pytest.mark.parametrize("year", YEARS)
def test_guadeloupe_has_customs_of_its_own_which_an_office_may_take_back(year: int) -> None:
    by_law = national(year) | {date(year, *ABOLITION["971"])}
    customs = [easter(year) - timedelta(days=before) for before in (24, 2)] + [date(year, 7, 21)]  # mid-Lent
    assert closed(year, "971") == by_law | set(customs)
    assert closed(year, "971", open_days=customs) == by_law


@pytest.mark.parametrize("subdivision", ABOLITION)
def test_each_works_on_the_abolition_days_of_the_others(subdivision: str) -> None:
    others = {date(2013, *day) for where, day in ABOLITION.items() if where != subdivision}
    assert not closed(2013, subdivision) & others
    assert not closed(2013) & {date(2013, *day) for day in ABOLITION.values()}


def settings(tmp_path: Path, holidays: str) -> Settings:
    file = tmp_path / "office.yaml"
    file.write_text(f"site: x\nholidays: {holidays}\n")
    return load(file, {})


@pytest.mark.parametrize("subdivision", ["57", "6AE", *ABOLITION])
def test_a_configuration_takes_a_subdivision_in_quotes(tmp_path: Path, subdivision: str) -> None:
    office = settings(tmp_path, f"{{subdivision: '{subdivision}'}}").calendar()
    local = [day for year in YEARS for day in closed(year, subdivision) - national(year)]
    assert not any(map(office.is_working_day, local))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("GF", 'found "GF", expected a subdivision of FR: one of 57, 6AE, 971, 972, 973, 974, 976, BL, MF,'),
        ("'48'", 'found "48", expected a subdivision of FR: one of 57'),
        ("Moselle", 'found "Moselle", expected a subdivision of FR: one of 57'),
        ("6ae", 'found "6ae", expected a subdivision of FR: one of 57, 6AE'),
        ("973", "found 973, expected a text, in quotes if it looks like a number, yes or no"),
    ],
)
def test_another_is_refused_with_those_there_are(tmp_path: Path, written: str, says: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, f"{{subdivision: {written}}}")
    (mistake,) = refusal.value.mistakes
    assert f"found {mistake.found}, expected {mistake.expected}".startswith(says)
    assert mistake.key == "holidays.subdivision"
