"""The holidays of an office, and the holidays of countries."""

from __future__ import annotations

from datetime import date

from agents.forecast.countries import countries, days_off
from config.settings import Holidays, Settings

MAY = date(2013, 5, 1)


def test_an_office_has_its_country_s_holidays_and_its_own() -> None:
    chosen = Holidays(country="FR", closed=(date(2013, 5, 10),), open=(date(2013, 5, 8),))
    settings = Settings(site="lozere", holidays=chosen)
    names = days_off(settings, MAY, date(2013, 6, 1)).names
    assert [day in names for day in (MAY, date(2013, 5, 8), date(2013, 5, 9), date(2013, 5, 10))] == [1, 0, 1, 1]


def test_countries_have_their_holidays_and_weekends() -> None:
    found = {each.country: each for each in countries(MAY, MAY)}
    assert date(2013, 5, 14) in found["IL"].names or date(2013, 5, 15) in found["IL"].names  # Shavuot
    assert found["IL"].rest == 5
    assert date(2013, 8, 5) in found["CA-BC"].names
