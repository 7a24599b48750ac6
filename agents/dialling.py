"""Each country's rules for telephone numbers, so that one caller's number is recognised however it is written."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from phonenumbers import PhoneMetadata

from streams.number import ANY_NUMBERS, ANY_PLAN, DialPlan, Numbers

if TYPE_CHECKING:
    from config.offices import Offices
    from config.settings import Settings


def numbers_of(settings: Settings) -> Numbers:
    """Return the rules that recognise an office's callers, for the country of its holidays."""
    return _numbers(settings.holidays.country)


def numbers_of_all(offices: Offices) -> Numbers:
    """Return the rules for several offices: their country's, or rules for any country if they are in several."""
    countries = {each.holidays.country for each in offices.sites.values()}
    return _numbers(countries.pop()) if len(countries) == 1 else ANY_NUMBERS


@lru_cache
def _numbers(country: str | None) -> Numbers:
    found = country and PhoneMetadata.metadata_for_region(country, None)
    if not found:
        return ANY_NUMBERS
    international = found.preferred_international_prefix or found.international_prefix or ""
    lengths = tuple(found.general_desc.possible_length) if found.general_desc else ANY_PLAN.lengths
    plan = DialPlan(
        country=str(found.country_code),
        trunk=found.national_prefix or "",
        international=international if international.isdecimal() else ANY_PLAN.international,
        lengths=lengths,
    )
    return Numbers(plan)
