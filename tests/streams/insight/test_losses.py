"""Where losses came from, hour by hour."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.hours import Hour
from streams.insight.erlang import Demand, agents_for_lost
from streams.insight.losses import WEEK_HOURS, Losses, losses

RATE = 1 / 120_000  # one in 120 s of waiting gives up
TARGET = 0.05
HOUR = 480_000


def calls(answered: int, lost: int) -> Hour:
    """Return an hour whose answered callers talked for 3 minutes each."""
    return Hour(answered=answered, lost=lost, talks=answered, talked=answered * 180_000)


USUAL = calls(39, 1)
NEEDED = agents_for_lost(Demand(40 / 3600, 180, 120), TARGET)


def of(hour: Hour, agents: float) -> Losses:
    """Return the losses of an hour that three usual ones precede, each a week apart."""
    hours = {HOUR - weeks * WEEK_HOURS: USUAL for weeks in (1, 2, 3)} | {HOUR: hour}
    return losses(hours, {HOUR: round(4 * agents)}, RATE, TARGET)


def test_the_usual_callers_with_fewer_agents_than_they_need() -> None:
    assert of(calls(30, 10), NEEDED - 1) == Losses(agents=10)


def test_twice_the_usual_callers_with_agents_for_the_usual_ones() -> None:
    assert of(calls(60, 20), NEEDED) == Losses(callers=20)


def test_only_the_same_hour_of_other_weeks_is_usual() -> None:
    hours = {HOUR - 3 * WEEK_HOURS: USUAL, HOUR: calls(60, 20), HOUR + 2 * WEEK_HOURS: USUAL}
    others = {hour + beside: calls(300, 0) for hour in hours for beside in (-1, 1)}
    assert losses(hours | others, {HOUR: round(4 * NEEDED)}, RATE, TARGET) == Losses(callers=20)


def test_agents_who_suffice_for_all_callers_explain_no_loss() -> None:
    assert of(calls(30, 10), NEEDED) == Losses(neither=10)


def test_an_hour_within_the_target_has_no_cause() -> None:
    assert of(calls(38, 2), 1) == Losses()


@pytest.mark.parametrize("hour", [Hour(answered=30, lost=10), Hour(lost=10)])
def test_an_hour_of_unknown_talk_has_an_unknown_cause(hour: Hour) -> None:
    assert of(hour, NEEDED) == Losses(unknown=10)


def test_without_agents_patience_or_another_week_the_cause_is_unknown() -> None:
    hours = {HOUR - WEEK_HOURS: USUAL, HOUR: calls(30, 10)}
    assert losses(hours, {}, RATE, TARGET) == Losses(unknown=10)
    assert losses(hours, {HOUR: 4}, None, TARGET) == Losses(unknown=10)
    assert losses({HOUR: calls(30, 10)}, {HOUR: 4}, RATE, TARGET) == Losses(unknown=10)


@given(
    hours=st.dictionaries(st.integers(0, 400), st.builds(calls, st.integers(0, 60), st.integers(0, 60)), max_size=20),
    agents=st.integers(0, 40),
)
def test_each_lost_call_above_the_target_has_one_cause(hours: dict[int, Hour], agents: int) -> None:
    found = losses(hours, dict.fromkeys(hours, agents), RATE, TARGET)
    above = sum(each.lost for each in hours.values() if each.lost > TARGET * each.ended)
    assert found.agents + found.callers + found.neither + found.unknown == above
