"""The promises of a partition: a replay changes nothing, and only what moved is written."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import partition as module
from streams.calls.rules import LineRules
from streams.desks.line_state import MAX_LIVE_CALLS, LineState
from streams.intake import IntakeState
from streams.kept import record
from streams.kept.times import DAY_MS, utc_day
from streams.partition import MAX_RECORD, Catalogue, Partition, read_again
from streams.requests.rules import ChannelRules
from tests.streams.numbers import FRENCH
from tests.streams.partitions import (
    CARDS,
    CATALOGUE,
    CIRCULATION,
    COUNTERS,
    EMAIL,
    HOMES,
    LETTER,
    OWN,
    STANDARD,
    TITLES,
    declaration,
    figures,
    partition,
    reading,
    ticket,
    written,
)
from tests.streams.telling import Message, event
from tests.streams.telling import value as told

AHEAD_AT = 200_000.0  # s: more than a day after the records of `topics` were written


@st.composite
def topics(draw: st.DrawFn) -> list[Message]:
    """The calls of two lines, interleaved with what is no event or is dated ahead, at offsets with gaps."""
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
@settings(max_examples=400, deadline=None)
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
            saved |= (
                {key: moved[key] for key in data.draw(st.sets(st.sampled_from(sorted(moved))), "saved")}
                if moved
                else {}
            )
        owned = partition(dict(saved))
        position = committed = data.draw(st.integers(0, committed), "read again from")
    owned.calls.take(messages[committed:])
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
    """So that the tests above cannot pass by the calls' own memory of what was said."""
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


def test_what_a_line_would_refuse_is_counted_once_though_its_record_cannot_be_read() -> None:
    messages = [Message(0, STANDARD, told()), Message(1, STANDARD, told(at=AHEAD_AT), timestamp=5_000_000)]
    owned = partition({b"line " + STANDARD: b"junk"})
    assert [each.reason for each in owned.calls.take(messages)] == ["clock"]
    begun = LineState(STANDARD.decode())
    read_again(begun)
    mended = partition(written(owned) | {b"line " + STANDARD: record.encode(begun)})
    assert mended.calls.take(messages) == []
    assert (mended.calls.rejected(), mended.calls.results()) == (1, [1, 0, 0])


def test_a_replay_returns_no_refusal_a_second_time() -> None:
    messages = [Message(4, STANDARD, None), Message(5, b"?", told()), Message(6, None, told())]
    owned = partition()
    assert len(owned.calls.take(messages)) == 3
    assert owned.calls.take(messages) == partition(written(owned)).calls.take(messages) == []
    assert sum(owned.calls.state.rejected.values()) == 3


def test_only_what_moved_is_written() -> None:
    owned = partition()
    assert written(owned) == {}
    owned.calls.take([Message(0, STANDARD, told())])
    assert set(written(owned)) == {b"line " + STANDARD, OWN}
    assert written(owned) == {}
    owned.calls.take([Message(1, b"?", told())])
    assert set(written(owned)) == {OWN}
    owned.calls.take([Message(2, STANDARD, told()), Message(3, CIRCULATION, told(line="circulation"))])
    moved = written(owned)
    assert set(moved) == {b"line " + STANDARD, b"line " + CIRCULATION, OWN}
    offsets = [record.decode(moved[b"line " + key], LineState).offset for key in (STANDARD, CIRCULATION)]
    assert [*offsets, record.decode(moved[OWN], IntakeState).offset] == [2, 3, 3]
    assert written(partition(moved)) == {}


def junk(good: bytes) -> bytes:
    """Return a record with the head of a good one, and nothing that can be read behind it."""
    return good[:21] + b"\x00 junk"


@pytest.mark.parametrize(
    "bad", [b"", b"\x05", b"{}", record.encode(LineState("x"))[:30], junk(record.encode(LineState("x")))]
)
def test_a_line_whose_record_cannot_be_read_is_refused_rather_than_begun_anew_and_the_others_go_on(bad: bytes) -> None:
    owned = partition({b"line " + STANDARD: bad})
    assert [(each.key, each.mended, each.refused) for each in owned.unread] == [(b"line " + STANDARD, False, True)]
    assert owned.calls.take([Message(0, STANDARD, told()), Message(1, CIRCULATION, told(line="circulation"))]) == []
    assert set(owned.lines) == {CIRCULATION}
    assert owned.lines[CIRCULATION].state.offered == 1
    assert owned.calls.state.rejected == {}, "what is told of it waits in the topic, and is no dead letter"


def test_a_record_that_is_no_event_of_a_refused_line_is_rejected_once_and_at_once() -> None:
    messages = [
        Message(0, STANDARD, told()),
        Message(1, STANDARD, b'{"line": "stand'),
        Message(2, STANDARD, told(line="x")),
    ]
    whole, owned = partition(), partition({b"line " + STANDARD: b"junk"})
    rejected = owned.calls.take(messages)
    assert rejected == whole.calls.take(messages)
    assert [each.offset for each in rejected] == [1, 2]
    assert owned.calls.take(messages) == [], "read again, nobody is told of it again"
    begun = LineState(STANDARD.decode())
    read_again(begun)
    mended = partition(written(owned) | {b"line " + STANDARD: record.encode(begun)})
    assert mended.calls.position == -1
    assert mended.calls.take(messages) == []
    assert mended.lines[STANDARD].state.offered == whole.lines[STANDARD].state.offered == 1
    assert mended.calls.rejected() == whole.calls.rejected()


def test_a_record_that_cannot_be_read_is_taken_from_the_one_before_and_what_came_since_is_read_again() -> None:
    messages = [Message(n, STANDARD, told(call=str(n), at=100.0 + n)) for n in range(9)]
    whole, owned = partition(), partition()
    whole.calls.take(messages)
    owned.calls.take(messages[:4])
    earlier = written(owned)
    owned.calls.take(messages[4:8])
    later = written(owned)
    bad = later | {b"line " + STANDARD: junk(later[b"line " + STANDARD])}
    mended = Partition(3, Catalogue(CATALOGUE, {}, {}, HOMES.__getitem__), bad, earlier=earlier)
    assert [(each.key, each.mended) for each in mended.unread] == [(b"line " + STANDARD, True)]
    assert (mended.calls.state.offset, mended.calls.position) == (7, 3)
    mended.calls.take(messages[4:6])
    # A crash in the middle of that loses nothing: the state says that it is behind.
    again = partition(later | written(mended))
    assert again.calls.position == 5
    again.calls.take(messages[6:])
    assert again.lines[STANDARD].figures.counts() == whole.lines[STANDARD].figures.counts()
    assert again.lines[STANDARD].state.results == whole.lines[STANDARD].state.results
    assert partition(written(again) | {OWN: later[OWN]}).calls.position == 7


def test_the_record_before_is_not_taken_where_a_later_version_wrote_the_last_one() -> None:
    owned = partition()
    owned.calls.take([Message(0, STANDARD, told())])
    good = written(owned)
    later = good | {b"line " + STANDARD: bytes([record.FORMAT + 1]) + good[b"line " + STANDARD][1:]}
    found = Partition(3, Catalogue(CATALOGUE, {}, {}, HOMES.__getitem__), later, earlier=good)
    assert [each.refused for each in found.unread] == [True]
    assert "of a later version" in found.unread[0].why


def test_an_intake_whose_record_cannot_be_read_begins_anew_and_nothing_counts_twice() -> None:
    owned = partition()
    messages = [Message(n, STANDARD, told(call=str(n), at=100.0 + n)) for n in range(5)]
    owned.calls.take(messages)
    bad = written(owned) | {OWN: b"\x07junk"}
    again = partition(bad)
    assert ([each.refused for each in again.unread], again.calls.position) == ([False], -1)
    again.calls.take(messages)
    assert again.lines[STANDARD].figures.counts() == owned.lines[STANDARD].figures.counts()


def test_calls_and_tickets_have_offsets_of_their_own_in_the_same_partition() -> None:
    owned = Partition(3, COUNTERS, {})
    assert owned.calls.take([Message(7, STANDARD, told())]) == []
    assert owned.tickets.take([Message(0, CARDS, ticket()), Message(1, CARDS, ticket("called", 160))]) == []
    assert owned.services[CARDS].total().waits.mean() == 60_000
    assert [intake.state.offset for intake in owned.intakes.values()] == [7, 1, -1, -1, -1, -1]
    assert set(written(owned)) == {b"line " + STANDARD, b"service " + CARDS, OWN, b"intake tickets 3"}
    assert written(owned) == {}
    owned.tickets.take([Message(2, TITLES, ticket(service="titles"))])
    assert set(written(owned)) == {b"service " + TITLES, b"intake tickets 3"}


def test_tickets_are_restored_and_a_replay_of_them_changes_nothing() -> None:
    owned = Partition(3, COUNTERS, {})
    messages = [Message(0, CARDS, ticket()), Message(1, CARDS, ticket("served", 130)), Message(2, CARDS, b"{}")]
    assert [why.reason for why in owned.tickets.take(messages)] == ["invalid"]
    again = Partition(3, COUNTERS, written(owned))
    assert again.tickets.take(messages) == []
    assert again.services[CARDS].state == owned.services[CARDS].state
    assert again.tickets.state == owned.tickets.state


def test_a_transfer_opens_a_wait_at_a_configured_service_once() -> None:
    owned = Partition(3, COUNTERS, {})
    moves = [ticket("transferred", 200, to="titles"), ticket("transferred", 300, to="visas")]
    messages = [Message(0, CARDS, ticket()), *(Message(n, CARDS, move) for n, move in enumerate(moves, 1))]
    owned.tickets.take(messages)
    (opened,) = owned.tickets.opened()
    assert (opened.service, opened.ticket, opened.type, opened.at) == ("titles", "A1", "issued", 200)
    owned.tickets.take(messages)
    assert owned.tickets.opened() == []
    replayed = Partition(3, COUNTERS, {})
    replayed.tickets.take(messages)
    assert replayed.tickets.opened() == [opened], "so that its repetition is known by its id"


def test_time_passes_in_every_line() -> None:
    owned = partition()
    owned.calls.take(
        [Message(0, STANDARD, told("offered")), Message(1, CIRCULATION, told("offered", line="circulation"))]
    )
    owned.changed()
    list(owned.advance(10**9))
    assert [line.state.live for line in owned.lines.values()] == [{}, {}]
    assert set(written(owned)) == {b"line " + STANDARD, b"line " + CIRCULATION}, "though no offset has moved"
    list(owned.advance(10**9))
    assert written(owned) == {}


def test_a_record_that_a_broker_would_refuse_gives_up_memory_and_no_figure() -> None:
    owned = partition()
    line = owned.lines[STANDARD]
    for number in range(MAX_LIVE_CALLS):
        name = f"{number * 7919 % 10_007}-{number:x}" * 16
        for leg in range(60):
            line.fold(event("ringing", 100 + number / 100, name[:160], id=f"{name[:100]} {leg}"))
        line.fold(event("lost", 100 + number / 100, name[:160], wait=number / 7))
    line.state.offset = 1
    assert len(record.encode(line.state)) > MAX_RECORD
    before = (line.state.offered, line.state.counts, line.figures.total())
    small = written(owned)[b"line " + STANDARD]
    assert len(small) <= MAX_RECORD
    line.check()
    assert (line.state.offered, line.state.counts, line.figures.total()) == before
    assert line.state.cut > 0
    assert msgspec.to_builtins(record.decode(small, LineState)) == msgspec.to_builtins(line.state)


def test_a_record_that_cannot_become_smaller_is_written_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RECORD", 0)
    owned = partition()
    owned.calls.take([Message(0, STANDARD, told())])
    assert figures(partition(written(owned))) == figures(owned)


def test_no_pseudonym_of_a_caller_is_kept_once_its_day_is_over() -> None:
    """Plus the time in which a call may still end or be told: far less than the configuration may allow."""
    day, rules = 86_400_000, CATALOGUE[STANDARD]
    caller = "hmac:" + 32 * "a"
    owned = partition()
    assert owned.calls.take([Message(0, STANDARD, told("lost", at=5, wait=1, caller=caller))]) == []

    def kept() -> bool:
        encoded = msgspec.msgpack.encode([owned.calls.state, owned.lines[STANDARD].state])
        return caller[5:21].encode() in encoded

    assert kept()
    list(owned.advance(day - 1 + rules.max_call + rules.lateness))
    assert kept()
    list(owned.advance(day + rules.max_call + rules.lateness))
    assert not kept()
    assert owned.lines[STANDARD].figures.callers().unreached == 1


def test_every_input_of_a_line_has_an_offset_of_its_own_and_moves_its_record() -> None:
    owned = partition()
    line = b"line " + STANDARD
    positions = []
    for intake, offset, value in (
        (owned.calls, 7, told(at=100)),
        (owned.readings, 3, reading(50, 1)),
        (owned.reviews, 0, declaration()),
        (owned.calls, 8, told(call="2", at=200)),
    ):
        assert intake.take([Message(offset, STANDARD, value)]) == []
        positions.append(record.position(written(owned)[line]))
        assert intake.take([Message(offset, STANDARD, value)]) == []
        assert written(owned) == {}, "a replay moves nothing"
    assert positions == sorted(positions)
    assert positions[0] < positions[1] < positions[2] < positions[3]
    assert [intake.results() for intake in owned.intakes.values()] == [
        [2, 0, 0],
        [0] * 3,
        [1, 0, 0],
        [0] * 3,
        [1, 0, 0],
        [0] * 3,
    ]


def test_requests_have_channels_and_survive_a_replay() -> None:
    rules = {
        key: ChannelRules(
            site="lozere",
            channel=key.decode().removeprefix("lozere/"),
            day=utc_day,
            between=lambda first, last: last - first,
            last=lambda first, days: first + days,
            days="calendar",
            target_days=5,
        )
        for key in (EMAIL, LETTER)
    }
    catalogue = Catalogue(CATALOGUE, {}, rules, lambda _: 3)

    def request(kind: str, day: float, channel: str = "email", **more: str) -> bytes:
        fields = {"channel": channel, "request": "1", "type": kind, "at": day * DAY_MS / 1000, **more}
        return json.dumps(fields).encode()

    messages = [
        Message(0, EMAIL, request("received", 1)),
        Message(1, LETTER, request("received", 1)),
        Message(2, EMAIL, request("answered", 4)),
        Message(3, b"lozere/fax", request("received", 1, "fax")),
        Message(4, EMAIL, request("received", 1, "letter")),
        Message(5, EMAIL, request("received", 1, site="paris")),
        Message(6, LETTER, request("posted", 2, "letter")),
        Message(7, LETTER, request("received", 1, "letter")),
    ]
    owned = Partition(3, catalogue, {})
    refused = owned.requests.take(messages)
    assert [(each.offset, each.reason) for each in refused] == [
        (1, "wrong-key"),
        (3, "unknown-channel"),
        (4, "wrong-key"),
        (5, "unknown-channel"),
        (6, "invalid"),
    ]
    assert "lozere/fax is not in the catalogue; expected one of lozere/email, lozere/letter" in refused[1].detail
    for kept in (owned.changed().desks, {}):  # a crash may come between the desks' records and the intake's
        again = Partition(3, catalogue, kept)
        again.requests.take(messages)
        assert again.requests.results() == [3, 0, 0]
        total = again.channels[EMAIL].state.total
        assert (total.received, total.answered, total.days, total.within) == (1, 1, 3, 1)
        assert again.channels[LETTER].state.total.due == {"1970-01-07": 1}
        list(again.advance(20 * DAY_MS))
        for channel in again.channels.values():
            channel.check()


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
    """For another worker's record of a line may have been kept, which has more calls and fewer reviews."""
    owned = partition()
    messages = [Message(0, STANDARD, declaration()), Message(1, CIRCULATION, declaration("circulation"))]
    saved = written(owned)
    assert owned.reviews.take([*messages, Message(2, STANDARD, b"{}")])[0].offset == 2
    assert owned.reviews.position == 2
    behind = written(owned) | {b"line " + CIRCULATION: record.encode(LineState("lozere/circulation"))}
    again = partition(saved | behind)
    assert (again.reviews.position, again.reviews.state.offset) == (-1, 2)
    assert again.reviews.take([*messages, Message(2, STANDARD, b"{}")]) == [], "what was refused is not refused again"
    assert [len(line.state.watch.incidents) for line in again.lines.values()] == [1, 1]
    assert again.reviews.position == 2


def test_days_are_published_when_they_change_and_finished_ones_once_unless_that_failed() -> None:
    rules = {key: msgspec.structs.replace(each, clock="event") for key, each in CATALOGUE.items()}
    owned = Partition(3, Catalogue(rules, {}, {}, HOMES.__getitem__), {})
    owned.calls.take([Message(n, STANDARD, told("lost", at=86_400 * n + 9_000, call=str(n))) for n in range(12)])
    assert owned.waiting() == 3
    first = owned.changed()
    assert sorted(first.days) == [b"lozere/standard/1970-01-%02d" % day for day in range(1, 13)]
    assert [json.loads(value)["offset"] for value in first.days.values()] == [11] * 12
    assert owned.waiting() == 0
    assert owned.changed().days == {}
    owned.calls.take([Message(12, STANDARD, told("lost", at=86_400 * 11 + 9_100, call="more"))])
    again = owned.changed()
    assert sorted(again.days) == [b"lozere/standard/1970-01-04", b"lozere/standard/1970-01-12"]
    owned.unwritten(again)
    assert owned.waiting() == 1
    assert owned.changed() == again
    restarted = Partition(3, Catalogue(rules, {}, {}, HOMES.__getitem__), again.desks)
    assert sorted(restarted.changed().days) == [b"lozere/standard/1970-01-%02d" % day for day in range(5, 13)]


def test_a_line_of_totals_is_folded_by_its_readings_through_every_crash() -> None:
    """Days close on the way, so that late readings and revisions go into parts."""
    rules = CATALOGUE | {STANDARD: LineRules(site="lozere", line="standard", lifecycle="totals")}
    office = Catalogue(rules, {}, {}, HOMES.__getitem__, FRENCH)

    def day(number: int, answered: int, lost: int) -> bytes:
        more: dict[str, Any] = {"mode": "interval", "since": number * 86_400, "answered": answered, "lost": lost}
        return reading((number + 1) * 86_400, answered + lost, **more)

    order = [*range(1, 20), 0, *range(20, 30)]
    records = [day(number, 90 + number % 7, 10 + number % 5) for number in order]
    records += [records[3], day(2, 50, 50)]  # told again, and told otherwise
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
