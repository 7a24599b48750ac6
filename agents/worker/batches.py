"""Delivers fetched batches as single events, which makes Faust fast (docs/decisions/0001).

Faust's cost is per event. Its public setting `ConsumerScheduler` decides how a fetch is delivered: this scheduler
delivers all fetched records of a partition as one event, which has the offset of the last record and the list of
records as its value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP

MAX_SLICE: Final = 500  # records that are folded in one step of the event loop: some 6 ms, of witnesses far more


def batches_of(topics: frozenset[str]) -> type[DefaultSchedulingStrategy]:
    """Return a scheduler that delivers these topics in batches, and all others as Faust does.

    Changelog topics must not be among them: recovery reads record by record.
    """

    class Batches(DefaultSchedulingStrategy):
        def iterate(self, records: Mapping[TP, list[Any]]) -> Iterator[tuple[TP, Any]]:
            return super().iterate(
                {
                    tp: [replace(fetched[-1], key=None, value=fetched)] if tp.topic in topics and fetched else fetched
                    for tp, fetched in records.items()
                }
            )

    return Batches


def in_slices(messages: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield the records of a batch in their order, as many at a time as one step of the event loop folds."""
    for first in range(0, len(messages), MAX_SLICE):
        yield messages[first : first + MAX_SLICE]
