"""Every record of a topic is counted or rejected with a reason, and nothing raises in the hot path."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams import intake as module
from streams.catalogue import Catalogue
from streams.chain.entry import encode_entry
from streams.intake import Rejected
from streams.partition import Partition
from tests.streams.chain.telling import published
from tests.streams.numbers import SPELLINGS
from tests.streams.partitions import (
    CARDS,
    CATALOGUE,
    CIRCULATION,
    COUNTERS,
    ELSEWHERE,
    HOMES,
    STANDARD,
    TITLES,
    declaration,
    figures,
    partition,
    reading,
    ticket,
    written,
)
from tests.streams.telling import Message
from tests.streams.telling import value as told


def rejected(key: bytes | None, value: bytes | None) -> Rejected:
    """Return the one rejection of a record between two good ones, which must count all the same."""
    owned = partition()
    refusals = owned.calls.take(
        [Message(0, STANDARD, told()), Message(1, key, value), Message(2, STANDARD, told(call="2"))]
    )
    assert owned.lines[STANDARD].state.offered == 2
    assert owned.calls.state.offset == 2
    (refusal,) = refusals
    assert (refusal.offset, refusal.key, refusal.value) == (1, key, value)
    assert owned.calls.rejected() == 1
    return refusal


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


def test_a_flood_by_the_keys_of_unknown_lines_is_counted_record_by_record_and_never_decoded() -> None:
    owned, decoded = partition(), []
    intake = owned.calls
    decode = intake._decode
    intake._decode = lambda value: decoded.append(value) or decode(value)  # type: ignore[func-returns-value]
    flood = [Message(offset, b"lozere/l%d" % (offset % 18), told(line=f"l{offset % 18}")) for offset in range(1_800)]
    refused = intake.take([*flood, Message(1_800, STANDARD, told())])
    assert len(decoded) == 1
    assert [each.offset for each in refused] == list(range(1_800))
    assert {each.reason for each in refused} == {"unknown-line"}
    assert "lozere/l1 is not in the catalogue" in refused[19].detail
    assert intake.take(flood) == [], "a replay refuses nothing again"
    assert intake.state.rejected == {"unknown-line": 1_800}


def test_a_long_key_is_told_in_few_words() -> None:
    refusal = rejected(b"lozere/" + b"\xff" * 1_000_000, told())
    assert refusal.reason == "unknown-line"
    assert len(refusal.detail) < 1_000


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
    assert (line.state.offered, line.figures.total().answered, line.figures.total().lost) == (1, 1, 0)
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
    """Draw a valid event's bytes, with a field or a few bytes changed."""
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
@example([(STANDARD, DEEP)])
def test_nothing_that_stands_in_a_topic_raises(records: list[tuple[bytes | None, bytes | None]]) -> None:
    owned = partition()
    refusals = owned.calls.take([Message(offset, key, value) for offset, (key, value) in enumerate(records)])
    folded = sum(sum(line.state.results) for line in owned.lines.values())
    assert folded + len(refusals) == len(records)
    assert owned.calls.rejected() == len(refusals)
    assert owned.calls.state.offset == len(records) - 1
    for line in owned.lines.values():
        line.check()
    assert figures(partition(written(owned))) == figures(owned)


@pytest.mark.parametrize(
    ("key", "value", "reason", "says"),
    [
        (CARDS, ticket(service="visas"), "unknown-service", "lozere/visas is not in the catalogue; expected one of"),
        (STANDARD, told(), "unknown-service", "lozere/standard is not in the catalogue"),
        (CARDS, told(), "invalid", "expected one of called, cancelled"),
        (TITLES, ticket(), "wrong-key", "expected b'lozere/cards'"),
    ],
)
def test_what_is_no_ticket_of_a_service_here_is_told_why(key: bytes, value: bytes, reason: str, says: str) -> None:
    (why,) = Partition(3, COUNTERS, {}).tickets.take([Message(0, key, value)])
    assert why.reason == reason
    assert says in why.detail


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


def test_what_the_log_of_decisions_holds_beside_them_is_passed_over() -> None:
    owned = partition()
    log = [encode_entry(published()), b'{"type": "opened"}', b'{"type": "elsewhere"}', b"nonsense"]
    passed = owned.reviews.take([Message(offset, b"lozere", value) for offset, value in enumerate(log)])
    assert [why.offset for why in passed] == [2, 3]
    assert owned.reviews.positions.cursor == 3
    assert owned.calls.take([Message(0, b"lozere/standard", log[0])])[0].reason == "invalid", "nor in any other topic"


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


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("field", ["call", "agent", "source", "to"])
def test_a_number_that_another_program_sent_is_refused_as_a_raw_caller_is(field: str, spelling: str) -> None:
    refusal = rejected(STANDARD, told()[:-1] + f',"{field}":{json.dumps(spelling)}}}'.encode())
    assert (refusal.reason, refusal.detail.split(";")[0]) == ("number", f"a telephone number - at `$.{field}`")


def test_an_event_whose_own_id_holds_a_number_counts_as_only_its_checksum_is_kept() -> None:
    owned = partition()
    assert owned.calls.take([Message(0, STANDARD, told(id="0611223344-1"))]) == []
    assert b"0611" not in msgspec.json.encode(owned.lines[STANDARD].state)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_in_a_decision_that_stands_in_the_log_is_withheld_and_the_decision_holds(spelling: str) -> None:
    owned = partition()
    review = {"decision": "declare", "line": "standard", "at": 9000, "from": 100, "to": 900, "by": "m"}
    value = json.dumps({**review, "note": f"Mme Durand, {spelling}"}).encode()
    assert owned.reviews.take([Message(0, STANDARD, value)]) == []
    (incident,) = owned.lines[STANDARD].state.watch.incidents
    assert not re.search("22.{0,12}33", msgspec.json.encode(incident).decode())


def test_an_agents_long_number_is_no_callers() -> None:
    owned = partition()
    assert owned.calls.take([Message(0, STANDARD, told(agent="p1234567"))]) == []


def test_more_unknown_desks_than_are_remembered_are_still_refused_one_by_one() -> None:
    owned = partition()
    strangers = owned.calls.positions.strangers
    strangers |= {b"lozere/a%d" % number: -1 for number in range(module.MAX_STRANGERS - 2)}
    flood = [Message(offset, b"lozere/l%d" % offset, told()) for offset in range(4)]
    assert [each.offset for each in owned.calls.take(flood)] == [0, 1, 2, 3]
    assert {key: at for key, at in strangers.items() if at >= 0} == {b"lozere/l0": 0, b"lozere/l1": 1}


def test_names_that_were_looked_at_are_forgotten_beyond_a_bound_and_a_number_is_still_refused() -> None:
    owned = partition()
    owned.calls._clean |= {f"older call {number}" for number in range(module.MAX_LOOKED_AT)}
    good = [Message(offset, STANDARD, told(call=f"call {offset} of the day")) for offset in range(9)]
    assert owned.calls.take(good) == []
    assert "older call 0" not in owned.calls._clean
    assert "call 8 of the day" in owned.calls._clean
    (refusal,) = owned.calls.take([*good, Message(9, STANDARD, told(call="call 0611223344"))])
    assert (refusal.offset, refusal.reason) == (9, "number")


def test_an_entry_of_the_log_passes_under_the_key_of_an_unknown_desk_and_of_a_refused_one() -> None:
    entry = encode_entry(published())
    owned = partition({b"line " + STANDARD: b"junk"})
    assert [each.refused for each in owned.unread] == [True]
    log = [Message(offset, key, entry) for offset, key in enumerate((b"jura/standard", STANDARD, None))]
    refused = owned.reviews.take([*log, Message(3, STANDARD, b"nonsense"), Message(4, None, b"nonsense")])
    assert [(each.offset, each.key, each.reason) for each in refused] == [
        (3, STANDARD, "malformed"), (4, None, "malformed")
    ]  # fmt: skip
    assert owned.reviews.positions.cursor == 4


def test_only_tickets_open_waits_elsewhere() -> None:
    owned = Partition(3, COUNTERS, {})
    owned.calls.take([Message(0, STANDARD, told())])
    owned.tickets.take([Message(0, CARDS, ticket("transferred", to="titles"))])
    assert owned.calls.opened() == []
    assert [(each.service, each.ticket) for each in owned.tickets.opened()] == [("titles", "A1")]


def test_a_second_record_counts_from_its_configured_source_alone() -> None:
    rules = {key: msgspec.structs.replace(each, witness="carrier") for key, each in CATALOGUE.items()}
    owned = Partition(3, Catalogue(rules, {}, {}, HOMES.__getitem__), {})
    rows = [Message(offset, STANDARD, told(source=source)) for offset, source in enumerate(("carrier", "pbx"))]
    (refusal,) = owned.witnesses.take(rows)
    assert (refusal.offset, refusal.reason) == (1, "no-witness")
    assert refusal.detail.startswith("source 'pbx' is not the witness of line 'standard' - at `$.source`")
    assert owned.lines[STANDARD].state.witness.mark.results == [1, 0, 0]
    (refusal,) = partition().witnesses.take(rows[:1])
    assert "line 'standard' has no witness" in refusal.detail


def test_a_decision_about_a_service_in_a_record_without_a_key_is_refused() -> None:
    (refusal,) = Partition(3, COUNTERS, {}).reviews.take([Message(0, None, declaration(None, service="cards"))])
    assert (refusal.key, refusal.reason) == (None, "wrong-key")
