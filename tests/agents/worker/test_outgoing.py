"""A record goes to its topic, key and partition by Faust's producer, which is started first."""

from __future__ import annotations

import asyncio
import inspect
from asyncio import Future
from types import SimpleNamespace
from typing import Any, cast

from faust.transport.drivers.aiokafka import Producer

from agents.worker.outgoing import Outgoing, sender


def test_a_record_is_given_to_a_started_producer_that_promises_an_answer() -> None:
    answer, done = cast("Future[Any]", object()), list[object]()

    async def maybe_start() -> None:
        done.append("started")

    async def send(*record: object) -> Future[Any]:
        done.append(dict(zip(inspect.signature(Producer.send).parameters, (None, *record), strict=False)))
        return answer

    app = cast("Any", SimpleNamespace(producer=SimpleNamespace(maybe_start=maybe_start, send=send)))
    assert asyncio.run(cast("Any", sender(app)(Outgoing("states", b"key", None, 3)))) is answer
    started, sent = done
    assert started == "started"
    assert sent == {
        **dict.fromkeys(["self", "value", "timestamp", "headers"]),
        "topic": "states",
        "key": b"key",
        "partition": 3,
    }
