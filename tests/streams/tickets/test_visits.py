"""Each minute holds the tickets first called in it, counted here one by one; all together lose none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.windows import WINDOWS, Window
from streams.kept.times import DAY_MS, MINUTE_MS, NOT_TOLD
from streams.tickets.ticket import Ticket
from streams.tickets.visits import Minutes, Visits

NOON = 20_000 * DAY_MS + DAY_MS // 2


def ticket(first_call: int | None, wait: int = 0) -> Ticket:
    made = Ticket(NOON + DAY_MS)
    if first_call is None:
        made.note("cancelled", NOON)
    else:
        made.note("issued", first_call - wait)
        made.note("called", first_call)
    return made


def visits(tickets: list[Ticket]) -> Visits:
    made = Visits()
    for each in tickets:
        made.add(each, NOT_TOLD)
    made.waits.longest = 0
    return made


CALLS = st.lists(
    st.none() | st.integers(NOON - 2 * DAY_MS, NOON) | st.integers(NOON - 600_000, NOON), min_size=1, max_size=12
)


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: str(window.name))
@given(CALLS, st.sets(st.integers(0, 11)), st.integers(0, DAY_MS))
def test_a_window_and_the_total_hold_what_a_count_one_by_one_finds(
    window: Window, calls: list[int | None], taken: set[int], later: int
) -> None:
    minutes, tickets = Minutes(), [ticket(call, 5) for call in calls]
    for number, each in enumerate(tickets):
        minutes.add(each, NOT_TOLD, NOON - 10 + number)
    for number in taken & set(range(len(tickets))):
        minutes.add(tickets[number], NOT_TOLD, NOON + 20, -1)
    left = [each for number, each in enumerate(tickets) if number not in taken]
    last = (NOON + later) // MINUTE_MS
    inside = range(last - window.length // MINUTE_MS + 1, last + 1)
    found, total = minutes.read(window, NOON + later), minutes.total()
    found.waits.longest = total.waits.longest = 0
    assert found == visits([each for each in left if each.first_call // MINUTE_MS in inside])
    assert total == visits(left)
    assert all(visits.outcomes for visits in minutes.day.values())


def test_the_minutes_of_a_month_take_no_more_room_than_those_of_a_day() -> None:
    minutes = Minutes()
    for number in range(30 * 24 * 6):
        minutes.add(ticket(NOON + number * 10 * MINUTE_MS), NOT_TOLD, NOON + number * 10 * MINUTE_MS)
        assert len(minutes.day) <= DAY_MS // (10 * MINUTE_MS) + 1
    assert minutes.total().issued == 30 * 24 * 6


def test_rates_of_nothing_are_unknown() -> None:
    assert (Visits().no_show_rate, Visits().within_target) == (None, None)
