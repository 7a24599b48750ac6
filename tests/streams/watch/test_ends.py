"""An incident ends when days count as usual again, or with a question to a person."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.streams.watch.telling import RULES, USUAL_DAYS, Telling, brief, closed, flip, incidents, opening, usual


def test_a_miscount_is_over_after_three_clean_days() -> None:
    told = usual()
    for day in (USUAL_DAYS, USUAL_DAYS + 1):
        flip(told, day)
    for day in range(USUAL_DAYS + 2, USUAL_DAYS + 6):
        told.day(day)
    line = closed(told.folded())
    assert [(each.verdict, each.status) for each in incidents(line)] == [("miscount", "closed")]
    assert incidents(line)[0].end <= opening(USUAL_DAYS + 2) * 1000


def test_a_fall_that_goes_on_becomes_a_question_and_the_line_is_judged_anew() -> None:
    told = Telling()
    for day in range(30):
        told.day(day, losses=(40,) if day % 5 else ())
    line = closed(told.folded(replace(RULES, expected=0.25)))  # a prior that is far too high
    assert brief(line) == [("fall", "missing", "undecided")], "one question, and no second one"
    (found,) = incidents(line)
    assert (found.status, found.over) == ("open", True), "a person is asked; the checks are done with it"
    assert found.end <= opening(14) * 1000
    assert line.watch.slot_times.baseline.prior == pytest.approx(0.01, abs=0.01), "its rate replaces the prior"


def test_days_that_lose_less_than_a_miscount_do_not_feed_it() -> None:
    told = usual()
    flip(told, USUAL_DAYS, every=8)
    for day in range(USUAL_DAYS + 1, USUAL_DAYS + 32):
        told.day(day, losses=() if day % 3 else (10, 40, 70))
    (found,) = incidents(closed(told.folded()))
    assert (found.cause, found.status) == ("rise", "closed")
    assert found.end <= opening(USUAL_DAYS + 8) * 1000, "later days make the stretch as a whole usual"


def test_losses_after_a_doubt_do_not_extend_it() -> None:
    told = usual()
    for day in (USUAL_DAYS, USUAL_DAYS + 1):
        told.day(day, losses=range(96), caller=None)
    for day in range(USUAL_DAYS + 2, USUAL_DAYS + 12):
        told.day(day, losses=(20, 70))
    found = [each for each in incidents(closed(told.folded())) if each.verdict == "undecided"]
    assert [each.status for each in found] == ["closed"]
    assert found[0].end <= opening(USUAL_DAYS + 2) * 1000
