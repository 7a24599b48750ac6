"""The domain's rules come from the configuration, its days from the office's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agents.catalogue import lines
from config.settings import Line, Settings

RULES = lines(Settings(site="lozere", lines={"standard": Line()}))["standard"]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2013, 7, 1, 21, 59, 59, tzinfo=UTC), date(2013, 7, 1)),
        (datetime(2013, 7, 1, 22, 0, tzinfo=UTC), date(2013, 7, 2)),  # midnight in Paris
        (datetime(2013, 1, 1, 22, 0, tzinfo=UTC), date(2013, 1, 1)),
        (datetime(2100, 1, 1, tzinfo=UTC), date(2100, 1, 1)),
    ],
)
def test_a_day_begins_at_the_offices_midnight(at: datetime, day: date) -> None:
    assert RULES.day(round(at.timestamp() * 1000)) == day.toordinal()


def test_whatever_is_later_than_any_event_is_another_day() -> None:
    last = round(datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000)
    assert RULES.day(10**15) == RULES.day(10**18) > RULES.day(last)
