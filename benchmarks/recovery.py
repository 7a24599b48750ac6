"""How long a worker takes to own its lines again, against the size of their states.

Run it by `make bench`. It writes states of a busy line, as large as they get, to the changelog of a real broker (named
by TOCSIN_TEST_BROKER, or an embedded one). Then it starts a worker and measures the time until the worker shows the
lines. Results: benchmarks/README.md.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from agents.catalogue import catalogue
from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, partition_of, producer, topic
from agents.kafka.topics import create_topics, topic_id
from benchmarks.traffic import LineTraffic, traffic
from config.offices import Offices
from config.settings import load
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.intake import desk_key
from streams.kept import record
from tests.agents.running import worker

SIZES = (1, 16, 64, 256)


def busy_state() -> bytes:
    """Return the record of a line that has been busy for days."""
    line = Line(LineRules(site="lozere", line="line-0"))
    busy = [LineTraffic(line="line-0", calls_an_hour=400.0, lost=0.05)]
    days = [(1_400_000_000.0 + day * 86_400, 1_400_028_800.0 + day * 86_400) for day in range(5)]
    for event in islice(traffic("lozere", busy, days, seed=1), 50_000):
        line.fold(event)
    line.state.offset = 0
    return record.encode(line.state)


def measure(bootstrap: str, lines: int, state: bytes) -> tuple[int, float]:
    """Return the size (bytes) of the states of `lines` lines, and the time (s) until a new worker shows them all."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "office.yaml")
        config.write_text(json.dumps({"site": "lozere", "lines": {f"line-{n}": {} for n in range(lines)}}))
        environ = {"TOCSIN_KAFKA_BOOTSTRAP": bootstrap, "TOCSIN_KAFKA_PREFIX": f"recovery-{time.time_ns()}."}
        settings = load(config, environ)
        create_topics(settings)
        client, total = producer(settings), 0
        decoded = record.decode(state, LineState)
        decoded.feed = topic_id(settings, Topic.CALL_ATTEMPTS)
        for key, rules in catalogue(Offices.alone(settings)).lines.items():
            decoded.line = rules.id
            value = record.encode(decoded)
            total += len(value)
            home = partition_of(key, settings.kafka.partitions)
            client.send(topic(settings, Topic.STATE), key=desk_key("line", key), value=value, partition=home)
        client.close()
        begin = time.monotonic()
        with worker(settings, TOCSIN_CONFIG=str(config)) as running:
            while True:
                time.sleep(0.05)
                try:
                    shown = sum(
                        name == "tocsin_calls_offered_total" and value > 0
                        for (name, _), value in running.samples().items()
                    )
                except OSError:
                    continue
                if shown == lines:
                    return total, time.monotonic() - begin


def main() -> None:
    state = busy_state()
    with ExitStack() as stack:
        bootstrap = os.environ.get("TOCSIN_TEST_BROKER") or stack.enter_context(embedded_broker())
        for lines in SIZES:
            size, seconds = measure(bootstrap, lines, state)
            print(
                f"{lines:>4} lines {size / 1e6:>7.1f} MB of state  {seconds:>6.1f} s until a worker shows them",
                flush=True,
            )


if __name__ == "__main__":
    main()
