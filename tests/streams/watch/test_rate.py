"""A rate that rises because of the counting, of a rush, or of one odd day."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.events import Review
from streams.kept.mark import OK
from tests.streams.watch.telling import (
    DAY,
    FIRST,
    RULES,
    USUAL_DAYS,
    Telling,
    brief,
    closed,
    flip,
    folded,
    incidents,
    opening,
    usual,
)

QUIET = {"lost at once", "bursts"}  # carry little information here


def rush(told: Telling, day: int, wait: float = 120.0) -> None:
    """Add a day with three times the calls, long waits, and callers who give up and call again."""
    for number, at in enumerate(range(opening(day), opening(day) + 8 * 3600, 100)):
        if number % 4:
            told.call("answered", at, wait + number % 7)
            continue
        caller = f"hmac:dd{day:04x}{number:06x}"
        told.call("lost", at, wait * 1.3, caller=caller)
        if number % 8 == 0:
            told.call("answered", at + wait * 1.3 + 600, wait, caller=caller)


def test_an_honest_line_has_no_incident() -> None:
    assert brief(closed(usual(30).folded())) == []


def test_answers_told_as_losses_with_usual_waits_are_a_miscount() -> None:
    told = usual()
    for day in (USUAL_DAYS, USUAL_DAYS + 1):
        flip(told, day)
    line = closed(told.folded())
    assert brief(line) == [("rise", "drift", "miscount")]
    (found,) = incidents(line)
    assert found.start == opening(USUAL_DAYS) * 1000
    assert found.detected <= opening(USUAL_DAYS + 1) * 1000 + 3_600_000
    assert 8 <= found.calls <= 120
    assert {each.check: each.score > 0 for each in found.evidence if each.check not in QUIET} == {
        "lost rate": True,
        "wait law": True,
        "waits of the lost": True,
        "call-backs": True,
        "arrivals": False,
    }


def test_a_rush_with_waits_in_step_is_an_overload_and_over_the_next_day() -> None:
    told = usual()
    rush(told, USUAL_DAYS)
    for day in range(USUAL_DAYS + 1, USUAL_DAYS + 6):
        told.day(day)
    line = closed(told.folded())
    assert brief(line) == [("overload", "overload", "overload")]
    (found,) = incidents(line)
    assert found.status == "closed"
    assert found.detected < opening(USUAL_DAYS) * 1000 + 3_600_000, "within the hour"
    assert found.end < (FIRST + (USUAL_DAYS + 1) * DAY) * 1000, "with the day that was bad"


def test_an_overload_that_turns_into_a_fault_is_a_second_incident() -> None:
    told = usual()
    rush(told, USUAL_DAYS)
    for day in range(USUAL_DAYS + 1, USUAL_DAYS + 4):
        flip(told, day)
    line = closed(told.folded())
    assert brief(line) == [("overload", "overload", "overload"), ("rise", "drift", "miscount")]
    first, second = incidents(line)
    assert (first.status, second.status) == ("closed", "open")
    assert first.end <= second.start == opening(USUAL_DAYS + 1) * 1000, "the rush stays out of quarantine"
    assert first.id != second.id


@pytest.mark.parametrize("odds", [10, 7, 5])
def test_an_odd_day_with_waits_in_step_is_never_a_miscount(odds: int) -> None:
    told = usual()
    losses = range(0, 96, odds)
    told.day(USUAL_DAYS, losses=losses, wait=10.0 * len(losses))
    told.day(USUAL_DAYS + 1)
    assert "miscount" not in [found.verdict for found in incidents(closed(told.folded()))]


def test_a_flip_of_one_morning_alone_is_no_miscount() -> None:
    """The calls of one day are correlated: four of eight lost are less evidence than four times one of two."""
    told = usual()
    told.day(USUAL_DAYS, losses=range(4))
    told.day(USUAL_DAYS + 1)
    assert "miscount" not in [found.verdict for found in incidents(closed(told.folded()))]


def test_a_message_that_hangs_up_is_no_miscount() -> None:
    told = usual()
    told.day(USUAL_DAYS, losses=())
    told.events = [
        each
        for each in told.events
        if not opening(USUAL_DAYS) + 3600 <= float(str(each.at)) < opening(USUAL_DAYS) + 3 * 3600
    ]
    for number, at in enumerate(range(opening(USUAL_DAYS) + 3600, opening(USUAL_DAYS) + 3 * 3600, 100)):
        told.call("lost", at, 4.0 + number % 4)  # as long as others wait for their answer
    told.day(USUAL_DAYS + 1)
    assert "miscount" not in {found.verdict for found in incidents(closed(told.folded()))}


def test_losses_that_are_told_no_more_are_missing() -> None:
    told = Telling()
    for day in range(20):
        told.day(day, losses=range(0, 96, 4))
    for day in range(20, 26):
        told.day(day, losses=())
    line = closed(told.folded(replace(RULES, expected=0.25)))
    assert brief(line) == [("fall", "missing", "miscount")]
    assert incidents(line)[0].start >= opening(20) * 1000 - DAY * 1000


def faulty_from_the_first_day(days: int) -> Telling:
    told = Telling()
    for day in range(days):
        flip(told, day)
    return told


@pytest.mark.slow
def test_a_fault_of_the_first_day_is_told_by_the_prior_and_never_learnt() -> None:
    line = closed(faulty_from_the_first_day(60).folded(replace(RULES, expected=0.0187)))
    (found,) = incidents(line)
    assert (found.verdict, found.status) == ("miscount", "open")
    assert found.start == opening(0) * 1000
    assert found.detected <= opening(3) * 1000
    assert found.end >= opening(59) * 1000, "it lasts, though its first days are forgotten"
    assert line.watch.slot_times.line_rate() == pytest.approx(0.0187), "nothing is learnt of it"


def test_the_first_days_of_a_line_without_a_configured_rate_are_its_usual_ones() -> None:
    told = Telling()
    for day in range(20):
        told.day(day, losses=range(0, 96, 3))
    line = closed(told.folded(replace(RULES, expected=None)))
    assert brief(line) == []
    assert line.watch.slot_times.line_rate() == pytest.approx(1 / 3, abs=0.02)


def test_where_no_witness_speaks_a_line_above_its_prior_is_undecided() -> None:
    told = Telling()
    for day in range(10):
        for number, at in enumerate(range(opening(day), opening(day) + 8 * 3600, 300)):
            told.call("lost" if number % 5 == 0 else "answered", at, caller=None)
    for each in told.events:
        each.wait = None
    events = [each for each in told.events if each.type != "offered"]
    line = closed(folded(events, replace(RULES, expected=0.0187)))
    (found,) = incidents(line)
    assert (found.verdict, found.status, found.over) == ("undecided", "open", False)
    assert found.detected <= opening(3) * 1000
    assert {each.check for each in found.evidence} >= {"lost rate"}


def test_a_change_that_a_person_accepts_is_usual_from_there() -> None:
    line = faulty_from_the_first_day(20).folded(replace(RULES, expected=0.0187))
    (found,) = incidents(line)
    when = line.state.high / 1000 + 60
    accepted = Review(decision="dismiss", at=when, by="m", note="a menu was changed", incident=found.id)
    assert line.review(accepted) == OK
    later = Telling()
    for day in range(20, 40):
        flip(later, day)
    for each in sorted(later.events, key=lambda event: float(str(event.at))):
        line.fold(each)
    assert [each.status for each in incidents(closed(line))] == ["dismissed"], "no second one"
    assert line.watch.slot_times.line_rate() == pytest.approx(1 / 3, abs=0.02)


def test_a_line_that_always_loses_many_is_judged_by_odds() -> None:
    told = Telling()
    for day in range(USUAL_DAYS):
        told.day(day, losses=range(0, 96, 3))
    for day in range(USUAL_DAYS, USUAL_DAYS + 6):
        for number, at in enumerate(range(opening(day), opening(day) + 8 * 3600, 300)):
            if number % 3 == 0:
                told.call("lost", at, 60.0)
            else:
                told.call("lost" if number % 4 == 1 else "answered", at, 10.0 + number % 7)
    line = closed(told.folded(replace(RULES, expected=1 / 3)))
    # The callers of the lost say nothing, so only a person can tell.
    assert brief(line) == [("rise", "drift", "undecided")], "a line that loses a third cannot lose twice as much"
