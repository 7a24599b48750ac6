"""The ledger's promise: after any crash, its days add up to the events, each call in the quarter of its entry."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.desks.line import Line
from streams.desks.service import Service
from streams.kept import record
from streams.kept.record import position
from streams.kept.times import DAY_MS, SLOTS_AN_HOUR
from streams.ledger import book
from streams.partition import Partition, Records
from streams.watch import watch
from tests.streams.ledger.telling import DESK, LINE, Topic, counted, partition, slots, totals
from tests.streams.telling import Message

DAYS = 30
LONG_AFTER = 200 * DAY_MS  # the last call is of day 104
CALLED_AT_NIGHT = b'{"service": "cards", "ticket": "A", "type": "called", "at": 172790}'
# The compiler inlines the constants that `few_parts` sets, so it then looks at each silence as a whole.
COMPILED = not (watch.__file__ or "").endswith(".py")


@pytest.fixture(autouse=True)
def few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finish parts of days early, as in a backfill of many months.

    The watch, which no ledger depends on, looks at no more than an hour of each silence, as it would otherwise take all
    the time.
    """
    monkeypatch.setattr(book, "MAX_PARTS", 2)
    monkeypatch.setattr(watch, "LONGEST_GAP", SLOTS_AN_HOUR)


@st.composite
def messages(draw: st.DrawFn) -> list[Message]:
    """Draw calls and tickets of some weeks:

    in order, late, of closed days, repeated, resolved weeks later, after a jump.
    """
    told: list[tuple[float, bytes, bytes]] = []
    for number in range(draw(st.integers(1, 14))):
        day, second = draw(st.integers(1, DAYS)), draw(st.sampled_from([30_000, 30_600, 43_000, 86_390]))
        start = 86_400 * day + second + draw(st.integers(0, 900))
        late = draw(st.sampled_from([0, 0, 0, 3_600, 86_400 * 3, 86_400 * 9, 86_400 * 20]))
        if draw(st.booleans()):
            call = {"line": "standard", "call": str(number)}
            if draw(st.booleans()):
                told.append((start + late, LINE, json.dumps(call | {"type": "offered", "at": start}).encode()))
            for kind in draw(st.lists(st.sampled_from(["answered", "lost", "diverted"]), max_size=3)):
                at = start + draw(st.integers(0, 400))
                more = {"wait": at - start} if draw(st.booleans()) else {}
                value = json.dumps(call | {"type": kind, "at": at} | more).encode()
                told.append((at + late * draw(st.sampled_from([0, 1, 2])), LINE, value))
        else:
            ticket = {"service": "cards", "ticket": draw(st.sampled_from("AB"))}
            for kind in draw(st.lists(st.sampled_from(["issued", "called", "served", "no_show"]), max_size=3)):
                at = start + draw(st.integers(0, 400))
                told.append((at + late, DESK, json.dumps(ticket | {"type": kind, "at": at}).encode()))
    told += [draw(st.sampled_from(told)) for _ in range(draw(st.integers(0, 3))) if told]
    if draw(st.booleans()):
        told.append((0, LINE, b'{"line": "standard", "call": "later", "type": "offered", "at": 9000000}'))
        told = told if draw(st.booleans()) else told[-1:] + told[:-1]
    else:
        told.sort(key=lambda each: each[0])
    return [Message(offset, key, value) for offset, (_, key, value) in enumerate(told)]


def fold(owned: Partition, told: list[Message]) -> None:
    owned.calls.take([each for each in told if each.key == LINE])
    owned.tickets.take([each for each in told if each.key == DESK])


def states(owned: Partition) -> list[tuple[bytes, Line | Service]]:
    return [(b"line " + LINE, owned.lines[LINE]), (b"service " + DESK, owned.services[DESK])]


def keep(saved: dict[bytes, bytes], states: dict[bytes, bytes]) -> None:
    """Save the records of states, as their changelog is read."""
    for key, state in states.items():
        if key not in saved or position(saved[key]) <= position(state):
            saved[key] = state


def some(data: Any, records: dict[bytes, bytes]) -> dict[bytes, bytes]:
    return {key: value for key, value in records.items() if data.draw(st.booleans(), "one arrives")}


@example([Message(0, DESK, CALLED_AT_NIGHT)])
@given(messages())
def test_book_and_live_are_the_totals_after_every_event(told: list[Message]) -> None:
    owned = partition()
    for each in told:
        fold(owned, [each])
        for key, desk in ((LINE, owned.lines[LINE]), (DESK, owned.services[DESK])):
            assert counted([*desk.state.book.done, *desk.days()], key) == totals(desk)


@given(messages())
def test_a_worker_that_restarts_before_every_event_has_the_same_books(told: list[Message]) -> None:
    straight, owned = partition(), partition()
    for each in told:
        fold(straight, [each])
        owned = partition({key: record.encode(desk.state) for key, desk in states(owned)})
        fold(owned, [each])
        assert [desk.state.book for _, desk in states(owned)] == [desk.state.book for _, desk in states(straight)]


def test_what_time_has_changed_counts_though_an_earlier_owner_was_ahead() -> None:
    called = b'{"service": "cards", "ticket": "A", "type": "called", "at": 116400}'
    told = [Message(0, LINE, b'{"line": "standard", "call": "later", "type": "offered", "at": 9000000}')]
    told += [Message(1, DESK, called), Message(2, DESK, called)]
    topic, before, owned = Topic(), partition(), partition()
    fold(before, told)
    topic.write(before.changed().days)
    fold(owned, told[:2])
    list(owned.advance(owned.lines[LINE].state.high))
    topic.write(owned.changed().days)
    fold(owned, told[2:])
    owned.publish_again()
    topic.write(owned.changed().days)
    assert counted(topic.whole(), DESK) == {"issued": 1, "no_show": 1}


def test_a_call_that_turns_out_to_be_of_the_day_before_is_left_on_no_other() -> None:
    told = [
        Message(0, LINE, b'{"line": "standard", "call": "1", "type": "answered", "at": 172800}'),
        Message(1, LINE, b'{"line": "standard", "call": "1", "type": "answered", "at": 172801, "wait": 11}'),
    ]
    topic, owned = Topic(), partition()
    fold(owned, told[:1])
    records = owned.changed()
    topic.write(records.days)
    owned = partition(records.desks)
    fold(owned, told[1:])
    topic.write(owned.changed().days)
    assert [(day, found) for _, day, found, _ in slots(topic.whole()) if found] == [
        ("1970-01-02", [(191, {"offered": 1, "answered": 1})])
    ]


@pytest.mark.slow
@given(messages(), st.data())
@settings(max_examples=60 if COMPILED else 500, deadline=None)
def test_crashes_at_any_moment_leave_the_ledger_of_a_fold_in_one_go(told: list[Message], data: Any) -> None:
    """A checkpoint writes days, then states; a crash may lose either, or its acknowledgement.

    A worker that has folded as much as any before it publishes its days again.
    """
    straight, whole = partition(), Topic()
    fold(straight, told)
    list(straight.advance(LONG_AFTER))
    whole.write(straight.changed().days)

    topic, saved, owned, frozen = Topic(), dict[bytes, bytes](), partition(), list[Records]()
    committed = furthest = 0
    for _ in range(data.draw(st.integers(0, 8), "checkpoints")):
        end = data.draw(st.integers(committed, len(told)), "read up to")
        fold(owned, told[committed:end])
        if committed < furthest <= end:
            owned.publish_again()
        committed, furthest = end, max(furthest, end)
        if data.draw(st.booleans(), "time passes"):
            list(owned.advance(max(desk.state.high for desk in owned.desks()) + data.draw(st.integers(0, 3 * DAY_MS))))
        records = owned.changed()
        if data.draw(st.booleans(), "it is safe"):
            topic.write(records.days)
            keep(saved, records.desks | records.intakes)
        else:
            whole_days = data.draw(st.booleans(), "all days arrive")
            topic.write(records.days if whole_days else some(data, records.days))
            if whole_days:
                keep(saved, some(data, records.desks))
            if data.draw(st.booleans(), "it fails, and goes on"):
                owned.unwritten(records)
                continue
            frozen.append(records)
            owned, committed = partition(dict(saved)), 0
        if frozen and data.draw(st.booleans(), "one that was thought dead wakes up"):
            topic.write(frozen[0].days)
            keep(saved, frozen.pop(0).desks)
            owned, committed = partition(dict(saved)), 0
    fold(owned, told[committed:])
    if committed < furthest:
        owned.publish_again()
    list(owned.advance(LONG_AFTER))
    topic.write(owned.changed().days)

    assert slots(topic.whole()) == slots(whole.whole())
    for key, desk in ((LINE, straight.lines[LINE]), (DESK, straight.services[DESK])):
        assert counted(topic.whole(), key) == totals(desk)
