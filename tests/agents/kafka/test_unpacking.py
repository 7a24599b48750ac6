"""The compiled code equals kafka-python's: checksums of bytes and of views, and the records in a batch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kafka import codec  # type: ignore[import-untyped]  # ships no types
from kafka.record import default_records, util  # type: ignore[import-untyped]  # ships no types

from agents.kafka import unpacking


@given(st.binary(max_size=500), st.integers(0, 40))
def test_the_checksum_is_the_same(data: bytes, skipped: int) -> None:
    unpacking.quicken()
    view = memoryview(bytearray(data))[skipped:]
    assert default_records.calc_crc32c(view) == util.calc_crc32c(view)


@given(st.lists(st.binary(max_size=500), min_size=1, max_size=3))
def test_what_was_packed_is_the_same(parts: list[bytes]) -> None:
    unpacking.quicken()
    packed = b"".join(codec.gzip_encode(part) for part in parts)
    for told in (packed, memoryview(packed)):
        assert default_records.gzip_decode(told) == codec.gzip_decode(packed) == b"".join(parts)


def test_the_compiled_ones_are_there() -> None:
    unpacking.quicken()
    assert default_records.calc_crc32c is not util.calc_crc32c
    assert default_records.gzip_decode is not codec.gzip_decode
