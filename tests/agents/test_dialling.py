from __future__ import annotations

import pytest

from agents.dialling import numbers_of
from config.settings import Holidays, Settings
from streams.number import ANY_PLAN, DialPlan


@pytest.mark.parametrize(
    ("country", "plan"),
    [
        ("FR", DialPlan("33", "0", "00", (9,))),
        ("US", DialPlan("1", "1", "011", (10,))),
        ("DK", DialPlan("45", "", "00", (8,))),
        (None, ANY_PLAN),
    ],
)
def test_an_office_dials_as_the_country_of_its_holidays(country: str | None, plan: DialPlan) -> None:
    assert numbers_of(Settings(site="office", holidays=Holidays(country=country))).plan == plan
