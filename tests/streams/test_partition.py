"""The hot path's promises: a replay changes nothing, and nothing that stands in a topic raises out of it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams import partition as module
from streams import record
from streams.channel_rules import ChannelRules
from streams.intake import MAX_SOURCES, IntakeState, Rejected
from streams.line_state import MAX_LIVE, LineState
from streams.partition import MAX_RECORD, Catalogue, Partition
from streams.rules import LineRules, utc_day
from streams.service import ServiceRules
from streams.windows import DAY, WINDOWS
from tests.streams.telling import Message, event
from tests.streams.telling import value as told

STANDARD, CIRCULATION, ELSEWHERE = b"lozere/standard", b"lozere/circulation", b"lozere/etrangers"
CATALOGUE = {
    key: LineRules(site="lozere", line=key.decode().removeprefix("lozere/"), max_call=600_000)
    for key in (STANDARD, CIRCULATION, ELSEWHERE)
}
HOMES = {STANDARD: 3, CIRCULATION: 3, ELSEWHERE: 5}
OWN = b"intake calls 3"


def partition(records: dict[bytes, bytes] | None = None) -> Partition:
    return Partition(3, Catalogue(CATALOGUE, {}, {}, HOMES.__getitem__), records or {})


def written(owned: Partition) -> dict[bytes, bytes]:
    records = owned.changed()
    return records.desks | records.intakes


def rejected(key: bytes | None, value: bytes | None) -> Rejected:
    """Return the one refusal of a record that stands between two good ones, which must count all the same."""
    owned = partition()
    refusals = owned.calls.take(
        [Message(0, STANDARD, told()), Message(1, key, value), Message(2, STANDARD, told(call="2"))]
    )
    assert owned.lines[STANDARD].state.offered == 2
    assert owned.calls.state.offset == 2
    (refusal,) = refusals
    assert (refusal.offset, refusal.key, refusal.value) == (1, key, value)
    assert owned.calls.state.rejected == {refusal.reason: 1}
    return refusal


def figures(owned: Partition) -> tuple[object, object]:
    return {key: msgspec.to_builtins(line.state) for key, line in owned.lines.items()}, msgspec.to_builtins(
        owned.calls.state
    )


@st.composite
def topics(draw: st.DrawFn) -> list[Message]:
    """The calls of two lines, interleaved with what is no event, at offsets with gaps."""
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
                at=float(draw(st.integers(0, 3_000))),
                call=draw(st.sampled_from("abc")),
                line=key.decode().removeprefix("lozere/"),
                source=draw(st.sampled_from(["pbx", "wallboard", None])),
            )
        messages.append(Message(offset, key, value))
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


def test_a_replay_returns_no_refusal_a_second_time() -> None:
    messages = [Message(4, STANDARD, None), Message(5, b"?", told()), Message(6, None, told())]
    owned = partition()
    assert len(owned.calls.take(messages)) == 3
    assert owned.calls.take(messages) == partition(written(owned)).calls.take(messages) == []
    assert sum(owned.calls.state.rejected.values()) == 3


@pytest.mark.parametrize(
    ("key", "value", "reason", "says"),
    [
        (STANDARD, None, "malformed", "the record is empty"),
        (None, None, "malformed", "the record is empty"),
        (STANDARD, b"", "malformed", "expected one whole JSON object"),
        (STANDARD, b'{"line": "standard"', "malformed", "expected one whole JSON object"),
        (STANDARD, b"{}", "invalid", "missing required field `line`"),
        (STANDARD, told()[:-1] + b', "wait": -1}', "invalid", "`$.wait`"),
        (STANDARD, told(line="nowhere"), "unknown-line", "lozere/nowhere is not in the catalogue; expected one of"),
        (STANDARD, told(site="cantal"), "unknown-line", "cantal/standard is not in the catalogue"),
        (b"cantal/standard", told(site="cantal"), "unknown-line", "cantal/standard is not in the catalogue"),
        (CIRCULATION, told(), "wrong-key", "the record's key is b'lozere/circulation'; expected b'lozere/standard'"),
        (b"standard", told(), "wrong-key", "expected b'lozere/standard'"),
        (b"", told(), "wrong-key", "expected b'lozere/standard'"),
        (None, told(), "wrong-key", "the record's key is None; expected b'lozere/standard'"),
        (ELSEWHERE, told(line="etrangers"), "wrong-partition", "belongs in partition 5; the producer must"),
    ],
)
def test_what_is_no_event_of_a_line_here_is_told_why(
    key: bytes | None, value: bytes | None, reason: str, says: str
) -> None:
    refusal = rejected(key, value)
    assert refusal.reason == reason
    assert says in refusal.detail


def test_a_site_may_be_left_out() -> None:
    owned = partition()
    assert owned.calls.take([Message(0, STANDARD, told()), Message(1, STANDARD, told(call="2", site="lozere"))]) == []
    assert owned.lines[STANDARD].state.offered == 2


def test_a_site_without_lines_refuses_everything_and_goes_on() -> None:
    owned = Partition(0, Catalogue({}, {}, {}, HOMES.__getitem__), {})
    (refusal,) = owned.calls.take([Message(0, STANDARD, told())])
    assert refusal.reason == "unknown-line"
    assert owned.calls.state.offset == 0


DEEP = b'{"line":"standard","call":"1","type":"lost","at":1,"more":' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (DEEP, "malformed"),
        (b"[" * 200_000, "invalid"),
        (b'{"a":' * 200_000, "malformed"),
        (told()[:-1] + b', "seq": ' + b"9" * 5_000 + b"}", "invalid"),
        (told()[:-1] + b', "wait": 1e999}', "invalid"),
        (told().replace(b"100", b"9" * 400), "invalid"),
        (told(call="surrogate").replace(b"surrogate", rb"\ud800"), "malformed"),
        (told(call="surrogate").replace(b"surrogate", rb"\udfff\ud800"), "malformed"),
        (told(call="surrogate").replace(b"surrogate", b"\xed\xa0\x80"), "malformed"),
        (told().replace(b"answered", b"x" * 1_000_000), "invalid"),
        (told().replace(b"100.0", b'"9999-12-31T23:59:59-23:59"'), "invalid"),
        (told().replace(b"100.0", b'"0001-01-01T00:00:00+14:00"'), "invalid"),
        (told().replace(b"100.0", b'"1969-12-31T23:59:59.999Z"'), "invalid"),
        (told().replace(b"100.0", b'"2100-01-01T00:00:00.001Z"'), "invalid"),
    ],
)
def test_what_is_built_to_break_a_reader_is_refused_in_few_words(value: bytes, reason: str) -> None:
    refusal = rejected(STANDARD, value)
    assert refusal.reason == reason
    assert len(refusal.detail) < 1_100


@pytest.mark.parametrize(
    "more",
    [
        {"at": 0},
        {"at": -0.0, "wait": -0.0},
        {"at": 1e-9, "wait": 1e-9},
        {"at": 0, "wait": 31_536_000, "talk": 31_536_000},
        {"at": 4_102_444_800, "wait": 5e-324},
        {"at": "1970-01-01T00:00:00Z"},
        {"at": "2099-12-31T23:59:59.999999+00:00"},
        {"call": "é" * 160, "source": "\x00" * 160, "id": "\U0001f4de" * 160},
        {"unknown": [[1, {"a": None}]] * 1_000},
    ],
)
def test_extreme_events_count_like_any_other(more: dict[str, Any]) -> None:
    owned = partition()
    for offset, kind in enumerate(("answered", "lost", "ended")):
        value = json.dumps({"line": "standard", "call": "1", "type": kind, "at": 100} | more).encode()
        assert owned.calls.take([Message(offset, STANDARD, value)]) == []
    line = owned.lines[STANDARD]
    line.advance(10**15)
    line.check()
    assert (line.state.offered, line.total().answered, line.total().lost) == (1, 1, 0)
    assert figures(partition(written(owned))) == figures(owned)


def test_the_last_of_a_key_said_twice_counts() -> None:
    owned = partition()
    assert owned.calls.take([Message(0, STANDARD, told()[:-1] + b', "call": "b", "type": "lost"}')]) == []
    (call,) = owned.lines[STANDARD].state.live
    assert call == "b"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NUMBERS = st.floats(0, 4_102_444_800) | st.integers(0, 4_102_444_800) | st.sampled_from([0, -0.0, 1e-9, 1e300, -1])
FIELDS = {
    "line": st.sampled_from(["standard", "circulation", "etrangers", "", "x"]),
    "call": st.sampled_from(["1", "2", "é" * 160, "x" * 161, "\x00"]),
    "type": st.sampled_from(["offered", "ringing", "answered", "lost", "diverted", "ended", "ENDED"]),
    "at": NUMBERS | st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    "wait": NUMBERS | st.none(),
    "talk": NUMBERS | st.none(),
    "reason": st.sampled_from(["abandoned", "key", "closed", "busy", None]),
    "source": st.text(max_size=3) | st.none(),
    "id": st.sampled_from(["a", "b", None]),
    "site": st.sampled_from(["lozere", "cantal", None]),
    "seq": st.integers(),
}


@st.composite
def values(draw: st.DrawFn) -> bytes | None:
    """Return a valid event's bytes, or those with a field, or a few bytes, made something else."""
    fields: dict[str, Any] = {"line": draw(FIELDS["line"]), "call": "1", "type": draw(FIELDS["type"]), "at": 100}
    for name in draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=6)):
        fields[name] = draw(FIELDS[name])
    if draw(st.integers(0, 5)) == 0:
        fields[draw(st.sampled_from([*FIELDS, "more"]))] = draw(JSON)
    value = json.dumps(fields, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")
    if draw(st.integers(0, 5)) == 0:
        start, end = sorted(draw(st.tuples(st.integers(0, len(value)), st.integers(0, len(value)))))
        value = value[:start] + draw(st.binary(max_size=4)) + value[end:]
    return draw(st.sampled_from([value] * 12 + [None, b""]))


@given(st.lists(st.tuples(st.sampled_from([*HOMES, None, b"", b"x"]), values() | st.binary()), max_size=20))
@settings(max_examples=500, deadline=None)
@example([(STANDARD, DEEP)])
def test_nothing_that_stands_in_a_topic_raises(records: list[tuple[bytes | None, bytes | None]]) -> None:
    owned = partition()
    refusals = owned.calls.take([Message(offset, key, value) for offset, (key, value) in enumerate(records)])
    folded = sum(sum(line.state.results) for line in owned.lines.values())
    assert folded + len(refusals) == len(records)
    assert sum(owned.calls.state.rejected.values()) == len(refusals)
    assert owned.calls.state.offset == len(records) - 1
    for line in owned.lines.values():
        line.check()
    assert figures(partition(written(owned))) == figures(owned)


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


def test_a_record_of_another_format_is_refused_rather_than_begun_anew() -> None:
    with pytest.raises(ValueError, match="unknown format"):
        partition({b"line " + STANDARD: b"\x07"})


CARDS, TITLES = b"lozere/cards", b"lozere/titles"
EMAIL, LETTER = b"lozere/email", b"lozere/letter"
COUNTERS = Catalogue(
    CATALOGUE,
    {
        key: ServiceRules(
            site="lozere", service=key.decode().removeprefix("lozere/"), closing=lambda at: at // DAY * DAY
        )
        for key in (CARDS, TITLES)
    },
    {},
    lambda key: 5 if key == ELSEWHERE else 3,
)


def ticket(kind: str = "issued", at: float = 100.0, **more: str) -> bytes:
    return json.dumps({"service": "cards", "ticket": "A1", "type": kind, "at": at, **more}).encode()


def test_calls_and_tickets_have_offsets_of_their_own_in_the_same_partition() -> None:
    owned = Partition(3, COUNTERS, {})
    assert owned.calls.take([Message(7, STANDARD, told())]) == []
    assert owned.tickets.take([Message(0, CARDS, ticket()), Message(1, CARDS, ticket("called", 160))]) == []
    assert owned.services[CARDS].total().waits.mean() == 60_000
    assert [intake.state.offset for intake in owned.intakes.values()] == [7, 1, -1, -1, -1]
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


@pytest.mark.parametrize(
    ("key", "value", "reason", "says"),
    [
        (CARDS, ticket(service="visas"), "unknown-service", "lozere/visas is not in the catalogue; expected one of"),
        (STANDARD, told(), "invalid", "expected one of called, cancelled"),
        (TITLES, ticket(), "wrong-key", "expected b'lozere/cards'"),
    ],
)
def test_what_is_no_ticket_of_a_service_here_is_told_why(key: bytes, value: bytes, reason: str, says: str) -> None:
    (why,) = Partition(3, COUNTERS, {}).tickets.take([Message(0, key, value)])
    assert why.reason == reason
    assert says in why.detail


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


def test_a_source_stands_with_its_last_event_and_one_that_is_not_named_as_unknown() -> None:
    owned = partition()
    said = [("pbx", 100), ("pbx", 300), (None, 50), ("pbx", 200)]
    owned.calls.take([Message(offset, STANDARD, told(at=at, source=who)) for offset, (who, at) in enumerate(said)])
    assert owned.calls.state.sources == {"pbx": 200_000, "unknown": 50_000}


def test_a_replay_takes_no_source_back() -> None:
    messages = [Message(offset, STANDARD, told(at=at, source="pbx")) for offset, at in enumerate((100, 300))]
    owned = partition()
    owned.calls.take(messages)
    again = partition({OWN: written(owned)[OWN]})
    again.calls.take(messages[:1])
    assert again.calls.state.sources == {"pbx": 300_000}
    assert again.lines[STANDARD].state.offered == 1


def test_sources_are_bounded_and_those_known_go_on() -> None:
    owned = partition()
    names = [f"source {number}" for number in range(2 * MAX_SOURCES)]
    owned.calls.take([Message(offset, STANDARD, told(source=name)) for offset, name in enumerate(names)])
    assert list(owned.calls.state.sources) == names[:MAX_SOURCES]
    owned.calls.take([Message(1_000, STANDARD, told(at=500, source=names[0]))])
    assert owned.calls.state.sources[names[0]] == 500_000


def test_time_passes_in_every_line() -> None:
    owned = partition()
    owned.calls.take(
        [Message(0, STANDARD, told("offered")), Message(1, CIRCULATION, told("offered", line="circulation"))]
    )
    owned.advance(10**9)
    assert [line.state.live for line in owned.lines.values()] == [{}, {}]


def test_a_record_that_a_broker_would_refuse_gives_up_memory_and_no_figure() -> None:
    owned = partition()
    line = owned.lines[STANDARD]
    for number in range(MAX_LIVE):
        name = f"{number * 7919 % 10_007}-{number:x}" * 16
        for leg in range(60):
            line.fold(event("ringing", 100 + number / 100, name[:160], id=f"{name[:100]} {leg}"))
        line.fold(event("lost", 100 + number / 100, name[:160], wait=number / 7))
    line.state.offset = 1
    assert len(record.encode(line.state)) > MAX_RECORD
    before = (line.state.offered, line.state.counts, line.total())
    small = written(owned)[b"line " + STANDARD]
    assert len(small) <= MAX_RECORD
    line.check()
    assert (line.state.offered, line.state.counts, line.total()) == before
    assert line.state.cut > 0
    assert msgspec.to_builtins(record.decode(small, LineState)) == msgspec.to_builtins(line.state)


def test_a_record_that_cannot_become_smaller_is_written_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RECORD", 0)
    owned = partition()
    owned.calls.take([Message(0, STANDARD, told())])
    assert figures(partition(written(owned))) == figures(owned)


def test_an_event_of_the_future_neither_blinds_its_line_nor_is_lost() -> None:
    """A source whose clock is hours ahead counts; the watermark stays with the record's own time."""
    written = 1_400_000_000
    owned = partition()

    def say(offset: int, at: float, call: str) -> Message:
        value = b'{"line": "standard", "call": "%s", "type": "lost", "at": %d, "wait": 1}' % (call.encode(), at)
        return Message(offset, STANDARD, value, timestamp=written * 1000)

    assert owned.calls.take([say(0, written + 7200, "ahead"), say(1, written - 5, "now")]) == []
    line = owned.lines[STANDARD]
    assert line.state.offered == 2
    assert line.state.high == written * 1000
    assert line.state.results == [2, 0, 0]
    assert line.window(WINDOWS[0], written * 1000).lost == 1


def test_an_event_of_another_year_is_refused_for_its_clock() -> None:
    value = b'{"line": "standard", "call": "1", "type": "lost", "at": 4000000000}'
    message = Message(0, STANDARD, value, timestamp=1_400_000_000_000)
    (why,) = partition().calls.take([message])
    assert why.reason == "clock"


def test_a_replay_believes_the_clock_of_its_events() -> None:
    rules = {key: msgspec.structs.replace(each, clock="event") for key, each in CATALOGUE.items()}
    owned = Partition(3, Catalogue(rules, {}, {}, HOMES.__getitem__), {})
    value = b'{"line": "standard", "call": "1", "type": "lost", "at": 4000000000}'
    assert owned.calls.take([Message(0, STANDARD, value, timestamp=1_400_000_000_000)]) == []
    assert owned.lines[STANDARD].state.high == 4_000_000_000_000


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
    owned.advance(day - 1 + rules.max_call + rules.lateness)
    assert kept()
    owned.advance(day + rules.max_call + rules.lateness)
    assert not kept()
    assert owned.lines[STANDARD].callers().unreached == 1


def reading(at: float, calls: int, line: str = "standard", **more: object) -> bytes:
    """Return a reading whose every call was answered."""
    told = {"line": line, "mode": "cumulative", "at": at, "offered": calls, "answered": calls, "lost": 0, **more}
    return json.dumps(told).encode()


def declaration(line: str | None = "standard", **more: Any) -> bytes:
    told = {"decision": "declare", "at": 9_000, "by": "m.durand", "note": "n", "line": line, "from": 0, "to": 900}
    return json.dumps(told | more).encode()


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
        fields = {"channel": channel, "request": "1", "type": kind, "at": day * DAY / 1000, **more}
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
        again.advance(20 * DAY)
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


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (STANDARD, declaration("circulation"), "wrong-key"),
        (b"lozere/nowhere", declaration("nowhere"), "unknown-line"),
        (STANDARD, declaration(to=None), "invalid"),
        (STANDARD, declaration(to=0), "invalid"),
        (STANDARD, declaration(line=None), "invalid"),
        (STANDARD, declaration(decision="dismiss", incident="standard-1"), "unknown-incident"),
        (STANDARD, declaration(decision="dismiss", incident="standard-20139904T083000Z-rise"), "unknown-incident"),
        (STANDARD, declaration(decision="dismiss", incident="circulation-20130304T083000Z-rise"), "unknown-incident"),
        (
            CIRCULATION,
            declaration(line=None, decision="dismiss", incident="standard-20130304T083000Z-rise"),
            "wrong-key",
        ),
    ],
)
def test_a_review_of_what_cannot_be_is_a_dead_letter(key: bytes, value: bytes, reason: str) -> None:
    owned = partition()
    assert [why.reason for why in owned.reviews.take([Message(0, key, value)])] == [reason]
    assert not any(line.state.watch.incidents or line.state.watch.waiting for line in owned.lines.values())


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (STANDARD, reading(50, 1, "circulation"), "wrong-key"),
        (b"lozere/nowhere", reading(50, 1, "nowhere"), "unknown-line"),
        (STANDARD, reading(50, 1, mode="interval"), "invalid"),
        (STANDARD, reading(50, 1, mode="interval", since=60), "invalid"),
        (STANDARD, reading(50, -1), "invalid"),
    ],
)
def test_a_reading_of_nobody_is_a_dead_letter(key: bytes, value: bytes, reason: str) -> None:
    assert [why.reason for why in partition().readings.take([Message(0, key, value)])] == [reason]


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
