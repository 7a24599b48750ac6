"""Each desk knows its kind, and is freed as soon as it is dropped."""

from __future__ import annotations

import gc

import msgspec

from streams.desks.kinds import kind_of
from tests.agents.scraping import NOW, Worker, calls, ticket
from tests.streams.desks.test_line_witness import events, folded, office, second


def test_every_desk_of_an_office_has_a_kind() -> None:
    partitions = Worker().ownership.partitions.values()
    kinds = {kind_of(desk) for partition in partitions for desk in partition.desks()}
    assert kinds == {"line", "service", "channel"}


def test_a_desk_that_is_dropped_is_freed_without_a_garbage_collection() -> None:
    """A worker excludes its desks from collections, so a desk that refers to itself would stay for ever."""
    worker, made = Worker(), office(2.0)
    worker.take(*calls(3))
    worker.call(ticket("A1", "issued", 0), ticket("A1", "called", 60, "3"))
    worker.request(
        msgspec.json.encode({"channel": "email", "request": "7", "type": "received", "at": NOW}),
    )
    witnessed = folded(events(made), second(events(made)))
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        worker.ownership.revoke()
        del witnessed
        gc.collect()
        left = {type(each).__name__ for each in gc.garbage if type(each).__module__.startswith("streams.")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert left == set()
