"""Agents are away for the requested time, and come back as planned."""

from __future__ import annotations

import pytest

from streams.kept.times import HOUR_MS
from streams.simulation.staff import BREAK, back, breaks, shortfall


@pytest.mark.parametrize("agents", [1, 2, 3, 12])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.75, 1.0])
def test_a_shortfall_takes_its_share_of_all_agents_time(agents: int, share: float) -> None:
    away = shortfall(agents, share, 5 * HOUR_MS, 9 * HOUR_MS)
    assert len(away) == agents
    gone = sum(returns - leaves for each in away for leaves, returns in each)
    assert gone == pytest.approx(share * agents * 4 * HOUR_MS, abs=4)
    assert all(5 * HOUR_MS <= leaves < returns <= 9 * HOUR_MS for each in away for leaves, returns in each)


def test_everybody_has_a_break_in_each_stretch_but_who_works_alone() -> None:
    stretches = [(0, 3 * HOUR_MS), (5 * HOUR_MS, 8 * HOUR_MS)]
    assert breaks(1, stretches) == [[]]
    for away in breaks(5, stretches):
        assert len(away) == 2
        for (leaves, returns), (opens, closes) in zip(away, stretches, strict=True):
            assert returns - leaves == BREAK
            assert opens < leaves < returns < closes


def test_back_goes_through_stretches_that_follow_each_other() -> None:
    away = [(0, 5), (5, 9), (12, 15)]
    assert [back(away, at) for at in (0, 4, 5, 9, 12, 14, 15)] == [9, 9, 9, 9, 15, 15, 15]
