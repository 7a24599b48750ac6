"""The share of answered callers who called again lately: of a week, and without the slots of a miscount."""

from __future__ import annotations

from streams.desks.line import Line
from streams.desks.line_repeats import repeats_of
from tests.streams.watch.telling import RULES, Telling, closed, incidents, opening

ONE, TWO = "hmac:aaaaaaaa", "hmac:bbbbbbbb"


def called_twice(days: int) -> Line:
    """Return a line with two callers a day. One calls again after ten minutes; a later call has no caller."""
    telling = Telling()
    for day in range(days):
        for caller, at in ((ONE, 0), (TWO, 100), (ONE, 700)):
            telling.call("answered", opening(day) + at, talk=60, caller=caller)
        telling.call("answered", opening(day) + 7_000, talk=60, caller=None)
    return closed(telling.folded())


def test_an_answer_counts_for_a_week() -> None:
    found = repeats_of(called_twice(10))
    assert (found.answered, found.known, found.again) == (28, 21, 7)
    assert found.share == 1 / 3


def test_the_slots_of_an_incident_are_left_out_unless_it_is_dismissed() -> None:
    telling = Telling()
    for day in range(3):
        telling.day(day)
        for number in range(40 if day == 2 else 0):
            telling.call("lost", opening(day) + 600 * number, talk=30)
    line = closed(telling.folded())
    assert [each.kind for each in incidents(line)] == ["answered-as-lost"]
    left_out = repeats_of(line).answered
    incidents(line)[0].status = "dismissed"
    assert left_out < repeats_of(line).answered


def test_a_line_without_calls_or_callers_has_no_share() -> None:
    assert repeats_of(Line(RULES)).share is None
    telling = Telling()
    telling.call("answered", opening(0), caller=None)
    assert repeats_of(closed(telling.folded())).share is None
