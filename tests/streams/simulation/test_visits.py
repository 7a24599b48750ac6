"""Visitors wait for a free counter, first come, first served."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest

from streams.events import TicketEvent, milliseconds
from streams.simulation.visits import ServiceProfile, ticket_events
from tests.streams.simulation.offices import days

WEEKS = days(28)
DESK = ServiceProfile(service="cartes-grises", visitors_a_day=50.0, counters=2, time_in_service=522.0)


def tickets_of_weeks() -> dict[tuple[int, str], dict[str, TicketEvent]]:
    """Return the events of each ticket; numbers are reused every day."""
    found: dict[tuple[int, str], dict[str, TicketEvent]] = defaultdict(dict)
    for event in ticket_events(DESK, WEEKS, "lozere", 1):
        found[milliseconds(event.at) // 86_400_000, event.ticket][event.type] = event
    return found


def test_the_mean_time_in_service_is_the_one_asked_for() -> None:
    times = [
        milliseconds(each["completed"].at) - milliseconds(each["served"].at)
        for each in tickets_of_weeks().values()
        if "completed" in each
    ]
    assert sum(times) / len(times) == pytest.approx(522_000, abs=1)
    assert max(times) > 3 * min(times)


def test_each_visitor_is_served_or_has_left() -> None:
    tickets = tickets_of_weeks()
    forms = {tuple(each) for each in tickets.values()}
    assert forms == {("issued", "called", "served", "completed"), ("issued", "called", "recalled", "no_show")}
    left = sum("no_show" in each for each in tickets.values())
    assert left / len(tickets) == pytest.approx(DESK.no_show, abs=0.02)
    assert len(tickets) == pytest.approx(50 * 20, rel=0.15)
    assert {day for day, _ in tickets} == {milliseconds(day.start) // 86_400_000 for day in WEEKS if day.opened}


def test_a_counter_sees_one_visitor_at_a_time_and_numbers_are_called_in_turn() -> None:
    tickets = list(tickets_of_weeks().values())
    by_counter = defaultdict(list)
    for each in tickets:
        assert each["issued"].counter is None
        last = each.get("completed") or each["no_show"]
        assert len({event.counter for event in each.values()} - {None}) == 1
        by_counter[last.counter].append((milliseconds(each["called"].at), milliseconds(last.at)))
    assert set(by_counter) == {"1", "2"}
    for spans in by_counter.values():
        assert all(first[1] < then[0] for first, then in pairwise(spans))
    called = [milliseconds(each["called"].at) for each in tickets]
    assert called == sorted(called)
    assert any(called - milliseconds(each["issued"].at) > 300_000 for called, each in zip(called, tickets, strict=True))


def test_numbers_are_drawn_while_the_office_is_open_and_the_same_for_the_same_seed() -> None:
    events = ticket_events(DESK, WEEKS, "lozere", 1)
    assert events == ticket_events(DESK, WEEKS, "lozere", 1) != ticket_events(DESK, WEEKS, "lozere", 2)
    assert events == sorted(events, key=lambda event: milliseconds(event.at))
    for event in events:
        if event.type == "issued":
            at = milliseconds(event.at) / 1000
            assert any(opens <= at <= closes for day in WEEKS for opens, closes in day.opened)
