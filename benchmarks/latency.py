"""How long a call takes from its append to the worker's metric, and to the webhook of the alert that it raises.

Run it by `make bench`. A flow of an office's events runs at a share of one worker's maximal rate; every other second a
marked call joins a line of its own. It is timed until a scrape of the worker shows it, and until Alertmanager posts the
alert of a rule for it. Worker, Prometheus and Alertmanager are real and work every second (`EVERY`); the rule has no
`for`, and Alertmanager no `group_wait`. Results: docs/performance.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Queue
from random import Random
from threading import Thread
from typing import Any, Final, NamedTuple

import msgspec
import yaml
from aiokafka import AIOKafkaProducer

from agents.ingest.send import address
from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, partition_of, producer, topic
from agents.kafka.topics import create_topics
from benchmarks import page
from benchmarks.hot_path.asked import Asked
from benchmarks.hot_path.topics import fill, first_events, settings_of
from benchmarks.hot_path.traffic import office_events
from benchmarks.hot_path.ways import OWN, WORKER, run
from config.settings import DEFAULT, Settings, load
from streams.events import CallEvent
from tests.agents.running import HOST, Running, worker
from tests.deploy.servers import alertmanager, configuration, prometheus
from tests.deploy.webhook import Webhook, webhook

MARK: Final = "mark"
FIRST_MARK: Final = 1_399_876_200.0  # epoch s
EVERY: Final = "1s"
SHOWN: Final = re.compile(rf'^tocsin_calls_offered_total\{{[^}}]*line="{MARK}"[^}}]*\}} (\S+)', re.MULTILINE)
PROGRAMS: Final = (("prometheus",), ("prometheus-alertmanager", "alertmanager"))
SHARES: Final = (0.01, 0.5, 0.9)
LOOK_SECONDS: Final = 0.02  # between two scrapes for a mark
PATIENCE: Final = 60.0
BACKLOG: Final = 200_000  # events, for measuring the maximal rate
AHEAD: Final = 100_000  # events of the flow that are made before they are due

_HEAD: Final = """\
| of the top rate | sent/s | folded/s | to the metric: p50, s | p99, s | to the webhook: p50, s | p99, s |
|---|---|---|---|---|---|---|"""


class Behind(Exception):
    """Raised when a worker does not keep up with a flow."""


class Measured(NamedTuple):
    """The latency (s) of each mark, and the events folded a second meanwhile."""

    shown: list[float]
    posted: list[float]
    folded: float


def came(hook: Webhook) -> dict[str, float]:
    """Return when (monotonic s) each alert was posted first, by its name."""
    return {alert["labels"]["alertname"]: post.at for post in reversed(hook.posts) for alert in post.alerts}


def rules(marks: int) -> dict[str, Any]:
    """Return a rule for each mark, which fires once the worker shows that number of marks."""
    shown = f'tocsin_calls_offered_total{{line="{MARK}"}}'
    each = [{"alert": f"Mark{number}", "expr": f"{shown} >= {number}"} for number in range(1, marks + 1)]
    return {"groups": [{"name": "marks", "rules": each}]}


def routes(to: str) -> dict[str, Any]:
    """Return a configuration of Alertmanager that posts every alert at once."""
    return {
        "route": {
            "receiver": "bench",
            "group_by": ["alertname"],
            "group_wait": "0s",
            "group_interval": EVERY,
            "repeat_interval": "1h",
        },
        "receivers": [{"name": "bench", "webhook_configs": [{"url": f"http://{to}/"}]}],
    }


def flow(settings: Settings, rate: float) -> None:
    """Send an office's events at a rate per second, none of them twice, until the process is ended."""
    ready: Queue[tuple[Topic, bytes, bytes]] = Queue(AHEAD)
    encode = msgspec.json.Encoder().encode
    lines = {name: line for name, line in settings.lines.items() if name != MARK}
    office = settings.model_copy(update={"lines": lines})

    def make() -> None:
        for event in office_events(office):
            ready.put((*address(office, event), encode(event)))

    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap, linger_ms=5) as client:
            begun, sent = time.monotonic(), 0
            while True:
                due = int((time.monotonic() - begun) * rate)
                while sent < due:
                    name, key, value = ready.get()
                    partition = partition_of(key, settings.kafka.partitions)
                    await client.send(topic(settings, name), value, key, partition=partition)
                    sent += 1
                await asyncio.sleep(0.01)

    Thread(target=make, daemon=True).start()  # a day is made at once, which would interrupt the flow
    asyncio.run(send())


@contextmanager
def flowing(settings: Settings, rate: float) -> Iterator[BaseProcess]:
    """Run the flow in a process of its own while the block runs."""
    process = get_context("spawn").Process(target=flow, args=(settings, rate), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join()


def until_shown(running: Running, number: int, since: float) -> float:
    """Return how long (s) it takes until a scrape shows that number of marks; raise `Behind` after a timeout."""
    while not (found := SHOWN.search(running.get("/metrics"))) or float(found[1]) < number:
        if time.monotonic() - since > PATIENCE:
            raise Behind(f"the worker falls behind: mark {number} is not shown after {PATIENCE:g} s")
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - since


def measure(rate: float, marks: int) -> Measured:
    """Return the latency of each mark at a rate of events per second; raise `Behind` if the worker does not keep up."""
    random, sent, shown = Random(1), [], []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        office = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
        office["lines"][MARK] = {"label": "Mark"}
        office["clock"] = "event"
        (folder / "office.yaml").write_text(yaml.safe_dump(office))
        (folder / "rules.yml").write_text(yaml.safe_dump(rules(marks)))
        environ = {"TOCSIN_KAFKA_BOOTSTRAP": stack.enter_context(embedded_broker()), "TOCSIN_KAFKA_PARTITIONS": "4"}
        settings = load(folder / "office.yaml", environ)
        create_topics(settings)
        environment = {"TOCSIN_CONFIG": str(folder / "office.yaml"), "TOCSIN_CHECKPOINT_EVERY": "5"}
        hook = stack.enter_context(webhook())
        told = stack.enter_context(alertmanager(routes(hook.address)))
        running = stack.enter_context(worker(settings, **environment))
        running.await_page("/healthz", '"ok"')
        asked = configuration({"tocsin-worker": [f"{HOST}:{running.port}"]}, alertmanager=told.address, every=EVERY)
        stack.enter_context(prometheus(asked | {"rule_files": [str(folder / "rules.yml")]}))
        stack.enter_context(flowing(settings, rate))
        client = producer(settings)
        time.sleep(10)  # the flow begins, and the worker reaches its steady state
        begun, before = time.monotonic(), running.total("tocsin_events_total")
        for number in range(1, marks + 1):
            event = CallEvent(line=MARK, call=f"mark {number}", type="offered", at=FIRST_MARK + number)
            name, key = address(settings, event)
            sent.append(time.monotonic())
            client.send(topic(settings, name), key=key, value=msgspec.json.encode(event))
            client.flush()
            shown.append(until_shown(running, number, sent[-1]))
            time.sleep(random.uniform(1, 3))  # never in step with the scrapes of Prometheus
        folded = (running.total("tocsin_events_total") - before) / (time.monotonic() - begun)
        deadline = time.monotonic() + PATIENCE
        while len(came(hook)) < marks:
            if time.monotonic() > deadline:
                raise Behind(f"{marks - len(came(hook))} of {marks} alerts are not posted after {PATIENCE:g} s")
            time.sleep(0.1)
        client.close()
        first = came(hook)
        posted = [first[f"Mark{number}"] - at for number, at in enumerate(sent, 1)]
        return Measured(shown, posted, folded)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies; of few values, the highest for a share near one."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def told(rate: float, marks: int) -> str:
    """Return the cells of the measurement at a rate."""
    try:
        found = measure(rate, marks)
    except Behind as why:
        return f"{why} | | | | |"
    times = (quantile(values, share) for values in (found.shown, found.posted) for share in (0.5, 0.99))
    return " | ".join([f"{found.folded:,.0f}", *(f"{each:.2f}" for each in times)])


def top_rate() -> float:
    """Return one worker's throughput (events a second) on a backlog, here and now."""
    with embedded_broker() as bootstrap:
        asked = Asked(bootstrap, "backlog.", BACKLOG)
        fill(settings_of(asked), first_events(BACKLOG))
        (own,) = (way for way in OWN if way.name == WORKER)
        return BACKLOG / run(own, asked).wall


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--top", type=float, help="events a second that one worker reaches; measured by default")
    parser.add_argument("--marks", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    given = parser.parse_args()
    if missing := [names for names in PROGRAMS if not any(map(shutil.which, names))]:
        print(f"NOT RUN: latency needs {', '.join(names[0] for names in missing)}", file=sys.stderr)
        return
    rows, before, top = [_HEAD], os.getloadavg(), given.top or top_rate()
    for share in SHARES:
        rows.append(f"| {100 * share:.0f} % | {share * top:,.0f} | {told(share * top, given.marks)} |")
        print(rows[-1], flush=True)
    source = "given" if given.top else "measured"
    words = f"{given.marks} marks at each rate; the top rate was {source}: {top:,.0f} events/s."
    text = "\n".join([page.machine(before), words, "", *rows])
    print(f"\n{text}")
    if given.write:
        page.write("latency", text)


if __name__ == "__main__":
    main()
