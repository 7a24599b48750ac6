"""Long work lets others run once a step has taken long, and not before."""

from __future__ import annotations

import asyncio

import pytest

from agents.worker import steps
from agents.worker.steps import Steps


@pytest.mark.parametrize(("limit", "paused"), [(-1.0, True), (60.0, False)])
def test_others_run_between_the_steps_of_long_work(
    limit: float, *, paused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "STEP_SECONDS", limit)

    async def work() -> tuple[bool, list[str]]:
        ran: list[str] = []
        asyncio.get_running_loop().call_soon(ran.append, "other work")
        return await Steps().pause(), list(ran)

    assert asyncio.run(work()) == (paused, ["other work"] if paused else [])
