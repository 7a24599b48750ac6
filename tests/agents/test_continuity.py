"""A batch that does not follow on from the state is read again; only the topic's own gap is let pass."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from faust.types import TP

from agents.continuity import Continuity


class Consumer:
    """Stand for Faust's consumer: remember where it was asked to seek."""

    def __init__(self) -> None:
        self.sought: list[tuple[TP, int]] = []

    async def seek(self, tp: TP, offset: int) -> None:
        self.sought.append((tp, offset))


def of(offset: int) -> tuple[Continuity, Consumer, Any]:
    state = SimpleNamespace(offset=offset)
    ownership = SimpleNamespace(partitions={3: SimpleNamespace(state=state)})
    consumer = Consumer()
    return Continuity(cast("Any", SimpleNamespace(consumer=consumer)), "calls", cast("Any", ownership)), consumer, state


def test_what_follows_on_or_repeats_is_admitted() -> None:
    continuity, consumer, _ = of(500)
    assert [asyncio.run(continuity.admit(3, first)) for first in (501, 400, 0)] == [True, True, True]
    assert consumer.sought == []


def test_what_lies_beyond_is_read_again_from_where_the_state_ends() -> None:
    continuity, consumer, state = of(500)
    assert not asyncio.run(continuity.admit(3, 1001))
    assert not asyncio.run(continuity.admit(3, 1501))  # it was on its way already
    assert consumer.sought == [(TP("calls", 3), 501)] * 2
    assert asyncio.run(continuity.admit(3, 501))
    state.offset = 1000
    assert asyncio.run(continuity.admit(3, 1001))


def test_a_gap_of_the_topic_itself_is_passed_when_nothing_else_comes_a_second_time() -> None:
    continuity, consumer, state = of(-1)
    assert not asyncio.run(continuity.admit(3, 7000))
    assert asyncio.run(continuity.admit(3, 7000))
    assert consumer.sought == [(TP("calls", 3), 0)]
    state.offset = 7499
    assert not asyncio.run(continuity.admit(3, 9000)), "another gap is judged anew"


def test_a_partition_that_gets_nothing_is_read_again() -> None:
    continuity, consumer, _ = of(500)
    asyncio.run(continuity.resume({3: 12}))
    asyncio.run(continuity.resume({3: 0}))
    assert consumer.sought == [(TP("calls", 3), 501)]
