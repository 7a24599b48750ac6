"""A batch that does not continue the state is read again, unless the topic itself has the gap."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from faust.types import TP

from agents.worker.continuity import Continuity, Gap


class Consumer:
    """A fake of Faust's consumer that remembers its seeks."""

    def __init__(self) -> None:
        self.sought: list[tuple[TP, int]] = []

    async def seek(self, tp: TP, offset: int) -> None:
        self.sought.append((tp, offset))


AT = TP("calls", 3)


def of(*empty: Gap) -> tuple[Continuity, Consumer]:
    """Return an admission of batches whose own reader finds these gaps of the calls empty."""
    consumer = Consumer()
    app = cast("Any", SimpleNamespace(consumer=consumer))
    return Continuity(app, lambda tp, gap: tp == AT and gap in empty), consumer


def admit(continuity: Continuity, due: int, came: int) -> bool:
    return asyncio.run(continuity.admit(AT, Gap(due, came)))


def test_what_follows_on_or_repeats_is_admitted() -> None:
    continuity, consumer = of()
    assert [admit(continuity, 501, first) for first in (501, 400, 0)] == [True, True, True]
    assert consumer.sought == []


def test_what_lies_beyond_is_read_again_from_where_the_state_ends() -> None:
    continuity, consumer = of()
    assert not admit(continuity, 501, 1001)
    assert not admit(continuity, 501, 1501)  # it was on its way already
    assert consumer.sought == [(AT, 501)] * 2
    assert admit(continuity, 501, 501)
    assert admit(continuity, 1001, 1001)


def test_records_that_are_dropped_twice_are_read_a_third_time() -> None:
    continuity, consumer = of()
    assert [admit(continuity, 501, 1001) for _ in range(3)] == [False] * 3
    assert consumer.sought == [(AT, 501)] * 3
    assert admit(continuity, 501, 501)


def test_a_gap_of_the_topic_itself_is_passed_when_nothing_else_comes_a_second_time() -> None:
    continuity, consumer = of(Gap(0, 7000))
    assert not admit(continuity, 0, 7000)
    assert admit(continuity, 0, 7000)
    assert consumer.sought == [(AT, 0)]
    assert not admit(continuity, 7500, 9000), "another gap is judged anew"


def test_each_partition_of_each_topic_has_its_own_gap() -> None:
    continuity, consumer = of()
    assert not admit(continuity, 0, 7000)
    assert not asyncio.run(continuity.admit(TP("tickets", 3), Gap(0, 7000)))
    assert consumer.sought == [(AT, 0), (TP("tickets", 3), 0)]


def test_a_partition_that_gets_nothing_is_read_again_unless_nothing_is_there() -> None:
    continuity, consumer = of(Gap(501, 502))
    elsewhere, passed = TP("tickets", 3), list[tuple[TP, Gap]]()
    gaps = {AT: Gap(501, 502), elsewhere: Gap(7, 9)}
    asyncio.run(continuity.resume(gaps, lambda tp, gap: passed.append((tp, gap))))
    assert passed == [(AT, Gap(501, 502))]
    assert consumer.sought == [(elsewhere, 7)]
