"""Delivers fetched batches as single events, which makes Faust fast (docs/decisions/0001).

Faust's cost is per event. Its public setting `ConsumerScheduler` decides how a fetch is delivered: this scheduler
delivers all fetched records of a partition as one event, which has the offset of the last record and the list of
records as its value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any, Final

from aiokafka import ConsumerRecord
from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP

MAX_SLICE: Final = 500  # records that are folded in one step of the event loop: some 6 ms
STEP_SECONDS: Final = 0.05  # of a step whose records cost more, as a witness's do


def batches_of(topics: frozenset[str]) -> type[DefaultSchedulingStrategy]:
    """Return a scheduler that delivers these topics in batches, and all others as Faust does.

    Changelog topics must not be among them: recovery reads record by record.
    """

    class Batches(DefaultSchedulingStrategy):
        def iterate(self, records: Mapping[TP, list[Any]]) -> Iterator[tuple[TP, Any]]:
            return super().iterate(
                {
                    tp: [_batch(tp, fetched)] if tp.topic in topics and fetched else fetched
                    for tp, fetched in records.items()
                }
            )

    return Batches


def _batch(tp: TP, fetched: list[Any]) -> ConsumerRecord[None, list[Any]]:
    last = fetched[-1]
    return ConsumerRecord(*tp, last.offset, last.timestamp, last.timestamp_type, None, fetched, None, -1, -1, ())


class Slices:
    """Cuts an input's batches into slices that each take about one step of the event loop."""

    def __init__(self) -> None:
        self._size = MAX_SLICE

    def of(self, messages: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """Yield the records of a batch in their order, as many at a time as one step should fold."""
        first = 0
        while first < len(messages):
            last = first + self._size
            yield messages[first:last]
            first = last

    @contextmanager
    def timed(self, count: int) -> Iterator[None]:
        """Measure the fold of `count` records, which decides how many records the next slice has."""
        begin = perf_counter()
        yield
        fitting = count * STEP_SECONDS / max(perf_counter() - begin, 1e-9)
        self._size = min(MAX_SLICE, 2 * self._size, max(1, int(fitting)))
