"""An overload is an hour with over three times the usual share lost, hardly by chance."""

from __future__ import annotations

from msgspec.structs import replace

from streams.calls.rules import LineRules
from streams.watch.incident import Incident
from streams.watch.overload import BAD_TIME
from tests.streams.watch.telling import DAY, RULES, Telling, closed, incidents, opening

USUAL_DAYS = 14
HOUR = 3_600


def usual() -> Telling:
    told = Telling()
    for day in range(USUAL_DAYS):
        told.day(day)
    return told


def bad(told: Telling, start: float, minutes: int = 60) -> None:
    """Add a rush on top of the day: a call every two minutes waits for long, and half give up and call again."""
    for number in range(minutes // 2):
        at = start + number * 120
        caller = f"hmac:{int(at):08x}"
        told.call("lost" if number % 2 else "answered", at, 150.0, caller=caller)
        if number % 4 == 1:
            told.call("answered", at + 900, 120.0, caller=caller)


def overloads(told: Telling, rules: LineRules = RULES) -> list[Incident]:
    return [each for each in incidents(closed(told.folded(rules))) if each.cause == BAD_TIME]


def test_it_begins_in_the_second_bad_quarter_and_ends_with_the_hour() -> None:
    told = usual()
    told.day(USUAL_DAYS)
    start = opening(USUAL_DAYS) + 2 * HOUR
    bad(told, start)
    (found,) = overloads(told)
    assert (found.verdict, found.kind, found.status) == ("overload", "overload", "closed")
    assert start * 1000 <= found.detected <= (start + 1_800) * 1000, "reported before the second bad quarter is over"
    assert found.start == start * 1000, "the first bad quarter"
    assert (start + HOUR) * 1000 <= found.end <= (start + 2 * HOUR) * 1000


def test_a_second_bad_hour_of_the_day_is_the_same_and_one_of_the_next_day_another() -> None:
    told = usual()
    for day in range(2):
        told.day(USUAL_DAYS + day)
        bad(told, opening(USUAL_DAYS + day) + HOUR)
    bad(told, opening(USUAL_DAYS) + 5 * HOUR)
    first, second = overloads(told)
    assert (opening(USUAL_DAYS) + 6 * HOUR) * 1000 <= first.end < (opening(USUAL_DAYS) + DAY) * 1000
    assert second.start >= opening(USUAL_DAYS + 1) * 1000


def test_a_few_losses_more_are_worth_no_alert() -> None:
    told = usual()
    told.day(USUAL_DAYS, losses=(20, 24, 40))
    assert overloads(told) == []


def test_two_losses_are_worth_no_alert_however_rare_they_are() -> None:
    told = Telling()
    for day in range(4):
        told.day(day, losses=())
    bad(told, opening(3) + 2 * HOUR, minutes=8)
    assert overloads(told, replace(RULES, expected=0.0001)) == []


def test_twice_the_usual_losses_are_worth_no_alert_however_many_they_are() -> None:
    told = Telling()
    for day in range(4):
        told.day(day, every=60, losses=range(0, 480, 8))
    for second in (0, 30):
        bad(told, opening(3) + 2 * HOUR + second)
    assert overloads(told, replace(RULES, expected=1 / 8)) == []


def test_answers_told_as_losses_are_none() -> None:
    told = usual()
    told.day(USUAL_DAYS)
    start = opening(USUAL_DAYS) + 2 * HOUR
    for number in range(30):
        told.call("lost" if number % 2 else "answered", start + number * 120, 12.0)
    assert overloads(told) == [], "who waited as always, and calls no more, was answered"


def doubted() -> Telling:
    """Return a line that loses a third for four days; the lost waited as the lost do, others as ever."""
    told = usual()
    for day in range(USUAL_DAYS, USUAL_DAYS + 4):
        told.day(day, losses=range(0, 96, 3), caller=None)
    return told


def test_within_a_doubt_about_the_rate_lost_calls_prove_no_overload() -> None:
    told, start = doubted(), opening(USUAL_DAYS + 3) + 2 * HOUR
    for number in range(12):
        caller = f"hmac:dd{number:06x}"
        for again in (0, 600):
            told.call("lost", start + number * 120 + again, 5.0, caller=caller, reason="no_agents")
    found = incidents(closed(told.folded()))
    assert ("rise", "undecided") in [(each.cause, each.verdict) for each in found]
    assert [each for each in found if each.start >= opening(USUAL_DAYS + 3) * 1000] == []


def test_within_a_doubt_about_the_rate_waits_show_an_overload() -> None:
    told, start = doubted(), opening(USUAL_DAYS + 3) + 2 * HOUR
    bad(told, start)
    bad(told, start + 60)
    assert [each for each in overloads(told) if each.start >= (start - HOUR) * 1000]
