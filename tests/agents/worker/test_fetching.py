"""A partition that was just revoked needs no seek, and the worker keeps running."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka.errors import IllegalStateError, KafkaTimeoutError
from faust.types import TP

from agents.worker.fetching import fetch_from_state


def consumer(error: Exception) -> Any:
    """Return a consumer whose every seek fails."""
    app = SimpleNamespace(transport=SimpleNamespace())
    fetch_from_state(cast("Any", app), dict)
    made = object.__new__(cast("Any", app.transport).Consumer)

    async def seek_wait(_offsets: object) -> None:
        raise error

    made.seek_wait = seek_wait
    return made


def test_a_seek_in_a_partition_that_was_taken_away_is_none() -> None:
    asyncio.run(consumer(IllegalStateError("No current assignment for partition"))._seek(TP("calls", 3), 7))
    with pytest.raises(KafkaTimeoutError):
        asyncio.run(consumer(KafkaTimeoutError())._seek(TP("calls", 3), 7))
