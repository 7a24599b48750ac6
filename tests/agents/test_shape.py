"""The figures for programs: an unknown one is null, never 0."""

from __future__ import annotations

from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from agents.language import Language
from agents.pages.withheld import withheld
from agents.shape import ChannelShape, channel_shape, corrected_shape, counts_shape
from streams.calls.counts import Counts
from streams.ledger.diversions import NONE_DIVERTED, Diversions
from streams.watch.correction import Corrected, Interval, Intervals
from streams.watch.guard import Guard, Reason

COUNTS = Counts(offered=10, answered=7, lost=2, diverted=1)
BOUNDS = Intervals(Interval(0.1, 0.4), Interval(0.15, 0.25))
FIGURE = Corrected(counts=COUNTS, method="exclude", coverage=0.9, quarantined=3, intervals=BOUNDS)
UTC = ZoneInfo("UTC")


def channel(**given: Any) -> ChannelShape:
    usual = {"received": 9, "answered": 6, "in_time": 3, "delays": 30, "withdrawn": 1, "pending": 2, "overdue": 1}
    return channel_shape(ChannelShape, **{**usual, "target_days": 5, "days": "working", **given})


def test_counts_bring_their_lost_rate_and_corrected_ones_how_sure_it_is() -> None:
    raw, corrected = counts_shape(COUNTS), corrected_shape(FIGURE, Diversions(agentless=1), UTC)
    assert (raw.offered, raw.unresolved, raw.lost_rate) == (10, 0, 0.2)
    assert (corrected.lost, corrected.lost_rate, corrected.low, corrected.high) == (2, 0.2, 0.1, 0.4)
    assert corrected.answer_rate == 7 / 9
    assert (corrected.realised_low, corrected.realised_high) == (0.15, 0.25)
    assert (corrected.coverage, corrected.method, corrected.quarantined_slots) == (0.9, "exclude", 3)
    assert corrected.guard is None


def test_what_cannot_be_published_is_null_in_every_figure() -> None:
    corrected = corrected_shape(Corrected(coverage=0.5, quarantined=40, guard=Guard("coverage")), NONE_DIVERTED, UTC)
    bounds = ("low", "high", "realised_low", "realised_high")
    assert {getattr(corrected, name) for name in (*Counts.__struct_fields__, "lost_rate", "answer_rate", *bounds)} == {
        None
    }
    assert (corrected.method, corrected.guard) == ("unavailable", "coverage of 50% is below 75%")


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason_has_its_words_in_both_languages(reason: Any) -> None:
    french, english = (withheld(Guard(reason, 1_367_560_800_000), 0.7496, UTC, each) for each in Language)
    assert french.startswith("non publié : ")
    assert french.endswith("depuis le 3 mai 2013")
    assert english.startswith("withheld: ")
    assert english.endswith("since 3 May 2013")
    assert ("74.9%" in english) == (reason == "coverage"), "no share below the least is written as the least"


def test_a_channel_is_late_where_it_answered_late_or_its_time_is_over() -> None:
    assert (channel().late, channel().overdue) == (4, 1)
    assert (channel().within_target, channel().mean_days) == (3 / 9, 5.0)


def test_a_channel_without_target_is_never_late_and_without_requests_has_no_share() -> None:
    untargeted, empty = channel(target_days=None), channel(received=0, answered=0)
    assert {untargeted.late, untargeted.overdue, untargeted.within_target} == {None}
    assert (empty.within_target, empty.mean_days) == (None, None)
