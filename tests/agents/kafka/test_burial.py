"""Each refused record is in exactly one dead letter: alone for the first few of a cause, then in aggregated ones."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.kafka import burial
from agents.kafka.burial import MOST_OF_A_CAUSE, MOST_RUNS, MOST_WHOLE, Burial
from agents.kafka.client import MAX_REQUEST_BYTES
from agents.kafka.dead_letters import DeadLetter, Source, encode_letter
from agents.sources.entry import Refused
from streams.decoding import Invalid
from streams.intake import Rejected

CALLS = Source("tocsin.call-attempts", 3)


def rejected(offset: int, reason: str = "unknown-line", value: bytes = b"{}") -> Rejected:
    return Rejected(offset, b"lozere/l0", value, reason, "lozere/l0 is not in the catalogue")


def buried(*records: Rejected, source: Source = CALLS) -> list[DeadLetter]:
    held = Burial()
    return [*(letter for _, letter in held.records(source, records, 7.0)), *held.sums(8.0)]


@given(st.lists(st.sampled_from(["unknown-line", "malformed", "wrong-key"])))
def test_every_record_is_in_one_letter(reasons: list[str]) -> None:
    letters = buried(*(rejected(offset, reason) for offset, reason in enumerate(reasons * 20)))
    places = Counter(
        (place, letter.reason)
        for letter in letters
        for first, last in letter.places()
        for place in range(first, last + 1)
    )
    assert places == Counter(enumerate(reasons * 20))
    assert sum(letter.count or 1 for letter in letters) == len(reasons) * 20


def test_a_cause_is_a_reason_in_one_partition() -> None:
    held = Burial()
    flood = [rejected(offset) for offset in range(100)]
    for partition in (0, 1):
        letters = list(held.records(Source("tocsin.call-attempts", partition), flood, 7.0))
        assert len(letters) == MOST_OF_A_CAUSE
    assert len(list(held.records(Source("tocsin.call-attempts", 0), [rejected(100, "malformed")], 7.0))) == 1
    assert [(letter.partition, letter.count) for letter in held.sums(8.0)] == [(0, 80), (1, 80)]


def test_many_causes_together_are_bounded_too() -> None:
    held = Burial()
    whole = [
        letter
        for partition in range(1_000)
        for letter in held.records(Source("tocsin.requests", partition), [rejected(n) for n in range(10)], 7.0)
    ]
    assert len(whole) == MOST_WHOLE
    assert sum(letter.count or 0 for letter in held.sums(8.0)) == 10_000 - MOST_WHOLE


@pytest.mark.slow
def test_large_records_are_not_gathered_in_memory() -> None:
    letters = buried(*(rejected(offset, value=bytes(1_000_000)) for offset in range(18)))
    assert [letter.count for letter in letters] == [None] * 16 + [2]
    assert burial.MOST_BYTES // 1_000_000 == 16


def test_a_sum_fits_into_one_request_whatever_is_between_its_records() -> None:
    letters = buried(*(rejected(2 * offset + 10**15) for offset in range(2 * MOST_RUNS + MOST_OF_A_CAUSE)))
    sums = [letter for letter in letters if letter.count]
    assert [letter.count for letter in sums] == [MOST_RUNS, MOST_RUNS]
    assert all(len(encode_letter(letter)) < MAX_REQUEST_BYTES for letter in sums)


def test_rows_of_a_file_are_summed_up_by_their_numbers() -> None:
    held = Burial()
    rows = [Refused(row, b"torn", Invalid("malformed", "torn")) for row in range(1, 101)]
    whole = [letter for row in rows for letter in held.row(Source(file="pbx.csv"), row, 7.0)]
    (summed,) = held.sums(8.0)
    assert [letter.row for letter in whole] == list(range(1, MOST_OF_A_CAUSE + 1))
    assert (summed.file, summed.row, summed.last, summed.count) == ("pbx.csv", 21, 100, 80)
    assert (summed.topic, summed.offset, summed.original) == (None, None, None)
