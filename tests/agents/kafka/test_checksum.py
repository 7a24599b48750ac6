"""The compiled checksum is the one that kafka-python reckons, of bytes and of views into them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kafka.record import default_records, util  # type: ignore[import-untyped]  # ships no types

from agents.kafka import checksum


@given(st.binary(max_size=500), st.integers(0, 40))
def test_it_is_the_same(data: bytes, skipped: int) -> None:
    checksum.quicken()
    view = memoryview(bytearray(data))[skipped:]
    assert default_records.calc_crc32c(view) == util.calc_crc32c(view)


def test_the_compiled_one_is_there() -> None:
    checksum.quicken()
    assert default_records.calc_crc32c is not util.calc_crc32c
