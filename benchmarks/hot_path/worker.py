"""One `tocsin worker`, timed from the assignment of its partitions to the checkpoint with the last event.

Only `agents/` is patched, to hold the stopwatch: `streams/` may be compiled, and compiled code cannot be replaced.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from agents.ports import free_port, listener
from agents.worker import checkpoint, ownership
from agents.worker.roster import Roster
from agents.worker.run import run
from benchmarks.hot_path.asked import asked
from benchmarks.hot_path.stopwatch import Stopwatch, tell
from benchmarks.hot_path.topics import settings_of
from config.offices import Offices

HOST = "127.0.0.1"
# The event types behind each metric, as the truth names them.
METRICS = {
    "tocsin_calls_offered_total": "offered",
    "tocsin_calls_answered_total": "answered",
    "tocsin_calls_lost_total": "lost",
    "tocsin_calls_diverted_total": "diverted",
    "tocsin_tickets_issued_total": "issued",
    "tocsin_tickets_served_total": "served",
    "tocsin_tickets_no_show_total": "no_show",
}


def shown(page: str, site: str) -> dict[str, dict[str, dict[str, int]]]:
    """Return the totals of every line and service on a page of metrics."""
    figures: dict[str, dict[str, dict[str, int]]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if kind := METRICS.get(sample.name):
                desk = f"{site}/{sample.labels.get('line') or sample.labels['service']}"
                totals = figures.setdefault(desk, {"totals": {}})["totals"]
                totals[kind] = totals.get(kind, 0) + int(sample.value)
    return figures


def main() -> None:
    told, watch, port = asked(), Stopwatch(), free_port(HOST)
    settings = settings_of(told)
    assign, after, write = ownership.Ownership.assign, checkpoint.Checkpoint.after, checkpoint.Checkpoint.write
    seen = 0

    async def timed_assign(self: ownership.Ownership, *given: Any) -> None:
        await assign(self, *given)
        watch.start()

    def hurried_after(self: checkpoint.Checkpoint, batch: Any, events: int, *more: Any, **named: Any) -> None:
        nonlocal seen
        seen += events
        # After the last event a checkpoint is due at once, not after its usual time.
        after(self, batch, settings.checkpoint.events if seen >= told.events else events, *more, **named)

    async def timed_write(self: checkpoint.Checkpoint) -> None:
        whole = seen >= told.events
        await write(self)
        if whole:
            watch.stop()
            page = await asyncio.to_thread(lambda: urlopen(f"http://{HOST}:{port}/metrics").read().decode())
            tell(watch, seen, shown(page, settings.site))

    ownership.Ownership.assign = timed_assign  # type: ignore[method-assign, assignment]
    checkpoint.Checkpoint.after = hurried_after  # type: ignore[method-assign]
    checkpoint.Checkpoint.write = timed_write  # type: ignore[method-assign]
    run(Roster(Offices.alone(settings)), listener(HOST, port), verbose=False)


if __name__ == "__main__":
    main()
