"""The fold's promise for requests: figures depend on the set of events, not on order, batches or repetition."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.desks import channel as module
from streams.desks.channel import Channel
from streams.desks.channel_state import ChannelState
from streams.events import RequestEvent, milliseconds
from streams.kept import record
from streams.kept.mark import AHEAD, DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS, utc_day
from streams.ledger.day import RequestSlot
from streams.ledger.requests import count, overdue, slot_no_of
from streams.ledger.sums import add_slot, whole
from streams.requests.request import MAX_REQUEST_IDENTITIES
from streams.requests.rules import ChannelRules

MONDAY = 19_996 * DAY_MS // 1000  # epoch s: 30 September 2024
FIRST = utc_day(MONDAY * 1000)


def works(day: int) -> bool:
    """Count the working days, Monday to Friday, between two ordinals, which start on a Monday."""
    return day % 7 in range(1, 6)


def working(first: int, last: int) -> int:
    return sum(map(works, range(first + 1, last + 1)))


def last_day(first: int, days: int) -> int:
    """Return the last day within a number of working days after the first, found day by day."""
    while working(first, first + 1) <= days:
        days -= working(first, first + 1)
        first += 1
    return first


EMAIL = ChannelRules(
    site="lozere",
    channel="email",
    day=utc_day,
    between=working,
    last=last_day,
    days="working",
    target_days=5,
)
CARDS = ChannelRules(
    site="lozere",
    channel="im341",
    day=utc_day,
    between=lambda first, last: last - first,
    last=lambda first, days: first + days,
    days="calendar",
)


def event(kind: str, day: float, request: str = "1", **more: Any) -> RequestEvent:
    """Return an event of a request, a number of days after midnight of a Monday."""
    fields = {"channel": "email", "request": request, "type": kind, "at": MONDAY + day * 86_400, **more}
    return msgspec.convert(fields, RequestEvent)


def folded(events: list[RequestEvent], rules: ChannelRules = EMAIL) -> Channel:
    channel = Channel(rules)
    for each in events:
        channel.fold(each)
        channel.check()
    return channel


def total(channel: Channel) -> dict[str, Any]:
    return msgspec.to_builtins(channel.state.total)  # type: ignore[no-any-return]


def figures(channel: Channel) -> dict[str, Any]:
    """Return all figures except the counts of how events were handled."""
    state = msgspec.to_builtins(channel.state)
    del state["results"], state["requests"], state["book"]
    del state["watch"]  # as a line's, it sees requests in the order in which they come
    # The order of events decides which part of a day counts them, but not the sum of the day.
    days = whole([*channel.state.book.done, *channel.days()])
    state["days"] = {day.day: msgspec.to_builtins(day.slots) for day in days if day.slots}
    return state  # type: ignore[no-any-return]


REASONS = st.sampled_from([None, None, "delay", "error"])


@st.composite
def requests(draw: st.DrawFn) -> list[RequestEvent]:
    """Draw the events of a few requests: consistent, contradictory, repeated or without a receipt."""
    told: list[RequestEvent] = []
    for name in draw(st.lists(st.sampled_from("abcd"), min_size=1, unique=True)):
        day = draw(st.integers(0, 20))
        if draw(st.booleans()):
            told.append(event("received", day, name, reason=draw(REASONS)))
        for kind in draw(st.lists(st.sampled_from(["received", "answered", "delivered", "withdrawn"]), max_size=4)):
            one = event(kind, day + draw(st.floats(-2, 12)), name, source=draw(st.sampled_from(["register", None])))
            one.reason = draw(REASONS)
            told.extend([one] * draw(st.sampled_from([1, 1, 2])))
    return told


@given(requests(), st.randoms(use_true_random=False))
def test_any_order_at_all_gives_the_same_figures(events: list[RequestEvent], random: Any) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    assert figures(folded(shuffled)) == figures(folded(events))


@given(requests())
def test_the_days_of_the_ledger_add_up_to_the_total(events: list[RequestEvent]) -> None:
    channel = folded(events)
    summed = RequestSlot()
    for day in whole([*channel.state.book.done, *channel.days()]):
        for slot in day.slots.values():
            add_slot(summed, slot)
    assert summed == channel.state.total


@given(requests())
def test_everything_said_twice_counts_once(events: list[RequestEvent]) -> None:
    once, twice = folded(events), folded(events + events)
    assert figures(twice) == figures(once)
    assert twice.state.results[DUPLICATE] >= len(events)


@given(requests(), st.integers(1, 7))
def test_a_state_written_and_read_back_at_any_moment_goes_on_the_same(events: list[RequestEvent], every: int) -> None:
    whole, channel = folded(events), Channel(EMAIL)
    for number, one in enumerate(events):
        if number % every == 0:
            channel = Channel(EMAIL, record.decode(record.encode(channel.state), ChannelState))
        channel.fold(one)
        channel.check()
    assert msgspec.to_builtins(channel.state) == msgspec.to_builtins(whole.state)


@given(requests())
def test_the_figures_are_those_counted_by_hand(events: list[RequestEvent]) -> None:
    """Counted independently from the events."""
    found = folded(events).state.total
    moments: dict[str, dict[str, list[int]]] = {}
    for one in events:
        moments.setdefault(one.request, {}).setdefault(one.type, []).append(milliseconds(one.at))
    received = {name: min(told["received"]) for name, told in moments.items() if "received" in told}
    done = {
        name: min(moments[name].get("answered", []) + moments[name].get("delivered", []))
        for name in received
        if {"answered", "delivered"} & moments[name].keys()
    }
    delays = [working(utc_day(received[name]), utc_day(at)) for name, at in done.items()]
    withdrawn = [name for name in received if name not in done and "withdrawn" in moments[name]]
    assert (found.received, found.answered, found.withdrawn) == (len(received), len(done), len(withdrawn))
    assert found.open == len(received) - len(done) - len(withdrawn)
    assert (found.days, found.within) == (sum(delays), sum(delay <= 5 for delay in delays))


def test_the_day_of_receipt_is_day_0_and_weekends_are_no_working_days() -> None:
    friday = 4
    days = {"a": friday + 0.9, "b": friday + 3, "c": friday + 7, "d": friday + 8.9, "e": friday + 10}
    told = [event("received", friday + 0.5, name) for name in days]
    channel = folded(told + [event("answered", day, name) for name, day in days.items()])
    assert channel.state.total == RequestSlot(
        received=5, answered=5, within=4, days=0 + 1 + 5 + 5 + 6, delays={0: 1, 1: 1, 5: 2, 6: 1}
    )
    channel = folded(told + [event("delivered", day, name) for name, day in days.items()], CARDS)
    assert channel.state.total == RequestSlot(
        received=5, answered=5, days=0 + 3 + 7 + 8 + 10, delays={0: 1, 3: 1, 7: 1, 8: 1, 10: 1}
    )


def test_what_is_pending_is_overdue_once_its_last_day_is_over() -> None:
    channel = folded([event("received", 0.4, "a"), event("received", 5.4, "b"), event("received", 0.4, "c")])
    channel.fold(event("withdrawn", 9, "c"))
    assert channel.state.total.due == {"2024-10-07": 1, "2024-10-13": 1}  # weekends do not count
    moments = [round((MONDAY + day * 86_400) * 1000) for day in (7, 7.999, 8, 13.9, 14, 400)]
    assert [channel.overdue(at) for at in moments] == [0, 0, 1, 1, 2, 2]
    channel.fold(event("answered", 30, "a"))
    assert (channel.overdue(moments[-1]), channel.state.total.within) == (1, 0)


def test_without_a_target_nothing_is_in_time_and_nothing_overdue() -> None:
    channel = folded([event("received", 0, "a"), event("received", 0, "b"), event("answered", 0, "b")], CARDS)
    assert channel.state.total == RequestSlot(received=2, answered=1, open=1, due={"": 1}, delays={0: 1})
    assert overdue(channel.state.total, FIRST + 9_999) == 0


def test_where_no_last_day_is_within_reach_none_is_in_time() -> None:
    never = ChannelRules(
        site="x", channel="y", day=utc_day, between=lambda *_: 0, last=lambda *_: None, days="working", target_days=1
    )
    channel = folded([event("received", 0, "a"), event("received", 0, "b"), event("answered", 9, "b")], never)
    assert channel.state.total == RequestSlot(received=2, answered=1, open=1, due={"": 1}, delays={0: 1})


def test_an_answer_without_a_receipt_is_told_and_joins_the_figures_with_it() -> None:
    channel = folded([event("answered", 3)])
    assert (total(channel), channel.state.anomalies) == ({}, {"never-received": 1})
    channel.fold(event("received", 1))
    assert total(channel) == {"received": 1, "answered": 1, "within": 1, "days": 2, "delays": {2: 1}}
    assert channel.state.anomalies == {}


def test_an_answer_before_the_receipt_is_of_its_day_and_told() -> None:
    channel = folded([event("received", 3), event("answered", 1)])
    assert total(channel) == {"received": 1, "answered": 1, "within": 1, "delays": {0: 1}}
    assert channel.state.anomalies == {"answered-before-received": 1}


def test_another_request_of_the_same_name_is_told() -> None:
    channel = folded([event("received", 1), event("answered", 2), event("received", 366), event("answered", 367)])
    assert (channel.state.total.received, channel.state.anomalies) == (1, {"received-again": 1})


def test_results_tell_ok_duplicate_late_and_ahead() -> None:
    channel, now = Channel(EMAIL), MONDAY * 1000
    first = event("received", 0)
    lateness = EMAIL.lateness / DAY_MS
    assert channel.fold(first, now) == OK
    assert channel.fold(first, now) == DUPLICATE
    assert channel.fold(event("received", -lateness, "2"), now) == OK
    assert channel.fold(event("received", -1.5 * lateness, "3"), now) == LATE
    assert channel.fold(event("received", 0.5, "4"), now) == OK
    assert channel.state.high == now
    assert channel.fold(event("received", 1.1, "5"), now) == AHEAD
    assert (channel.state.total.received, channel.state.results) == (4, [3, 1, 1])


def test_words_without_end_about_one_request_take_no_more_room() -> None:
    channel = folded([event("answered", number / 100) for number in range(5 * MAX_REQUEST_IDENTITIES)])
    (request,) = channel.state.requests.values()
    assert (len(request.identities), request.done) == (MAX_REQUEST_IDENTITIES, MONDAY * 1000)


@pytest.mark.slow
def test_more_requests_than_are_remembered_bend_no_total_and_keep_the_record_small() -> None:
    channel, biggest = Channel(EMAIL), 0
    for number in range(15_000):
        day, name = number / 100, f"2024-{number:06}-a-rather-long-name-of-a-request"
        channel.fold(event("received", day, name))
        channel.fold(event("answered", day + number % 9, name, id=f"register:{number}"))
        if number % 2_500 == 0:
            biggest = max(biggest, len(record.encode(channel.state)))
    channel.check()
    found = channel.state.total
    assert (found.received, found.answered, found.open) == (15_000, 15_000, 0)
    assert len(channel.state.requests) + channel.state.forgotten == 15_000
    assert channel.state.forgotten > 5_000
    assert biggest < 500_000


def test_the_pending_are_forgotten_last_and_stay_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KNOWN", 4)
    names = "abcde"
    channel = folded([event("received", number, name) for number, name in enumerate(names[:4])])
    folded_names = [event("answered", 5, "c"), event("received", 6, "e")]
    for one in folded_names:
        channel.fold(one)
    channel.check()
    assert [channel.state.forgotten, channel.state.pending_forgotten] == [3, 2]  # c, and the oldest, a and b
    assert (channel.state.total.open, channel.overdue((MONDAY + 99 * 86_400) * 1000)) == (4, 4)
    channel.fold(event("answered", 7, "a"))
    channel.check()
    assert channel.state.anomalies == {"never-received": 1}
    while channel.shed():
        channel.check()
    assert (channel.state.requests, channel.state.total.received, channel.state.total.open) == ({}, 5, 4)


@given(requests(), requests())
def test_other_rules_after_a_restart_leave_no_figure_behind(
    before: list[RequestEvent], after: list[RequestEvent]
) -> None:
    """A closing day or a target may be added: later events are counted by the new rules."""
    stricter = msgspec.structs.replace(EMAIL, target_days=2, between=lambda first, last: last - first)
    channel = Channel(stricter, folded(before).state)
    for each in after:
        channel.fold(each)
        channel.check()
    assert channel.state.total.received == folded(before + after).state.total.received


@given(requests())
@settings(max_examples=50, deadline=None)
def test_the_total_is_the_sum_of_the_quarters_of_receipt(events: list[RequestEvent]) -> None:
    channel = folded(events)
    slots: dict[int, RequestSlot] = {}
    for request in channel.state.requests.values():
        if request.received >= 0:
            count(slots.setdefault(slot_no_of(request), RequestSlot()), request)
    for name in ("received", "answered", "withdrawn", "within", "days", "open"):
        assert sum(getattr(slot, name) for slot in slots.values()) == getattr(channel.state.total, name)
    day = FIRST + 12
    assert sum(overdue(slot, day) for slot in slots.values()) == overdue(channel.state.total, day)


def test_the_latest_reason_counts_and_rare_ones_beyond_forty_are_one() -> None:
    told = [event("received", 1, reason="delay"), event("answered", 3, reason="error"), event("received", 1, "2")]
    assert folded(told).state.total.reasons == {"error": 1}
    many = folded([event("received", 1, f"r{number}", reason=f"reason {number}") for number in range(45)])
    assert len(many.state.total.reasons) == module.MAX_REASONS + 1
    assert many.state.total.reasons["other"] == 5
