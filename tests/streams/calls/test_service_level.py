"""The service level: it ignores a call if its events do not show whether it was answered in time."""

from __future__ import annotations

import pytest

from streams.calls.service_level import service_level


@pytest.mark.parametrize(
    ("within", "answered", "timed", "calls", "level"),
    [
        (6, 9, 9, 12, 0.5),
        (6, 9, 8, 13, 0.5),
        (0, 9, 0, 13, None),
        (0, 0, 0, 4, 0.0),
        (0, 0, 0, 0, None),
    ],
    ids=["all waits known", "one left out", "no wait known", "nobody answered", "nobody called"],
)
def test_a_level_is_over_the_calls_of_which_it_is_known(
    within: int, answered: int, timed: int, calls: int, level: float | None
) -> None:
    assert service_level(within, answered, timed, calls) == level
