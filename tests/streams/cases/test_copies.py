"""Rows that are imported again a second or two later."""

from __future__ import annotations

import pytest

from streams.cases.case import SeenCase
from streams.cases.copies import again

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
