"""Time advances in one place: by the wall clock once nothing is left to fold, and never because of a scrape."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import pytest
from faust.types import TP

from agents.worker import steps
from agents.worker.continuity import Gap
from agents.worker.liveness import Health
from agents.worker.progress import RESTORATION
from streams.kept import record
from tests.agents.scraping import NOW, OFFICE, TOPIC, Worker, calls
from tests.streams.telling import value as told

LIVE = OFFICE.model_copy(update={"clock": "wall"})


def states(worker: Worker) -> list[bytes]:
    partitions = worker.ownership.partitions.values()
    folded: Iterable[Any] = (each for owned in partitions for each in (*owned.desks(), *owned.intakes.values()))
    return [record.encode(each.state) for each in folded]


def old_and_new() -> Worker:
    """Return a worker with two open calls; the first is too old to get an outcome."""
    worker, now = Worker(LIVE, ends={0: 2, 1: 0}), time.time()
    worker.take(told("offered", now - 7_400, "old"), told("offered", now - 300, "new"))
    return worker


def unresolved(worker: Worker) -> float | None:
    return worker.value("tocsin_calls_unresolved_total")


def test_a_scrape_changes_nothing() -> None:
    worker = old_and_new()
    before = states(worker)
    assert [unresolved(worker), unresolved(worker)] == [0, 0]
    assert states(worker) == before
    asyncio.run(worker.progress.pass_time())
    after = states(worker)
    assert after != before
    assert [unresolved(worker), unresolved(worker)] == [1, 1]
    assert states(worker) == after


def test_what_time_alone_changed_outlives_a_restart() -> None:
    worker = old_and_new()
    worker.restart()
    asyncio.run(worker.progress.pass_time())
    worker.restart()
    assert unresolved(worker) == 1


def test_days_are_published_again_once_what_an_earlier_owner_may_have_published_is_folded() -> None:
    worker = Worker(LIVE, ends={0: 3, 1: 0})
    worker.ownership.caught_up = set()
    owned = worker.ownership.partitions[0]
    worker.take(*calls(2))
    assert owned.changed().days
    worker.progress.catch_up()
    assert not owned.changed().days
    worker.take(calls(1)[0])  # unchanged days
    worker.progress.catch_up()
    assert owned.changed().days
    worker.progress.catch_up()
    assert not owned.changed().days


def test_no_counter_falls_while_events_that_were_in_no_checkpoint_are_folded_again() -> None:
    worker = Worker(ends={0: 4, 1: 0})
    worker.ownership.caught_up = set()
    events = "tocsin_events_total", frozenset({"topic": TOPIC, "result": "ok"}.items())
    for call in calls(4):
        worker.progress.catch_up()
        assert worker.value("tocsin_calls_offered_total") is None, "an earlier owner may have shown more"
        assert events not in worker.scrape()
        worker.take(call)
    worker.progress.catch_up()
    assert (worker.value("tocsin_calls_offered_total"), worker.scrape()[events]) == (4, 4)
    worker.ownership.revoke()
    assert events not in worker.scrape()


@pytest.mark.parametrize("health", ["waiting", "stalled"])
def test_time_stands_still_while_the_broker_is_away_or_the_worker_does_not_go_forward(health: Health) -> None:
    worker = old_and_new()
    worker.health.status = health
    asyncio.run(worker.progress.pass_time())
    assert unresolved(worker) == 0


def test_by_the_clock_of_the_events_only_events_let_time_pass() -> None:
    worker = Worker(ends={0: 1, 1: 0})
    worker.take(told("offered", NOW))
    before = states(worker)
    asyncio.run(worker.progress.pass_time())
    assert states(worker) == before
    assert worker.progress.now() == round(1000 * NOW)


def test_by_the_wall_clock_it_is_now() -> None:
    before = round(1000 * time.time())
    assert before <= Worker(LIVE).progress.now() <= round(1000 * time.time())


def test_what_is_left_to_fold_is_known_where_the_broker_has_told_the_end() -> None:
    worker = Worker(ends={0: 30, 1: None})
    worker.take(*calls(3))
    partition = TP(TOPIC, 0)
    assert worker.progress.lag()[partition] == 27
    assert TP(TOPIC, 1) not in worker.progress.lag()
    assert worker.progress.gaps() == {partition: Gap(3, 30)}
    positions, left = worker.progress.look()
    assert (positions[partition], left[partition]) == (2, 27)


def test_while_partitions_change_hands_what_was_restored_stands_for_them() -> None:
    worker = Worker(ends={0: 30})
    worker.ownership.revoke()
    worker.ownership.restore(
        0, b"line lozere/standard", record.encode(Worker().ownership.partitions[0].lines[b"lozere/standard"].state)
    )
    assert worker.progress.look() == ({RESTORATION: 1}, {RESTORATION: 1})


def test_a_partition_that_was_just_taken_away_has_no_end() -> None:
    worker = Worker(LIVE, ends={0: 2})  # it still owns the other partition, which Kafka's client no longer knows
    worker.take(told("offered", NOW))
    assert {tp.partition for tp in worker.progress.lag()} == {0}


def test_what_else_waits_goes_on_between_the_steps_of_passing_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STEP_SECONDS", -1.0)
    worker, seen = old_and_new(), list[float | None]()

    async def passing() -> None:
        under_way = asyncio.create_task(worker.progress.pass_time())
        while not under_way.done():
            seen.append(len(worker.ownership.partitions[0].lines[b"lozere/standard"].state.live))
            await asyncio.sleep(0)

    asyncio.run(passing())
    assert seen[0] == 2
    assert seen[1:-1] == [1] * (len(seen) - 2), "the line's own step is one"
    assert len(seen) > 2


def test_time_passes_no_further_where_partitions_change_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STEP_SECONDS", -1.0)
    worker = old_and_new()
    partitions = list(worker.ownership.partitions.values())

    async def passing() -> None:
        under_way = asyncio.create_task(worker.progress.pass_time())
        await asyncio.sleep(0)
        worker.ownership.revoke()
        await under_way

    asyncio.run(passing())
    assert sum(line.state.watch.due > 0 for owned in partitions for line in owned.lines.values()) == 1
