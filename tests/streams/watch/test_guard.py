"""Reasons for withholding a figure that do not depend on incidents."""

from __future__ import annotations

from msgspec.structs import replace

from streams.watch.guard import Guard, guard
from streams.watch.state import Typical, WatchState
from streams.watch.thresholds import LEARNING
from tests.streams.watch.telling import RULES


def test_a_line_of_which_nobody_knows_what_is_usual_has_no_baseline() -> None:
    unknown = replace(RULES, expected=None)
    assert guard(unknown, WatchState()) == Guard("no baseline")
    assert guard(unknown, WatchState(typical=Typical(days=LEARNING.known))) is None
    assert guard(RULES, WatchState()) is None
