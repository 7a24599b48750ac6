"""The table of indicators: one row per kind, in the order of listing, and each row is true of its kind."""

from __future__ import annotations

from typing import get_args

import pytest

from streams.calls.counts import Counts
from streams.indicators.indicator import is_met
from streams.indicators.kinds import KINDS, IndicatorKind, SubjectKind, kinds_of, rate
from streams.ledger.diversions import Diversions


def test_the_kinds_of_all_subjects_are_the_listed_ones() -> None:
    assert [*KINDS] == [kind for subject in ("line", "channel", "service", "survey") for kind in kinds_of(subject)]
    assert set(KINDS) == set(get_args(IndicatorKind))


@pytest.mark.parametrize("subject", get_args(SubjectKind))
def test_what_is_said_once_is_said_beside_one_kind_of_a_line(subject: SubjectKind) -> None:
    principal = [kind for kind in kinds_of(subject) if KINDS[kind].principal]
    assert principal == (["lost_rate"] if subject == "line" else [])


def test_a_rate_is_its_part_of_its_whole_and_nothing_where_that_is_unknown() -> None:
    counts, diverted = Counts(offered=10, answered=7, lost=1, diverted=2), Diversions(agentless=2)
    assert (rate("lost_rate", counts, diverted), rate("answer_rate", counts, diverted)) == (0.1, 7 / 8)
    assert rate("answer_rate", counts, Diversions(unexplained=2)) is None
    assert rate("lost_rate", Counts(), diverted) is None


def test_a_target_is_reached_where_more_is_better_and_else_stayed_below() -> None:
    assert (is_met("answer_rate", 0.85, 0.85), is_met("lost_rate", 0.1, 0.1)) == (True, False)
    assert (is_met("answer_rate", 0.8, 0.85), is_met("lost_rate", 0.09, 0.1)) == (False, True)
    assert is_met("wait", None, 15.0) is is_met("wait", 3.0, None) is None
