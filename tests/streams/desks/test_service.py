"""The fold's promise for tickets: figures depend on the set of events, not on order, batches or repetition."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.desks.service import Service
from streams.events import TicketEvent, milliseconds
from streams.kept.mark import DUPLICATE
from streams.kept.times import DAY_MS
from streams.kept.waits import Waits
from streams.ledger.tickets import recount
from streams.tickets.ticket import CANCELLED, NO_SHOW, SERVED, TRANSFERRED
from tests.streams.desks.visits import (
    LATENESS,
    LONG_AFTER,
    MIDNIGHT,
    RULES,
    clock,
    event,
    figures,
    folded,
    kinds,
    total,
)
from tests.streams.reading_back import read_back

KINDS = ["issued", "called", "recalled", "served", "completed", "no_show", "cancelled", "transferred"]


@st.composite
def tickets(draw: st.DrawFn) -> list[TicketEvent]:
    """Draw the tickets of two or three days: consistent, contradictory, repeated, after hours, with reused numbers."""
    told: list[TicketEvent] = []
    for _ in range(draw(st.integers(1, 10))):
        start = draw(st.sampled_from([9, 16, 17.9, 18.02, 23.9, 33, 57])) * 3600 + draw(st.integers(0, 900))
        number = draw(st.sampled_from(["A1", "A2", "B1"]))
        if draw(st.booleans()):
            told.append(event("issued", start, number))
        for kind in draw(st.lists(st.sampled_from(KINDS), max_size=5)):
            more: dict[str, Any] = {}
            if draw(st.booleans()):
                more["counter"] = draw(st.sampled_from(["1", "2"]))
            if kind == "transferred":
                more["to"] = draw(st.sampled_from(["cartes-grises", "etrangers"]))
            one = event(kind, start + draw(st.integers(0, 300) | st.integers(0, 10_000)), number, **more)
            told.extend([one] * draw(st.sampled_from([1, 1, 1, 2])))
    return sorted(told, key=lambda one: milliseconds(one.at))


@given(tickets(), st.randoms(use_true_random=False))
def test_any_order_within_the_lateness_gives_the_same_figures(events: list[TicketEvent], random: Any) -> None:
    shuffled = sorted(events, key=lambda one: float(one.at) + random.uniform(0, LATENESS))  # type: ignore[arg-type]
    assert figures(folded(shuffled)) == figures(folded(events))


@given(tickets(), st.integers(1, 7))
def test_a_state_written_and_read_back_at_any_moment_goes_on_the_same(events: list[TicketEvent], every: int) -> None:
    whole = folded(events)
    service, transfers = Service(RULES), []
    for number, one in enumerate(events):
        if number % every == 0:
            service = Service(RULES, read_back(service.state))
        service.fold(one)
        service.check()
        transfers += service.transfers
        service.transfers.clear()
    assert msgspec.to_builtins(service.state) == msgspec.to_builtins(whole.state)
    assert transfers == whole.transfers


@given(tickets())
def test_everything_said_twice_counts_once(events: list[TicketEvent]) -> None:
    once, twice = folded(events), folded([one for one in events for _ in "12"])
    assert kinds(twice) == kinds(once)
    assert twice.total() == once.total()
    assert twice.transfers == once.transfers
    assert twice.state.results[DUPLICATE] >= len(events)


@given(tickets())
def test_the_whole_file_again_after_everything_settled_changes_no_total(events: list[TicketEvent]) -> None:
    service = folded(events)
    service.advance(LONG_AFTER)
    assert not service.state.live
    before = (kinds(service), total(service))
    service.transfers.clear()
    for one in events:
        assert service.fold(one) == DUPLICATE
        service.check()
    service.advance(LONG_AFTER)
    assert (kinds(service), total(service), service.transfers) == (*before, [])


@given(tickets(), st.randoms(use_true_random=False))
def test_totals_are_the_same_in_any_order_at_all(events: list[TicketEvent], random: Any) -> None:
    """An event beyond the allowed lateness may miss a window, never a total."""
    shuffled = list(events)
    random.shuffle(shuffled)
    first, second = folded(events), folded(shuffled)
    first.advance(LONG_AFTER)
    second.advance(LONG_AFTER)
    assert kinds(second) == kinds(first)
    assert kinds(first)[-1] <= sum(one.type == "issued" for one in events)  # the rest was called, so it has ended
    assert total(second) == total(first)
    assert second.state.counters == first.state.counters


@given(tickets(), st.randoms(use_true_random=False))
def test_what_prometheus_is_shown_never_falls(events: list[TicketEvent], random: Any) -> None:
    random.shuffle(events)
    service = Service(RULES)
    last = [0] * 6
    for one in events:
        service.fold(one)
        shown, counts = service.state.shown, service.state.counts
        now = [service.state.issued, sum(shown.wait.counts)]
        now += [shown.counter(outcome, counts.get(outcome, 0)) for outcome in (SERVED, NO_SHOW, CANCELLED, TRANSFERRED)]
        assert all(later >= earlier for earlier, later in zip(last, now, strict=True))
        last = now


def test_a_counter_that_called_nobody_for_a_day_is_forgotten() -> None:
    service = folded([event("issued", 9 * 3600, "A1"), event("called", 9 * 3600 + 60, "A1", counter="hmac:0011")])
    assert list(service.state.counters) == ["hmac:0011"]
    service.advance(service.state.high + 25 * 3_600_000)
    assert service.state.counters == {}


def test_a_settled_ticket_stays_in_time_or_not_whatever_the_target_is_later() -> None:
    at = clock("09:00")
    service = folded([event("issued", at), event("called", at + 300), event("issued", at + 3 * 86_400, "later")])
    assert service.total().within == 1
    again = Service(replace(RULES, target_wait=1), read_back(service.state))
    assert again.total().within == 1
    again.fold(event("served", at + 400))
    again.fold(event("issued", at + 9 * 86_400, "much later"))
    assert (again.total().within, again.total().served) == (1, 1)
    again.check()


def test_a_new_book_keeps_the_days_of_the_ledger_and_leaves_the_tickets_of_later_days_live() -> None:
    service = folded([event("issued", clock("23:50"), "A1"), event("issued", clock("24:01"), "A2")])
    before = total(service)
    book = service.state.book
    book.kept, book.kept_until = RULES.day(round(MIDNIGHT * 1000)), 1
    service.keep_days()
    service.check()
    assert [list(tickets) for tickets in service.state.live.values()] == [["A2"]]
    assert (total(service), book.kept_until) == (before, -1)


def test_true_waits_stand_in_the_open_day_alone_and_never_in_a_part() -> None:
    service, waits = folded([event("issued", clock("10:00"))]), Waits({3: 1}, 1, 50, 50)
    today, days = RULES.day(round(MIDNIGHT * 1000)), service.state.book.days
    recount(service.ledger, today, waits)
    assert days[today].recounted == waits
    service.fold(event("issued", clock("10:00") + 20 * DAY_MS / 1000))
    service.fold(event("issued", clock("10:15") + 20 * DAY_MS / 1000, "B1"))
    assert today <= service.state.book.closed
    recount(service.ledger, today, waits)
    assert today not in days, "the ledger has the day"
    service.fold(event("issued", clock("11:00"), "late"))
    service.advance(LONG_AFTER)
    assert days[today].part
    recount(service.ledger, today, waits)
    assert days[today].recounted is None
