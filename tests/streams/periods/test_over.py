"""The last complete days, weeks and months; days on which the office is closed do not count."""

from __future__ import annotations

from datetime import date

import pytest

from streams.periods.named import PeriodKind, asked_by
from streams.periods.over import last_over


def names(kind: PeriodKind, today: date, most: int = 2) -> list[str]:
    return [asked_by(each)["period"] for each in last_over(kind, today, lambda day: day.weekday() < 5, most)]


@pytest.mark.parametrize(
    ("kind", "today", "found"),
    [
        ("day", date(2026, 11, 26), ["2026-11-24", "2026-11-25"]),
        ("day", date(2026, 11, 28), ["2026-11-26", "2026-11-27"]),  # a Saturday: Friday is over
        ("day", date(2026, 11, 30), ["2026-11-26", "2026-11-27"]),  # a Monday: Saturday and Sunday do not count
        ("week", date(2026, 11, 29), ["2026-W46", "2026-W47"]),  # a Sunday: its week is not over
        ("week", date(2026, 11, 30), ["2026-W47", "2026-W48"]),
        ("week", date(2027, 1, 4), ["2026-W52", "2026-W53"]),
        ("month", date(2026, 11, 30), ["2026-09", "2026-10"]),
        ("month", date(2026, 12, 1), ["2026-10", "2026-11"]),
        ("month", date(2027, 1, 1), ["2026-11", "2026-12"]),
    ],
)
def test_they_end_before_today(kind: PeriodKind, today: date, found: list[str]) -> None:
    assert names(kind, today) == found


def test_an_office_that_never_opens_has_no_day() -> None:
    assert last_over("day", date(2026, 11, 26), lambda _: False, 1) == []
