"""The kind of a miscount is the mechanism that explains most of the excess losses."""

from __future__ import annotations

import pytest

from streams.watch.judge import mechanism
from streams.watch.slot import Slot
from streams.watch.usual import Usual

USUAL = Usual(
    lost=2.0,
    offered=100.0,
    wait=10_000,
    spread=0.1,
    days=1,
    answered_log_wait=None,
    lost_log_wait=None,
    at_once=0.25,
)


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        ({"talked": 9}, "answered-as-lost"),
        ({"talked": 8}, "drift"),  # less than half of the 18 that are too many
        ({"legs": 10, "talked": 9}, "multi-leg"),
        ({"copies_lost": 4, "again": 6}, "duplicate"),
        ({"at_once": 15}, "phantom"),
        ({"ghosts": 15}, "phantom"),
        ({}, "drift"),
        ({"offered": 50}, "missing"),
    ],
)
def test_what_explains_half_of_the_losses_too_many_names_them(seen: dict[str, int], kind: str) -> None:
    assert mechanism(Slot(**{"offered": 100, "lost": 20, **seen}), USUAL) == kind


def test_nobody_is_a_phantom_where_nobody_has_a_caller_or_all_are_answered_at_once() -> None:
    seen = Slot(offered=100, lost=20, ghosts=15)
    assert mechanism(seen, USUAL._replace(callers_told=False)) == "drift"
    assert mechanism(Slot(offered=100, lost=20, at_once=15), USUAL._replace(no_wait=0.8)) == "drift"
