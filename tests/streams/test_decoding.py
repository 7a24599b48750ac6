"""Every kind of record that is not an event, and the error that its sender gets."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest

from streams.decoding import MAX_DETAIL, AnyDecoder, Decoder, Invalid
from streams.events import CallEvent, Reading, RequestEvent, Review, TicketEvent

CALL: dict[str, Any] = {"line": "standard", "call": "7", "type": "lost", "at": 1362382200}


def refusal(record: bytes | None) -> Invalid:
    with pytest.raises(Invalid) as raised:
        Decoder(CallEvent).decode(record)
    return raised.value


def refusal_of(**fields: object) -> Invalid:
    return refusal(json.dumps(CALL | fields).encode())


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (None, "the record is empty"),
        (b"", "truncated; expected one whole JSON object"),
        (b'{"line": "standard", "ca', "truncated; expected one whole JSON object"),
        (b"call lost", "invalid character"),
        (b"{'line': 'standard'}", "malformed"),
        (b'{"line": "\xff\xfe"}', "can't decode byte 0xff"),
        (b"\x00\x01\x02", "invalid character"),
        (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "expected one flat JSON object"),
        (rb'{"line": "\ud800 and no more"}', "surrogate"),
    ],
)
def test_what_is_not_json_is_malformed(record: bytes | None, says: str) -> None:
    invalid = refusal(record)
    assert invalid.reason == "malformed"
    assert says in invalid.detail


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (b"null", "got `null`"),
        (b'[{"line": "standard"}]', "got `array`"),
        (b'{"line": "standard"}', "missing required field `call`"),
    ],
)
def test_json_of_another_shape_is_invalid(record: bytes, says: str) -> None:
    invalid = refusal(record)
    assert invalid.reason == "invalid"
    assert says in invalid.detail


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("call", 7, "Expected `str`, got `int` - at `$.call`"),
        ("line", "", "length >= 1 - at `$.line`"),
        ("line", "x" * 65, "length <= 64 - at `$.line`"),
        ("wait", "12", "Expected `float | null`, got `str` - at `$.wait`"),
        ("wait", -1, "Expected `float` >= 0.0 - at `$.wait`"),
        ("seq", 1.5, "Expected `int | null`, got `float` - at `$.seq`"),
        ("at", None, "Expected `float | datetime`, got `null` - at `$.at`"),
    ],
)
def test_a_wrong_value_is_told_with_its_field(field: str, value: object, says: str) -> None:
    invalid = refusal_of(**{field: value})
    assert invalid.reason == "invalid"
    assert says in invalid.detail
    assert "milliseconds" not in invalid.detail


def test_an_unknown_type_is_told_with_the_known_ones() -> None:
    assert refusal_of(type="answerd").detail == (
        "Invalid enum value 'answerd' - at `$.type`; expected one of answered, diverted, ended, lost, offered, ringing"
    )


def test_an_unknown_reason_is_told_with_the_known_ones() -> None:
    detail = refusal_of(reason="busy").detail
    assert "expected one of abandoned, callback, closed" in detail


def test_every_enumerated_field_of_every_kind_tells_its_values() -> None:
    records: list[tuple[Decoder[Any], dict[str, object]]] = [
        (Decoder(TicketEvent), {"type": "?"}),
        (Decoder(RequestEvent), {"type": "?"}),
        (Decoder(Review), {"decision": "?"}),
        (Decoder(Review), {"type": "?"}),
        (Decoder(Reading), {"mode": "?"}),
        (Decoder(Reading), {"type": "?"}),
    ]
    for decoder, fields in records:
        with pytest.raises(Invalid, match="expected one of"):
            decoder.decode(json.dumps(fields).encode())


@pytest.mark.parametrize("at", [1362382200000, 1362382200000.5])
def test_milliseconds_are_recognised(at: float) -> None:
    detail = refusal_of(at=at).detail
    assert detail == "Expected `float` <= 4102444800.0 - at `$.at`; is it in milliseconds? expected seconds"


def test_a_wait_in_milliseconds_is_recognised_when_it_passes_a_year() -> None:
    assert "is it in milliseconds?" in refusal_of(wait=40_000_000).detail


@pytest.mark.parametrize("at", ["2013-03-04T08:30:00", "2013-03-04 08:30", "2013-03-04", "04/03/2013 08:30"])
def test_a_moment_without_an_offset_is_told_how_to_write_it(at: str) -> None:
    assert refusal_of(at=at).detail.endswith("write it as 2013-03-04T08:30:00+01:00")


@pytest.mark.parametrize("at", [0, 1362382200, 1362382200.25, "2013-03-04T08:30:00Z", "2013-03-04T08:30:00+01:00"])
def test_a_moment_may_be_seconds_or_rfc_3339(at: float | str) -> None:
    assert Decoder(CallEvent).decode(json.dumps(CALL | {"at": at}).encode()).call == "7"


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59.999Z", "2100-01-01T00:00:00.001Z", "9999-12-31T23:59:59Z"]
)
def test_a_date_is_bounded_as_seconds_are(at: str) -> None:
    assert refusal_of(at=at).detail.endswith("- at `$.at`; expected a moment from 1970 to 2100")


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "2100-01-01T01:00:00+01:00"])
def test_the_bounds_belong_to_what_is_allowed(at: str) -> None:
    assert Decoder(CallEvent).decode(json.dumps(CALL | {"at": at}).encode()).call == "7"


def test_what_is_told_of_a_long_value_is_short_and_ends_with_what_was_expected() -> None:
    detail = refusal_of(type="x" * 1_000_000).detail
    assert len(detail) <= MAX_DETAIL + 1
    assert detail.startswith("Invalid enum value 'xxx")
    assert detail.endswith("- at `$.type`; expected one of answered, diverted, ended, lost, offered, ringing")


def test_a_raw_number_is_no_caller_and_is_not_repeated() -> None:
    invalid = refusal_of(caller="+33466496000")
    assert invalid.detail.endswith("a caller comes as a keyed hash, never as a number")
    assert "33466496000" not in str(invalid)


def test_unknown_fields_and_nulls_are_accepted() -> None:
    event = Decoder(CallEvent).decode(json.dumps(CALL | {"wait": None, "colour": "blue"}).encode())
    assert event == CallEvent(line="standard", call="7", type="lost", at=1362382200)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (CALL, CallEvent),
        ({"service": "cartes-grises", "ticket": "A1", "type": "issued", "at": 0}, TicketEvent),
        ({"channel": "email", "request": "r1", "type": "received", "at": 0}, RequestEvent),
        ({"decision": "confirm", "incident": "i1", "by": "m", "at": 0}, Review),
        ({"decision": "declare", "line": "standard", "from": 0, "to": 9, "by": "m", "at": 0}, Review),
        ({"line": "standard", "mode": "cumulative", "at": 0, "offered": 3}, Reading),
    ],
)
def test_mixed_kinds_are_told_apart(fields: dict[str, object], kind: type) -> None:
    assert type(AnyDecoder().decode(json.dumps(fields).encode())) is kind


@pytest.mark.parametrize(
    ("record", "reason", "says"),
    [
        (b"", "malformed", "truncated"),
        (b"[1]", "malformed", "got `array`"),
        (b'{"x": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, "malformed", "expected one flat JSON object"),
        (b'{"call": "\xff"}', "malformed", "can't decode"),
        (b'{"line": "a", "call": "1", "type": "lost", "at": 0, "\xff": 1}', "malformed", "can't decode"),
        (b'{"line": "a", "call": "1", "type": "lost", "at": 0, "x" :"\xff"}', "malformed", "can't decode"),
        (b'{"line": "standard"}', "invalid", "`call`, `ticket`, `request`, `decision`, `service`, `mode`"),
        (b'{"ticket": "A1"}', "invalid", "missing required field `service`"),
    ],
)
def test_a_record_of_no_kind_is_refused(record: bytes, reason: str, says: str) -> None:
    with pytest.raises(Invalid) as raised:
        AnyDecoder().decode(record)
    assert raised.value.reason == reason
    assert says in raised.value.detail


@pytest.mark.parametrize(
    ("more", "twice"),
    [
        ('"call": "2"', "call"),
        ('"call" : "2"', "call"),
        ('"ca\\u006cl": "2"', "call"),
        ('"at":\n1', "at"),
        ('"seq" :1, "at":1', "at"),
        ('"more": {"x": 1, "x": 2}', "x"),
    ],
)
def test_a_key_that_comes_twice_is_refused_as_one_of_its_values_would_be_lost(more: str, twice: str) -> None:
    record = f'{{"line": "standard", "call": "1", "type": "lost", "at": 0, {more}}}'.encode()
    with pytest.raises(Invalid, match=f"malformed: the key '{twice}' comes twice"):
        AnyDecoder().decode(record)


@pytest.mark.parametrize("reason", ['":', '"call":', '\\" :', "call"])
def test_a_text_that_looks_like_a_key_is_none(reason: str) -> None:
    event = {"line": "standard", "call": "1", "type": "lost", "at": 0, "agent": reason, "more": {"call": "2", "at": 1}}
    assert AnyDecoder().decode(json.dumps(event).encode()).at == 0
    assert AnyDecoder().decode(json.dumps(event, indent=1, separators=(" ,", " : ")).encode()).at == 0


def test_an_event_that_only_mentions_a_call_is_none() -> None:
    ticket = {"service": "desk", "ticket": "A1", "type": "issued", "at": 0, "more": {"call": "7"}}
    assert type(AnyDecoder().decode(json.dumps(ticket).encode())) is TicketEvent


@pytest.mark.parametrize("names", [*permutations(("call", "ticket", "request", "decision", "mode"), 2)])
def test_of_two_kinds_the_first_one_holds_though_the_other_would_be_read(names: tuple[str, str]) -> None:
    """Only a field of the record decides its kind, not text inside a value; a record is read as one kind."""
    kinds = ("call", "ticket", "request", "decision", "mode")
    other = {"ticket": {"service": "desk", "ticket": "A1", "type": "issued"}, "call": {**CALL}}
    field, word = names
    record = {**other.get(field, {}), field: "confirm" if field == "decision" else "x", "at": 0, "source": word}
    with_both = {**record, word: "x"}
    for each in (record, with_both):
        expected = min((name for name in kinds if name in each), key=kinds.index)
        kind = dict(vars(AnyDecoder)["_kinds"])[expected]
        try:
            told: object = Decoder(kind).decode(json.dumps(each).encode())
        except Invalid as why:
            told = why.detail
        try:
            found: object = AnyDecoder().decode(json.dumps(each).encode())
        except Invalid as why:
            found = why.detail
        assert found == told
