"""All records fetched from an input's partition come as one event, which has the last record's offset."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from faust.types import TP

from agents.worker import batches
from agents.worker.batches import Slices, batches_of


@dataclass
class Fetched:
    offset: int
    key: bytes
    value: bytes
    timestamp: int = 1_362_382_200_000
    timestamp_type: int = 0


def test_an_input_comes_by_the_batch_and_a_changelog_record_by_record() -> None:
    calls, changelog, empty = TP("calls", 0), TP("changelog", 0), TP("calls", 1)
    fetched = {tp: [Fetched(number, b"key", b"value") for number in range(3)] for tp in (calls, changelog)}
    given = list(batches_of(frozenset({"calls"}))().iterate({**fetched, empty: []}))
    (batch,) = (record for tp, record in given if tp == calls)
    assert (batch.topic, batch.partition, batch.offset, batch.timestamp) == ("calls", 0, 2, 1_362_382_200_000)
    assert (batch.key, batch.value) == (None, fetched[calls])
    assert [record for tp, record in given if tp == changelog] == fetched[changelog]
    assert [tp for tp, _ in given if tp == empty] == []


def test_a_batch_is_folded_in_slices_that_lose_and_repeat_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_SLICE", 3)
    for count in range(1, 9):
        slices = list(Slices().of(range(count)))
        assert [each for some in slices for each in some] == list(range(count))
        assert all(1 <= len(some) <= 3 for some in slices)


def test_slices_of_slow_records_are_short_and_grow_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now, cost = [0.0], [1.0]  # s a record
    monkeypatch.setattr(batches, "perf_counter", lambda: now[0])
    slices, sizes = Slices(), []
    for some in slices.of(range(3_000)):
        with slices.timed(len(some)):
            now[0] += cost[0] * len(some)
        sizes.append(len(some))
        if len(sizes) == 3:
            cost[0] = 1e-6
    assert sizes[:3] == [batches.MAX_SLICE, 1, 1]
    assert sizes[3:6] == [1, 2, 4]
    assert max(sizes[4:]) == batches.MAX_SLICE
    assert sum(sizes) == 3_000
