"""The holidays of an office by its configuration, or of the countries that a file may come from."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date
from typing import Final

from holidays import HolidayBase

from config.calendar import public_holidays
from config.settings import Settings
from streams.forecast.days_off import DaysOff

# Countries of the OECD and the European Union, some others with many speakers of French or many call centres, and parts
# of federations whose holidays differ from the country's.
COUNTRIES: Final = (
    *("AT", "AU", "AU-NSW", "AU-QLD", "AU-VIC", "BE", "BG", "BR", "CA", "CA-AB", "CA-BC", "CA-ON", "CA-QC", "CH"),
    *("CH-GE", "CH-ZH", "CI", "CL", "CO", "CR", "CY", "CZ", "DE", "DE-BE", "DE-BY", "DE-NW", "DK", "DZ", "EE", "EG"),
    *("ES", "ES-CT", "ES-MD", "FI", "FR", "GB-ENG", "GB-NIR", "GB-SCT", "GR", "HR", "HU", "IE", "IL", "IN", "IS", "IT"),
    *("JP", "KR", "LT", "LU", "LV", "MA", "MT", "MX", "NL", "NO", "NZ", "PH", "PL", "PT", "RO", "SE", "SI", "SK", "SN"),
    *("TN", "TR", "UA", "US", "ZA"),
)


def days_off(settings: Settings, first: date, last: date) -> DaysOff:
    """Return an office's holidays and closed days in the years of two days."""
    chosen = settings.holidays
    found = public_holidays(chosen.country, chosen.subdivision)
    names = {day: name for day, name in _named(found, first, last) if day not in chosen.open}
    names.update((day, "closed") for day in chosen.closed)
    return DaysOff(names, frozenset(found.weekend), _code(chosen.country, chosen.subdivision))


def countries(first: date, last: date) -> list[DaysOff]:
    """Return the holidays of each country in the years of two days."""
    every = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a country whose holidays the library knows for other years only has none
        for code in COUNTRIES:
            country, _, part = code.partition("-")
            found = public_holidays(country, part or None)
            names = dict(_named(found, first, last))
            if names:
                every.append(DaysOff(names, frozenset(found.weekend), code))
    return every


def _named(found: HolidayBase, first: date, last: date) -> Iterator[tuple[date, str]]:
    """Yield the holidays in the years of two days; the library computes a year when it is asked for a day of it."""
    for year in range(first.year, last.year + 1):
        found.get(date(year, 1, 1))
    yield from ((day, name) for day, name in found.items() if first.year <= day.year <= last.year)


def _code(country: str | None, part: str | None) -> str | None:
    return f"{country}-{part}" if country and part else country
