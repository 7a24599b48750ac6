"""Entries of the log can be read after re-encoding, and only records that are marked as entries are read as such."""

from __future__ import annotations

import pytest
from msgspec import ValidationError

from streams.chain.entry import decode_entry, encode_entry, hash_of, is_entry, statement
from tests.streams.chain.telling import decision, published


def test_a_signature_is_no_part_of_what_it_signs_and_of_nothing_else_is_the_statement_free() -> None:
    value = encode_entry(published())
    signed = value[:-1] + b',"signature":"00"}'
    assert statement(signed) == statement(value)
    assert hash_of(signed) != hash_of(value)
    assert statement(encode_entry(published(year=2014))) != statement(value)


def test_an_entry_outlives_its_encoding() -> None:
    for entry in (published(), decision(note_digest=64 * "a")):
        assert decode_entry(encode_entry(entry)) == entry
    assert not is_entry(encode_entry(decision()))


@pytest.mark.parametrize("value", [b'{"type": "published"}', b'{"type": "elsewhere"}', b"{}"])
def test_what_is_neither_is_refused(value: bytes) -> None:
    with pytest.raises(ValidationError):
        decode_entry(value)
