"""A partition that was just revoked needs no seek, and the worker keeps running."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from agents.worker.fetching import fetch_from_state
from aiokafka.errors import IllegalStateError, KafkaTimeoutError
from faust.types import TP
from structlog.testing import capture_logs


def consumer(error: Exception) -> Any:
    """Return a consumer whose every seek fails."""
    app = SimpleNamespace(transport=SimpleNamespace())
    fetch_from_state(cast("Any", app), dict, dict)
    made = object.__new__(cast("Any", app.transport).Consumer)

    async def seek_wait(_offsets: object) -> None:
        raise error

    made.seek_wait = seek_wait
    return made


def test_a_seek_in_a_partition_that_was_taken_away_is_none() -> None:
    asyncio.run(consumer(IllegalStateError("No current assignment for partition"))._seek(TP("calls", 3), 7))
    with pytest.raises(KafkaTimeoutError):
        asyncio.run(consumer(KafkaTimeoutError())._seek(TP("calls", 3), 7))


@pytest.mark.parametrize(("noted", "warns"), [(9, False), (3, True)])
def test_reviews_that_are_always_read_again_are_no_state_behind_the_group(noted: int, *, warns: bool) -> None:
    app, tp, sought = SimpleNamespace(transport=SimpleNamespace()), TP("reviews", 0), list[int]()
    fetch_from_state(cast("Any", app), lambda: {tp: 3}, lambda: {tp: noted})
    made = object.__new__(cast("Any", app.transport).Consumer)
    made._read_offset, made._committed_offset = {}, {}

    async def committed() -> dict[TP, int]:
        return {tp: 10}

    async def seek(_tp: TP, offset: int) -> None:
        sought.append(offset)

    made.seek_to_committed, made.seek = committed, seek
    with capture_logs() as logged:
        asyncio.run(made.perform_seek())
    assert sought == [4]
    assert [each["event"] for each in logged] == ["the state is behind the group"] * warns
