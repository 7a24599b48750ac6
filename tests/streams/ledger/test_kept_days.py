"""A line rebuilt from incomplete events keeps the ledger's days and adds to them."""

from __future__ import annotations

import msgspec
import pytest

from streams.calls.rules import LineRules
from streams.desks.line_state import LineState
from streams.desks.service_state import ServiceState
from streams.events import CallEvent
from streams.kept.record import encode
from streams.kept.times import DAY_MS, utc_day
from streams.ledger.day import LineDay, ServiceDay
from streams.states import read_again
from tests.streams.ledger.telling import DESK, LINE, Topic, partition
from tests.streams.telling import Message, event

TOTALS = LineRules(site="lozere", line="standard", lifecycle="totals")


@pytest.mark.parametrize("first", [0, 20, 59, 60])
@pytest.mark.parametrize("batch", [1, 7, 100])
def test_a_line_begun_again_from_what_is_left_adds_to_what_the_ledger_keeps(first: int, batch: int) -> None:
    """Of three days with 30 calls each, the events before `first` are gone; the ledger holds those up to 59."""
    told = [Message(n, LINE, msgspec.json.encode(call(n))) for n in range(90)]
    whole_line, topic = partition(), Topic()
    whole_line.calls.take(told[:60])
    records = whole_line.changed()
    topic.write(records.days)
    state = LineState("lozere/standard", offset=first - 1)
    if first:
        state.book.kept = state.book.closed = day_of(min(first, 59))
        state.book.kept_until = 59
    read_again(state)
    again = partition({b"line " + LINE: encode(state), b"intake calls 0": records.intakes[b"intake calls 0"]})
    assert again.calls.positions.cursor == first - 1
    late = Message(90, LINE, msgspec.json.encode(call(5, "late")))
    for begin in range(first, 90, batch):
        again.calls.take(told[begin : min(90, begin + batch)])
        topic.write(again.changed().days)
    again.calls.take([late])
    list(again.advance(10 * DAY_MS))
    topic.write(again.changed().days)
    slots = [list(each.slots.values()) for each in topic.whole() if isinstance(each, LineDay)]
    assert [sum(slot.offered for slot in day) for day in slots] == [31, 30, 30]
    assert sum(slot.lost for day in slots for slot in day) == 30


def day_of(number: int) -> int:
    return utc_day(0) + number // 30


def call(number: int, name: str = "") -> CallEvent:
    at = number // 30 * 86_400 + number % 30 * 60 + 60
    return event("answered" if name or number % 3 else "lost", at, name or str(number), "standard", wait=5)


@pytest.mark.parametrize("first", [0, 1, 2, 4])
def test_a_line_of_totals_begun_again_from_the_readings_that_are_left_adds_to_what_the_ledger_keeps(first: int) -> None:
    """Each of three days has two readings; the ledger holds those up to offset 4, with half a day."""
    told = [Message(n, LINE, half_day(n, 10 + n)) for n in range(6)]
    whole_line, topic = partition(None, TOTALS), Topic()
    whole_line.readings.take(told[:5])
    records = whole_line.changed()
    topic.write(records.days)
    until = max(each.offset for each in topic.whole())
    assert until == 4  # a rebuild learns from the ledger how far the readings were folded
    state = LineState("lozere/standard")
    state.readings.offset = first - 1
    if first:
        state.book.kept = state.book.closed = utc_day(0) + first // 2
        state.book.kept_until = until
    read_again(state)
    intake = b"intake readings 0"
    again = partition({b"line " + LINE: encode(state), intake: records.intakes[intake]}, TOTALS)
    again.readings.take(told[first:])
    topic.write(again.changed().days)
    again.readings.take([Message(6, LINE, half_day(4, 40))])  # corrected
    topic.write(again.changed().days)
    assert offered(topic) == [10 + 11, 12 + 13, 40 + 15]


def half_day(number: int, calls: int) -> bytes:
    since = number * 43_200
    more = {"mode": "interval", "since": since, "at": since + 43_200, "offered": calls, "answered": calls, "lost": 0}
    return msgspec.json.encode({"line": "standard", "site": "lozere", "type": "reading", **more})


def test_a_line_whose_lifecycle_changes_amid_a_day_keeps_what_was_counted() -> None:
    """Calls and readings have offsets of their own: readings are added to parts of the day."""
    calls = [Message(100 + n, LINE, msgspec.json.encode(call(n))) for n in range(20)]
    before, topic = partition(), Topic()
    before.calls.take(calls)
    list(before.advance(10_000_000))  # all have settled
    records = before.changed()
    topic.write(records.days)
    after = partition(records.desks | records.intakes, TOTALS)
    after.readings.take([Message(n, LINE, half_day(n + 1, 50)) for n in range(2)])
    records = after.changed()
    topic.write(records.days)
    assert offered(topic) == [20 + 50, 50]
    again = partition(records.desks | records.intakes)
    again.calls.take([Message(120 + n, LINE, msgspec.json.encode(call(40 + n))) for n in range(7)])
    list(again.advance(10 * DAY_MS))
    topic.write(again.changed().days)
    assert offered(topic) == [20 + 50, 50 + 7]


def offered(topic: Topic) -> list[int]:
    days = [each for each in topic.whole() if isinstance(each, LineDay)]
    return [sum(slot.offered for slot in day.slots.values()) for day in days]


def test_a_service_begun_again_adds_to_what_the_ledger_keeps() -> None:
    told = [Message(n, DESK, ticket(n)) for n in range(60)]
    whole_desk, topic = partition(), Topic()
    whole_desk.tickets.take(told[:50])
    records = whole_desk.changed()
    topic.write(records.days)
    state = ServiceState("lozere/cards", offset=19)
    state.book.kept = state.book.closed = day_of(20)
    state.book.kept_until = 49
    read_again(state)
    intake = b"intake tickets 0"
    again = partition({b"service " + DESK: encode(state), intake: records.intakes[intake]})
    assert again.tickets.positions.cursor == 19
    again.tickets.take(told[20:])
    again.tickets.take([Message(60, DESK, ticket(5, "late"))])
    list(again.advance(10 * DAY_MS))
    topic.write(again.changed().days)
    slots = [list(each.slots.values()) for each in topic.whole() if isinstance(each, ServiceDay)]
    assert [sum(slot.issued for slot in day) for day in slots] == [31, 30]


def ticket(number: int, name: str = "") -> bytes:
    at = number // 30 * 86_400 + 9 * 3_600 + number % 30 * 60
    return msgspec.json.encode({"service": "cards", "ticket": name or str(number), "type": "issued", "at": at})
