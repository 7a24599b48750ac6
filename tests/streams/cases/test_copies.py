"""Rows that are imported again a second or two later."""

from __future__ import annotations

import pytest

from streams.cases.case import SeenCase
from streams.cases.copies import again, doubled
from streams.cases.usual import UsualCases
from streams.cases.view import CaseDesk, CaseRules, View
from streams.kept.times import DAY_MS, utc_day

SECOND = 1_000


def case(begun: int, met: int, ended: int = -1) -> SeenCase:
    return SeenCase(-1, 0, begun=begun * SECOND, met=met * SECOND, ended=ended * SECOND if ended >= 0 else -1)


@pytest.mark.parametrize(
    ("rows", "repeated"),
    [
        ([case(100, 300)], True),  # all moments a second earlier
        ([case(99, 299)], True),
        ([case(98, 298)], False),
        ([case(100, 301)], True),  # received a second earlier
        ([case(100, 302)], False),
        ([case(99, 299), case(100, 300)], False),  # a series
        ([case(101, 301)], False),  # a case does not repeat itself
        ([], False),
    ],
)
def test_a_case_repeats_a_row_of_a_second_or_two_before(rows: list[SeenCase], repeated: bool) -> None:  # noqa: FBT001
    assert again(case(101, 301), {each.row for each in rows}) is repeated


def test_an_unknown_moment_stays_unknown() -> None:
    assert not again(case(101, 301), {case(100, 300, 400).row})
    assert again(case(101, 301, 401), {case(100, 300, 400).row})


def dates(copies: int, *, days: int = 8, desk: CaseDesk = "channel", begun: int = 0) -> View:
    """Return a register with dates alone, which has each row `copies` times."""
    rows = [
        SeenCase(-1, 0, begun=day * DAY_MS + begun, met=(day + answered) * DAY_MS + begun)
        for day in range(days)
        for answered in range(1, 4)
        for _ in range(copies)
    ]
    return View(CaseRules("mail", desk, utc_day, None), UsualCases(), rows, whole=True)


def test_all_rows_of_several_days_twice_are_copies() -> None:
    sign = doubled(dates(2))
    assert sign is not None
    assert (sign.law, sign.kind, sign.seen, sign.of) == ("rows once", "duplicate", 24, 48)
    assert doubled(dates(1)) is None
    assert doubled(dates(2, days=2)) is None, "by chance"
    assert doubled(dates(2, desk="service")) is None
    assert doubled(dates(2, begun=1)) is None, "moments are not whole minutes"
