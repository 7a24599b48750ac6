"""Owned partitions have states, revoked ones are dropped whole, and an older state never replaces a newer one."""

from __future__ import annotations

import asyncio

import pytest
from faust.types import TP

from agents.worker import steps
from agents.worker.continuity import Gap
from streams.kept import record
from tests.agents.scraping import FEEDS, HOMES, TOPIC, Worker, calls

LINE = b"lozere/standard"
KEY = b"line " + LINE
CALLS = TP(TOPIC, 0)


def test_a_record_of_an_older_state_does_not_replace_a_newer_one() -> None:
    worker = Worker()
    line = worker.ownership.partitions[0].lines[LINE]
    worker.take(*calls(1))
    older = record.encode(line.state)
    worker.take(*calls(3))
    newer = record.encode(line.state)
    for written in (newer, older):
        worker.ownership.restore(0, KEY, written)
    asyncio.run(worker.ownership.assign([0, 1], FEEDS))
    assert worker.ownership.partitions[0].lines[LINE].state.offset == 3
    assert worker.ownership.restored == 2


def test_what_is_owned_no_more_is_forgotten_with_its_records() -> None:
    worker = Worker()
    worker.take(*calls(2))
    worker.restart()
    assert worker.ownership.positions()[CALLS] == 1
    worker.ownership.revoke()
    assert (worker.ownership.positions(), worker.ownership.settled) == ({}, False)
    asyncio.run(worker.ownership.assign([1], FEEDS))
    assert {tp.partition for tp in worker.ownership.positions()} == {1}
    asyncio.run(worker.ownership.assign([0, 1], FEEDS))
    assert worker.ownership.positions()[CALLS] == -1, "its next state comes from the changelog"


def test_partitions_that_are_revoked_while_they_are_assigned_are_not_owned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STEP_SECONDS", -1.0)
    worker = Worker()
    worker.ownership.revoke()

    async def revoke_meanwhile() -> None:
        assigning = asyncio.create_task(worker.ownership.assign([0, 1], FEEDS))
        await asyncio.sleep(0)
        worker.ownership.revoke()
        await assigning

    asyncio.run(revoke_meanwhile())
    assert (worker.ownership.partitions, worker.ownership.settled) == ({}, False)


def test_partitions_that_are_assigned_while_a_line_is_new_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STEP_SECONDS", -1.0)
    worker = Worker()
    every = worker.roster.catalogue._replace(home=HOMES.__getitem__)
    worker.ownership.revoke()
    worker.ownership.renew(every._replace(lines={}))

    async def renew_meanwhile() -> None:
        assigning = asyncio.create_task(worker.ownership.assign([0, 1], FEEDS))
        await asyncio.sleep(0)
        worker.ownership.renew(every)
        await assigning

    asyncio.run(renew_meanwhile())
    assert worker.ownership.settled
    assert LINE in worker.ownership.partitions[0].lines


def test_what_came_for_a_line_before_it_was_configured_is_read_again() -> None:
    worker = Worker()
    every = worker.roster.catalogue._replace(home=HOMES.__getitem__)
    worker.ownership.renew(every._replace(lines={}))
    worker.take(*calls(3))
    assert worker.ownership.positions()[CALLS] == 2
    assert worker.ownership.renew(every) == [CALLS]
    assert worker.ownership.positions()[CALLS] == -1
    assert worker.ownership.renew(every) == [], "no line is new"


def test_a_partition_counts_as_read_up_to_the_end_of_a_gap_and_never_falls_back() -> None:
    worker = Worker()
    worker.ownership.pass_over(CALLS, Gap(0, 7))
    assert worker.ownership.positions()[CALLS] == 6
    worker.ownership.pass_over(CALLS, Gap(0, 5))
    assert worker.ownership.positions()[CALLS] == 6
    worker.ownership.pass_over(TP(TOPIC, 5), Gap(0, 7))
    assert worker.ownership.positions()[TP(TOPIC, 1)] == -1


def test_a_partition_is_whole_only_with_all_inputs_of_its_number() -> None:
    ownership = Worker().ownership
    inputs = sorted(ownership.topics.values())
    every = {TP(name, number) for name in inputs for number in (0, 1, 2)}
    state = {TP("tocsin.worker-state-changelog", number) for number in range(5)}
    assert ownership.whole(every | state) == ([0, 1, 2], [])
    assert ownership.whole(state) == ([], [])
    for lacking in inputs:
        assert ownership.whole((every | state) - {TP(lacking, 1)}) == ([0, 2], [1])
    assert ownership.whole({TP(inputs[0], 2)}) == ([], [2])
