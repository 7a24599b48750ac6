"""The meter charges each part with its own CPU time, and knows the longest step of the event loop."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace

import pytest

from benchmarks.live.meter import REST, Meter


def busy(seconds: float) -> None:
    ends = time.thread_time() + seconds
    while time.thread_time() < ends:
        pass


def test_work_is_charged_to_its_part_and_not_the_waits_between_its_steps() -> None:
    meter = Meter()

    async def work(seconds: float) -> str:
        busy(seconds)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(60), 0.01)
        busy(seconds)
        return "done"

    async def both() -> list[str]:
        other = asyncio.create_task(asyncio.to_thread(busy, 0.05))
        found = await asyncio.gather(meter.timed_steps("work", work)(0.02), meter.timed_steps("more", work)(0.01))
        await other
        return list(found)

    assert asyncio.run(both()) == ["done", "done"]
    meter.timed("sync", busy)(0.03)
    spent = meter.tell().spent
    assert spent == pytest.approx({"work": 0.04, "more": 0.02, "sync": 0.03}, abs=0.008)


def test_the_longest_step_is_named_by_the_part_that_took_most_of_it() -> None:
    meter = Meter()
    timed = meter.step(lambda work: work())
    timed(lambda: meter.timed("fold", busy)(0.02))
    assert meter.tell().longest_part == "fold"
    timed(lambda: busy(0.04))
    assert meter.tell().longest_part == REST
    assert meter.tell().longest == pytest.approx(0.04, abs=0.01)
    meter.begin()
    assert (meter.tell().longest, meter.tell().spent) == (0.0, {})


def test_the_time_from_append_to_fold_is_of_each_record() -> None:
    meter, now = Meter(), time.time() * 1000
    meter.folded([SimpleNamespace(timestamp=now - 50), SimpleNamespace(timestamp=now - 10)])
    assert meter.tell().events == 2
    assert meter.tell().to_fold_ms == pytest.approx([50, 10], abs=5)
