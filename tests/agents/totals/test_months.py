"""The tables below a sheet's figures count every answer once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.language import Language
from agents.totals.months import series_of
from agents.totals.telling import Telling
from streams.indicators.annual import Annual
from tests.agents.totals.year import PARIS, year


@pytest.fixture(scope="module")
def annual() -> Annual:
    return year()


@given(st.dictionaries(st.integers(0, 60), st.integers(1, 1_000), min_size=1))
def test_every_answer_is_in_one_row_of_the_delays(annual: Annual, delays: dict[int, int]) -> None:
    (delay,) = (each for each in annual.indicators if each.kind == "mean_days")
    annual.channels[delay.subject].delays = delays
    _, found = series_of(annual, delay, Telling(Language.EN, PARIS))
    rows = {name: count for name, (count,) in found.rows}
    assert {int(name): count for name, count in rows.items() if name.isdigit() and count} == {
        days: count for days, count in delays.items() if days <= 20
    }
    assert rows.get("more than 20", 0) == sum(count for days, count in delays.items() if days > 20)
