"""A day of the demonstration: one line drowns, another reports answered calls as lost until it is repaired."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from streams.events import CallEvent, Event, TicketEvent, milliseconds
from streams.simulation.living import DROWNS, MISCOUNTED, living_day
from tests.streams.simulation.offices import days

pytestmark = pytest.mark.slow  # the fit of the lines of Lozère takes some seconds

(DAY,) = days(1, date(2014, 10, 1))
OPENS = DAY.opened[0][0]


def events(seed: int = 1, repaired: float = DAY.end) -> list[Event]:
    return list(living_day(DAY, "lozere", seed, repaired))


def offered(told: list[Event], line: str, first: float, last: float) -> int:
    return sum(
        isinstance(each, CallEvent) and each.line == line and each.type == "offered"
        and first <= milliseconds(each.at) / 1000 < last
        for each in told
    )  # fmt: skip


def lost(told: list[Event], since: float) -> Counter[str]:
    return Counter(
        each.line
        for each in told
        if isinstance(each, CallEvent) and each.type == "lost" and milliseconds(each.at) / 1000 >= since
    )


@pytest.fixture(scope="module")
def first_day() -> list[Event]:
    return events()


def test_calls_and_tickets_of_one_site_come_in_order(first_day: list[Event]) -> None:
    moments = [milliseconds(each.at) for each in first_day]
    assert moments == sorted(moments)
    assert {type(each) for each in first_day} == {CallEvent, TicketEvent}
    assert {each.site for each in first_day} == {"lozere"}
    assert first_day == events(), "a seed gives one day"


def test_a_small_line_drowns_on_the_first_day_and_not_on_the_next(first_day: list[Event]) -> None:
    rush = OPENS + 5400, OPENS + 5400 + 7200
    assert offered(first_day, DROWNS, *rush) > 3 * offered(events(2), DROWNS, *rush)


def test_a_line_reports_answered_calls_as_lost_until_it_is_repaired(first_day: list[Event]) -> None:
    breaks, noon = OPENS + 3600, OPENS + 3 * 3600
    never_broken, repaired = events(repaired=breaks), events(repaired=noon)
    assert lost(first_day, breaks)[MISCOUNTED] > lost(never_broken, breaks)[MISCOUNTED] + 10
    assert lost(repaired, noon + 1800)[MISCOUNTED] == lost(never_broken, noon + 1800)[MISCOUNTED]
    assert lost(first_day, breaks)[DROWNS] == lost(never_broken, breaks)[DROWNS]
    before = [each for each in first_day if milliseconds(each.at) / 1000 < noon]
    assert before == repaired[: len(before)], "earlier events do not depend on the repair"
