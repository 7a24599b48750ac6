"""A refused record is readable and can be sent again byte for byte."""

from __future__ import annotations

import base64
import json
import re

import pytest

from agents.kafka import dead_letters
from agents.kafka.client import MAX_REQUEST_BYTES
from agents.kafka.dead_letters import MAX_TEXT, DeadLetter, Source
from streams.decoding import UNREADABLE, Decoder, Invalid
from streams.events import CallEvent
from tests.streams.numbers import FRENCH, SPELLINGS

WHY = Invalid("invalid", "Invalid enum value 'answerd' - at `$.type`")


def of(value: bytes | None, key: bytes | None = b"lozere/standard") -> DeadLetter:
    return dead_letters.from_record(
        WHY, topic="tocsin.call-attempts", partition=3, offset=41, key=key, value=value, at=1362382200.5
    )


def test_what_stands_in_the_topic() -> None:
    assert json.loads(dead_letters.encode_letter(of(b'{"type": "answerd"}'))) == {
        "reason": "invalid",
        "detail": "Invalid enum value 'answerd' - at `$.type`",
        "original": base64.b64encode(b'{"type": "answerd"}').decode(),
        "text": '{"type": "answerd"}',
        "at": 1362382200.5,
        "key": "lozere/standard",
        "topic": "tocsin.call-attempts",
        "partition": 3,
        "offset": 41,
    }


@pytest.mark.parametrize(
    "value", [b"", b"\x00\xff\xfe{", bytes(range(48)) + bytes(range(58, 256)), "é à".encode("latin-1"), b"{}\r\n"]
)
def test_the_original_comes_back_byte_for_byte(value: bytes) -> None:
    letter = of(value)
    assert dead_letters.decode_letter(dead_letters.encode_letter(letter)) == letter
    assert letter.original == value


def test_bytes_that_are_no_text_are_replaced_for_the_eye_only() -> None:
    letter = of(b"caf\xe9", key=b"\xff")
    assert (letter.text, letter.key) == ("caf\N{REPLACEMENT CHARACTER}", "\N{REPLACEMENT CHARACTER}")


def test_a_record_without_value_or_key_stays_told_from_an_empty_one() -> None:
    letter = dead_letters.decode_letter(dead_letters.encode_letter(of(None, key=None)))
    assert (letter.original, letter.text, letter.key) == (None, "", None)
    assert of(b"", key=b"").original == b""


@pytest.mark.slow
@pytest.mark.parametrize("character", ["x", "é", "𝄞", "\x00"])
def test_a_dead_letter_is_never_much_larger_than_its_record(character: str) -> None:
    value = character.encode() * 1_000_000
    record = dead_letters.encode_letter(of(value))
    assert len(record) < len(value) * 4 / 3 + 70_000
    assert dead_letters.decode_letter(record).text == character * MAX_TEXT + "…"


def test_a_row_of_a_file_has_no_offset() -> None:
    letter = dead_letters.from_row(WHY, Source(file="calls.jsonl"), row=7, original=b"x", at=0)
    assert (letter.file, letter.row) == ("calls.jsonl", 7)
    assert (letter.topic, letter.partition, letter.offset, letter.key) == (None, None, None, None)


@pytest.mark.parametrize("record", [b"", b"{}", b'{"reason": "Not A Code"}', b'{"a":' * 5_000, b'{"source":"\xff"}'])
def test_what_is_no_dead_letter_is_refused(record: bytes) -> None:
    with pytest.raises(UNREADABLE):
        dead_letters.decode_letter(record)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("field", ["caller", "call", "agent", "line", "type", "unknown"])
@pytest.mark.parametrize("of_file", [False, True])
def test_a_number_in_a_refused_record_is_withheld_and_the_rest_stays(spelling: str, field: str, of_file: bool) -> None:  # noqa: FBT001
    record = json.dumps({"line": "s", "call": "1", "type": "late", "at": 1385129022, "seq": 12345678, field: spelling})
    with pytest.raises(Invalid) as refused:
        Decoder(CallEvent).decode(record.encode())
    if of_file:
        letter = dead_letters.from_row(
            refused.value, Source(file="f"), row=1, original=record.encode(), at=0.0, numbers=FRENCH
        )
    else:
        key = f"lozere/{spelling}".encode()
        letter = dead_letters.from_record(
            refused.value, topic="t", partition=0, offset=7, key=key, value=record.encode(), at=0.0, numbers=FRENCH
        )
    assert letter.original is not None
    told = json.loads(letter.original)
    assert (told["at"], told["seq"]) == (1385129022, 12345678)
    written = [letter.detail, letter.text, letter.key or "", *map(str, told.values())]
    assert not any(re.search(r"22.{0,12}33", each) for each in written if each != "12345678")


def test_a_record_without_a_number_stays_byte_for_byte() -> None:
    record = b'{ "line": "nowhere", "call": "1385129022.17", "type": "lost", "at": 1385129022, "agent": "Agent 401" }'
    assert of(record).original == record


@pytest.mark.slow
@pytest.mark.parametrize("fill", [b"x", b"\x00", b"\xff", "\U0001f4de".encode()])
def test_the_letter_of_the_largest_usual_record_fits_into_one_request(fill: bytes) -> None:
    """Otherwise a record too large to bury would block its partition for good."""
    whole = 1_048_588  # a broker's default limit
    for share in (0.0, 0.5, 1.0):
        key = fill * (int(whole * share) // len(fill))
        value = fill * ((whole - len(key)) // len(fill))
        why = Invalid("invalid", f"Invalid enum value {value!r} - at `$.type`; the key is {key!r}")
        letter = dead_letters.from_record(
            why, topic="tocsin.call-attempts", partition=3, offset=41, key=key, value=value, at=1362382200.5
        )
        assert len(key) + len(dead_letters.encode_letter(letter)) < MAX_REQUEST_BYTES
        assert letter.original == value
