"""A ticket has one outcome and one wait, whatever its events, their order and their repetition."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import TicketType
from streams.kept.times import NO_MOMENT, NOT_TOLD
from streams.tickets.ticket import (
    CALLED_AFTER_CLOSING,
    CALLED_BEFORE_ISSUED,
    CANCELLED,
    COMPLETED_BEFORE_SERVED,
    GRACE,
    NEVER_ISSUED,
    NO_SHOW,
    OPEN_TICKET,
    SERVED,
    TRANSFERRED,
    Ticket,
)

Saying = tuple[TicketType, int, str]
KINDS: tuple[TicketType, ...] = get_args(TicketType)
CLOSES = 100
LAST = CLOSES + GRACE

# Few values, so that moments and destinations often tie.
SAYINGS: st.SearchStrategy[list[Saying]] = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 3) | st.just(LAST + 1), st.sampled_from(["", "a", "b"])),
    max_size=12,
)


def told(*sayings: Saying | tuple[TicketType, int], over: bool = False) -> Ticket:
    ticket = Ticket(CLOSES, over=over)
    for saying in sayings:
        ticket.note(*saying)
    return ticket


def plain(ticket: Ticket) -> Any:
    return msgspec.to_builtins(ticket)


@given(SAYINGS, st.randoms(use_true_random=False))
def test_any_order_leaves_the_same_ticket(sayings: list[Saying], random: Any) -> None:
    shuffled = list(sayings)
    random.shuffle(shuffled)
    assert plain(told(*shuffled)) == plain(told(*sayings))


@given(SAYINGS, st.data())
def test_repetition_changes_nothing(sayings: list[Saying], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(sayings), max_size=9)) if sayings else []
    assert plain(told(*sayings, *again)) == plain(told(*sayings))


@given(SAYINGS, st.booleans())
def test_the_outcome_is_served_else_transferred_else_no_show_else_cancelled(sayings: list[Saying], over: bool) -> None:  # noqa: FBT001
    said = {kind for kind, *_ in sayings}
    order: list[tuple[TicketType, int]] = [
        ("served", SERVED),
        ("completed", SERVED),
        ("transferred", TRANSFERRED),
        ("no_show", NO_SHOW),
        ("cancelled", CANCELLED),
    ]
    expected = next((outcome for kind, outcome in order if kind in said), NO_SHOW if over else OPEN_TICKET)
    assert told(*sayings, over=over).outcome == expected


@given(SAYINGS)
def test_each_kind_keeps_its_earliest_moment(sayings: list[Saying]) -> None:
    ticket = told(*sayings)
    for kind in KINDS:
        assert getattr(ticket, kind) == min((at for said, at, _ in sayings if said == kind), default=NO_MOMENT)
        assert ticket.knows(kind) == any(said == kind for said, *_ in sayings)


@given(SAYINGS)
def test_a_recall_changes_no_wait(sayings: list[Saying]) -> None:
    ticket = told(*sayings, ("recalled", 1))
    assert ticket.wait == told(*(saying for saying in sayings if saying[0] != "recalled")).wait


@given(SAYINGS)
def test_a_wait_is_known_of_every_ticket_that_was_issued_and_called_but_for_an_anomaly(sayings: list[Saying]) -> None:
    ticket = told(*sayings)
    untrue = {NEVER_ISSUED, CALLED_BEFORE_ISSUED, CALLED_AFTER_CLOSING} & set(ticket.anomalies())
    assert (ticket.wait >= 0) == (ticket.first_call >= 0 and not untrue and not ticket.unticketed)


@pytest.mark.parametrize(
    ("sayings", "wait"),
    [
        ([("issued", 10), ("called", 30), ("recalled", 50), ("served", 60)], 20),
        ([("issued", 10), ("called", 30), ("called", 50), ("no_show", 60)], 20),
        ([("issued", 10), ("served", 60)], 50),
        ([("issued", 10), ("called", 60), ("served", 50)], 40),
        ([("issued", 10), ("called", 10)], 0),
        ([("issued", 10), ("called", LAST)], LAST - 10),
        ([("issued", 10), ("called", LAST + 1)], NOT_TOLD),
        ([("issued", 10), ("called", 9)], NOT_TOLD),
        ([("called", 30)], NOT_TOLD),
        ([("issued", 10), ("recalled", 30)], NOT_TOLD),
        ([("issued", 10), ("completed", 30)], NOT_TOLD),
    ],
)
def test_the_wait_is_from_issue_to_the_first_call_or_service(sayings: list[tuple[TicketType, int]], wait: int) -> None:
    assert told(*sayings).wait == wait


@pytest.mark.parametrize(
    ("sayings", "time"),
    [
        ([("called", 10), ("served", 30), ("completed", 90)], 60),
        ([("called", 10), ("completed", 90)], 80),
        ([("served", 30), ("completed", 30)], 0),
        ([("served", 30), ("completed", 29)], NOT_TOLD),
        ([("served", 30)], NOT_TOLD),
        ([("completed", 90)], NOT_TOLD),
    ],
)
def test_the_time_in_service_is_from_service_or_call_to_completion(
    sayings: list[tuple[TicketType, int]], time: int
) -> None:
    assert told(*sayings).time_in_service == time


@pytest.mark.parametrize(
    ("sayings", "found"),
    [
        ([("issued", 10), ("called", 30), ("served", 40), ("completed", 50)], []),
        ([("issued", 10)], []),
        ([("issued", 10), ("completed", 20)], []),
        ([("called", 30)], [NEVER_ISSUED]),
        ([("issued", 31), ("called", 30)], [CALLED_BEFORE_ISSUED]),
        ([("issued", 31), ("called", LAST + 1)], [CALLED_AFTER_CLOSING]),
        ([("issued", 10), ("called", 20), ("completed", 15)], [COMPLETED_BEFORE_SERVED]),
        ([("called", 30), ("served", 40), ("completed", 35)], [NEVER_ISSUED, COMPLETED_BEFORE_SERVED]),
        ([("served", 40), ("completed", 50)], []),
    ],
)
def test_what_cannot_be_true_is_told(sayings: list[tuple[TicketType, int]], found: list[str]) -> None:
    assert told(*sayings).anomalies() == found


@pytest.mark.parametrize("before", ["issued", "called", "recalled"])
def test_who_is_served_without_a_ticket_has_no_wait_until_an_issue_or_a_call_comes(before: TicketType) -> None:
    visit = told(("served", 40))
    assert (visit.unticketed, visit.outcome, visit.wait) == (True, SERVED, NOT_TOLD)
    visit.note(before, 30)
    assert not visit.unticketed
    assert not told(("completed", 40)).unticketed


@pytest.mark.parametrize("after", [kind for kind in KINDS if kind != "issued"])
def test_whoever_has_a_ticket_waits_until_anything_else_is_said(after: TicketType) -> None:
    assert told(("issued", 10)).waits_at(20)
    assert not told(("issued", 10), (after, 15)).waits_at(20)


def test_nobody_waits_before_the_ticket_nor_after_the_day() -> None:
    ticket = told(("issued", 10))
    assert [ticket.waits_at(at) for at in (9, 10, LAST, LAST + 1)] == [False, True, True, False]
    assert not told().waits_at(20)
    assert not told(("issued", 10), over=True).waits_at(20)


def test_the_destination_is_the_earliest_transfers_and_a_named_one_at_a_tie() -> None:
    transfers: list[Saying] = [("transferred", 5, "late"), ("transferred", 3, ""), ("transferred", 3, "named")]
    assert [told(*transfers[:count]).to for count in range(1, 4)] == ["late", "", "named"]
    assert all(told(*pair).transferred == 3 for pair in pairwise(transfers))
