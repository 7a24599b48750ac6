"""A worker that dies is restarted: after a growing delay if it died young, at once after a long life."""

from __future__ import annotations

from agents.worker.process import pause_after


def test_each_early_death_doubles_the_pause_up_to_a_minute() -> None:
    pauses = [0.0]
    for _ in range(8):
        pauses.append(pause_after(lived=5.0, before=pauses[-1]))
    assert pauses[1:] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_after_a_long_life_the_pause_is_the_shortest_again() -> None:
    assert pause_after(lived=86_400.0, before=60.0) == 1
