"""Quix Streams, with each line's figures in its state, with a changelog."""

from __future__ import annotations

import tempfile
import time
from typing import Any

from quixstreams import Application, State

from benchmarks.hot_path.asked import asked
from benchmarks.hot_path.figures import begun, count, summary
from benchmarks.hot_path.stopwatch import Stopwatch, tell


def main() -> None:
    told, watch, seen = asked(), Stopwatch(), 0
    shown: dict[str, Any] = {}

    def fold(event: dict[str, Any], key: str, _timestamp: int, _headers: Any, state: State) -> None:
        nonlocal seen
        watch.start()
        figures = count(state.get("figures") or begun(), event["type"], event["at"], event.get("wait"))
        state.set("figures", figures)
        shown[key] = figures
        seen += 1

    with tempfile.TemporaryDirectory() as folder:
        app = Application(
            broker_address=told.broker,
            consumer_group=f"quix-{time.time_ns()}",
            auto_offset_reset="earliest",
            state_dir=folder,
            loglevel="ERROR",
        )
        for name in told.topics:
            app.dataframe(app.topic(name, key_deserializer="str")).update(fold, stateful=True, metadata=True)
        app.run(count=told.events)
        watch.stop()
        tell(watch, seen, {key: summary(figures) for key, figures in shown.items()})


if __name__ == "__main__":
    main()
