"""Records of a partition reach their desks, each input has its own offset, and only changed states are written."""

from __future__ import annotations

import json

import msgspec
import pytest

from streams import partition as module
from streams.catalogue import Catalogue
from streams.desks.line_state import MAX_LIVE_CALLS, LineState
from streams.intake_state import IntakeState
from streams.kept import record
from streams.kept.times import DAY_MS, utc_day
from streams.ledger.day import LineDay, WitnessDay
from streams.partition import MAX_RECORD, Partition
from streams.requests.rules import ChannelRules
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


@pytest.mark.slow
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
    records = written(owned)
    assert max(map(len, records.values())) <= MAX_RECORD
    line.check()
    assert (line.state.offered, line.state.counts, line.figures.total()) == before
    assert line.state.cut > 0
    assert figures(partition(records)) == figures(owned)


def test_a_record_that_cannot_become_smaller_is_written_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RECORD", 0)
    owned = partition()
    owned.calls.take([Message(0, STANDARD, told())])
    assert figures(partition(written(owned))) == figures(owned)


def test_no_pseudonym_of_a_caller_is_kept_once_its_day_is_over() -> None:
    """The extra time allows for calls to end or arrive late, and is far shorter than the configuration may allow."""
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


def test_a_day_is_closed_if_its_desk_is_here_and_holds_it_no_longer() -> None:
    rules = CATALOGUE | {STANDARD: msgspec.structs.replace(CATALOGUE[STANDARD], witness="carrier")}
    owned = Partition(3, Catalogue(rules, {}, {}, HOMES.__getitem__), {})
    owned.calls.take([Message(n, STANDARD, told("lost", at=86_400 * n + 9_000, call=str(n))) for n in range(12)])
    assert [owned.has_closed(LineDay(id="lozere/standard", day=f"1970-01-{day:02}")) for day in (3, 4, 12)] == [
        True, False, False
    ]  # fmt: skip
    assert owned.has_closed(LineDay(id="lozere/standard", day="1970-01-05", part="0.3"))
    assert not owned.has_closed(LineDay(id="lozere/etrangers", day="1970-01-04"))
    assert owned.has_closed(WitnessDay(id="lozere/standard", day="1970-01-12"))
    assert not owned.has_closed(WitnessDay(id="lozere/circulation", day="1970-01-12"))


def test_a_channels_records_that_were_not_written_are_given_again() -> None:
    rules = ChannelRules(
        site="lozere", channel="email", day=utc_day, between=lambda first, last: last - first,
        last=lambda first, days: first + days, days="calendar",
    )  # fmt: skip
    owned = Partition(3, Catalogue({}, {}, {EMAIL: rules}, lambda _: 3), {})
    value = json.dumps({"channel": "email", "request": "1", "type": "received", "at": 100}).encode()
    owned.requests.take([Message(0, EMAIL, value)])
    records = owned.changed()
    assert b"channel " + EMAIL in records.desks
    owned.unwritten(records)
    assert owned.changed().states() == records.states()
