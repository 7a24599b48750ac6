"""A replay after a crash changes nothing and counts nothing twice, whichever records were saved."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.desks.line_state import LineState
from streams.kept import record
from streams.partition import Partition
from tests.streams.numbers import FRENCH
from tests.streams.partitions import (
    AHEAD_AT,
    CARDS,
    CATALOGUE,
    CIRCULATION,
    COUNTERS,
    HOMES,
    OWN,
    STANDARD,
    declaration,
    figures,
    partition,
    reading,
    ticket,
    written,
)
from tests.streams.telling import Message
from tests.streams.telling import value as told


@st.composite
def topics(draw: st.DrawFn) -> list[Message]:
    """Draw the calls of two lines, mixed with invalid records and records dated ahead, at offsets with gaps."""
    messages: list[Message] = []
    offset = 0
    for _ in range(draw(st.integers(1, 25))):
        offset += draw(st.integers(1, 3))
        key = draw(st.sampled_from([STANDARD, CIRCULATION]))
        value = draw(st.sampled_from([None, b"", b"{}", told(line="etrangers"), told(line="nowhere")]))
        if draw(st.integers(0, 4)):
            kind = draw(st.sampled_from(["offered", "answered", "lost", "ended", "ringing"]))
            value = told(
                kind,
                at=float(draw(st.integers(0, 3_000) | st.just(AHEAD_AT))),
                call=draw(st.sampled_from("abc")),
                line=key.decode().removeprefix("lozere/"),
                source=draw(st.sampled_from(["pbx", "wallboard", None])),
            )
        messages.append(Message(offset, key, value, timestamp=5_000_000))
    return messages


@given(topics(), st.data())
def test_crashes_and_replays_change_nothing_whichever_records_were_saved(messages: list[Message], data: Any) -> None:
    whole = partition()
    whole.calls.take(messages)

    saved: dict[bytes, bytes] = {}
    owned, position, committed = partition(), 0, 0
    for _ in range(data.draw(st.integers(1, 6), "lives")):
        position = data.draw(st.integers(position, len(messages)), "read up to")
        owned.calls.take(messages[committed:position])
        moved = written(owned)
        if data.draw(st.booleans(), "checkpoint whole"):
            saved |= moved
            committed = position
            if data.draw(st.booleans(), "no crash"):
                continue
        else:
            # The intakes come last, once the broker has all desks.
            desks = sorted(moved.keys() - {OWN})
            some = data.draw(st.sets(st.sampled_from(desks)), "saved") if desks else set()
            saved |= {key: moved[key] for key in some}
        owned = partition(dict(saved))
        position = committed = data.draw(st.integers(0, committed), "read again from")
    owned.calls.take(messages[committed:])
    assert figures(owned) == figures(whole)


@given(topics(), st.data())
def test_what_a_desks_record_lacks_is_read_again_whichever_of_its_records_was_kept(
    messages: list[Message], data: Any
) -> None:
    """A worker that was thought dead may have written an older record last, and Kafka compacted the newer one away."""
    whole = partition()
    whole.calls.take(messages)
    kept: dict[bytes, list[bytes]] = {}
    owned, position = partition(), 0
    for _ in range(data.draw(st.integers(1, 6), "checkpoints")):
        position = data.draw(st.integers(position, len(messages)), "read up to")
        owned.calls.take([each for each in messages[:position] if each.offset > owned.calls.positions.cursor])
        for key, each in written(owned).items():
            kept.setdefault(key, []).append(each)
        owned = partition({key: data.draw(st.sampled_from(each), "kept") for key, each in kept.items()})
    owned.calls.take([each for each in messages if each.offset > owned.calls.positions.cursor])
    for line in (*owned.lines.values(), *whole.lines.values()):
        line.state.until = -1  # it records that it was read again
    assert figures(owned) == figures(whole)


@given(topics(), st.integers(1, 25))
def test_batches_are_no_matter(messages: list[Message], size: int) -> None:
    whole, parts = partition(), partition()
    refusals = whole.calls.take(messages)
    assert [
        refusal
        for start in range(0, len(messages), size)
        for refusal in parts.calls.take(messages[start : start + size])
    ] == refusals
    assert figures(parts) == figures(whole)


def test_only_the_offsets_keep_a_replay_from_counting_twice() -> None:
    """Otherwise the tests above could pass because calls remember their own events."""
    messages = [Message(offset, STANDARD, told("ringing", call="same")) for offset in range(5)]
    messages += [Message(9, STANDARD, b"{}")]
    owned = partition()
    owned.calls.take(messages)
    again = partition(written(owned))
    again.calls.take(messages)
    assert (sum(again.lines[STANDARD].state.results), again.calls.state.rejected) == (5, {"invalid": 1})
    again.lines[STANDARD].state.offset = again.calls.state.offset = -1
    again.calls.take(messages)
    assert (sum(again.lines[STANDARD].state.results), again.calls.state.rejected) == (10, {"invalid": 2})


def test_what_a_line_refused_is_counted_once_where_a_crash_came_before_the_record_of_its_intake() -> None:
    messages = [
        Message(0, STANDARD, told()),
        Message(1, STANDARD, told(call="2", at=AHEAD_AT), timestamp=5_000_000),
        Message(2, STANDARD, b"{}"),
        Message(3, STANDARD, told("answered", at=101)),
    ]
    owned = partition()
    owned.calls.take(messages)
    assert (owned.calls.rejected(), owned.calls.results()) == (2, [2, 0, 0])
    again = partition(owned.changed().desks)
    assert [each.reason for each in again.calls.take(messages)] == ["invalid"], "the other letter was safe before"
    assert (again.calls.rejected(), again.calls.results()) == (2, [2, 0, 0])
    assert figures(again) == figures(owned)


def test_a_decision_that_decides_nothing_is_counted_once_where_a_crash_came_before_the_record_of_its_intake() -> None:
    messages = [Message(0, STANDARD, declaration(to=0)), Message(1, STANDARD, declaration())]
    owned = partition()
    assert [each.offset for each in owned.reviews.take(messages)] == [0]
    again = partition(owned.changed().desks)
    assert again.reviews.take(messages) == []
    assert (again.reviews.rejected(), again.reviews.results()) == (1, [1, 0, 0])


def test_a_replay_returns_no_refusal_a_second_time() -> None:
    messages = [Message(4, STANDARD, None), Message(5, b"?", told()), Message(6, None, told())]
    owned = partition()
    assert len(owned.calls.take(messages)) == 3
    assert owned.calls.take(messages) == partition(written(owned)).calls.take(messages) == []
    assert sum(owned.calls.state.rejected.values()) == 3


def test_tickets_are_restored_and_a_replay_of_them_changes_nothing() -> None:
    owned = Partition(3, COUNTERS, {})
    messages = [Message(0, CARDS, ticket()), Message(1, CARDS, ticket("served", 130)), Message(2, CARDS, b"{}")]
    assert [why.reason for why in owned.tickets.take(messages)] == ["invalid"]
    again = Partition(3, COUNTERS, written(owned))
    assert again.tickets.take(messages) == []
    assert again.services[CARDS].state == owned.services[CARDS].state
    assert again.tickets.state == owned.tickets.state


def test_readings_and_reviews_are_restored_with_their_line() -> None:
    owned = partition()
    owned.readings.take([Message(3, STANDARD, reading(50, 1))])
    owned.reviews.take([Message(4, STANDARD, declaration()), Message(5, STANDARD, b"{}")])
    again = partition(written(owned))
    assert again.readings.take([Message(3, STANDARD, reading(50, 1))]) == []
    assert again.reviews.take([Message(4, STANDARD, declaration()), Message(5, STANDARD, b"{}")]) == []
    assert again.lines[STANDARD].state == owned.lines[STANDARD].state
    assert again.reviews.state == owned.reviews.state


def test_reviews_are_read_again_from_the_line_that_holds_the_fewest() -> None:
    """Another worker's record of a line may have been kept, which has more calls and fewer reviews."""
    owned = partition()
    messages = [Message(0, STANDARD, declaration()), Message(1, CIRCULATION, declaration("circulation"))]
    saved = written(owned)
    assert owned.reviews.take([*messages, Message(2, STANDARD, b"{}")])[0].offset == 2
    assert owned.reviews.positions.cursor == 2
    behind = written(owned) | {b"line " + CIRCULATION: record.encode(LineState("lozere/circulation"))}
    again = partition(saved | behind)
    assert (again.reviews.positions.cursor, again.reviews.state.offset) == (-1, 2)
    assert again.reviews.take([*messages, Message(2, STANDARD, b"{}")]) == [], "what was refused is not refused again"
    assert [len(line.state.watch.incidents) for line in again.lines.values()] == [1, 1]
    assert again.reviews.positions.cursor == 2


def test_a_line_of_totals_is_folded_by_its_readings_through_every_crash() -> None:
    """Days close on the way, so that late readings and revisions go into parts."""
    rules = CATALOGUE | {STANDARD: LineRules(site="lozere", line="standard", lifecycle="totals")}
    office = Catalogue(rules, {}, {}, HOMES.__getitem__, FRENCH)

    def day(number: int, answered: int, lost: int) -> bytes:
        more: dict[str, Any] = {"mode": "interval", "since": number * 86_400, "answered": answered, "lost": lost}
        return reading((number + 1) * 86_400, answered + lost, **more)

    order = [*range(1, 20), 0, *range(20, 30)]
    records = [day(number, 90 + number % 7, 10 + number % 5) for number in order]
    records += [records[3], day(2, 50, 50)]  # repeated, and corrected
    messages = [Message(2 * offset, STANDARD, each) for offset, each in enumerate(records)]

    def folded(steps: int) -> tuple[Partition, dict[bytes, bytes]]:
        owned, ledger = Partition(3, office, {}), dict[bytes, bytes]()
        for first in range(0, len(messages), steps):
            assert owned.readings.take(messages[max(0, first - 3) : first + steps]) == []  # a part is replayed
            changed = owned.changed()
            ledger |= changed.days
            owned = Partition(3, office, changed.desks | changed.intakes)
            owned.lines[STANDARD].check()
        return owned, ledger

    whole_line, ledger = folded(len(messages))
    for steps in (1, 4):
        owned, days = folded(steps)
        assert owned.lines[STANDARD].state.reported == whole_line.lines[STANDARD].state.reported
        assert owned.lines[STANDARD].state.counts == whole_line.lines[STANDARD].state.counts
        for each in (days, ledger):
            slots = [slot for one in each.values() for slot in json.loads(one)["slots"].values()]
            assert sum(slot.get("offered", 0) for slot in slots) == owned.lines[STANDARD].state.offered
        assert any(json.loads(one).get("part") for one in days.values())
    assert whole_line.calls.take([Message(99, STANDARD, told(at=100))])[0].reason == "totals-line"
