"""Faust as in its guide: an agent takes event by event, a table with a changelog keeps each line's figures."""

from __future__ import annotations

import time
from typing import Any

import faust

from benchmarks.hot_path.asked import PARTITIONS, asked
from benchmarks.hot_path.figures import begun, count, summary
from benchmarks.hot_path.stopwatch import Stopwatch, tell


def main() -> None:
    told, watch, seen = asked(), Stopwatch(), 0
    app = faust.App(
        f"faust-{time.time_ns()}",
        broker=f"kafka://{told.broker}",
        broker_session_timeout=6.0,
        consumer_auto_offset_reset="earliest",
        topic_disable_leader=True,
        topic_partitions=PARTITIONS,
        web_enabled=False,
    )
    table = app.Table("figures", default=begun, partitions=PARTITIONS, key_type=str, value_type=None)

    @app.agent(app.topic(*told.topics, key_type=str, key_serializer="raw", value_serializer="json"))
    async def fold(stream: Any) -> None:
        nonlocal seen
        async for key, event in stream.items():
            table[key] = count(table[key], event["type"], event["at"], event.get("wait"))
            seen += 1
            if seen == told.events:
                watch.stop()
                tell(watch, seen, {str(each): summary(figures) for each, figures in table.items()})

    @app.on_partitions_assigned.connect
    async def begin(*_: Any, **__: Any) -> None:
        watch.start()

    worker = faust.Worker(app, loglevel="ERROR", quiet=True, redirect_stdouts=False)
    worker.spinner = None  # it would write to standard output
    worker.execute_from_commandline()


if __name__ == "__main__":
    main()
