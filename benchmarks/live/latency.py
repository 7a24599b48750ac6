"""How long a call takes from its append to the worker's metric, and to the webhook of the alert that it raises.

A flow of an office's events comes at a rate, by the clock of the events, from Apache Kafka; every other second a marked
call joins a line of its own. It is timed until a scrape of the worker shows it, and until Alertmanager posts the alert
of a rule for it. Worker, Prometheus and Alertmanager are real and work every second (`EVERY`); the rule has no `for`,
and Alertmanager no `group_wait`. The worker's meter has the time of every event until its fold.
"""

from __future__ import annotations

import asyncio
import re
import signal
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
from agents.kafka.apache import apache_broker
from agents.kafka.client import Topic, partition_of, producer, topic
from agents.kafka.topics import create_topics
from benchmarks.hot_path.traffic import office_events
from benchmarks.live.meter import FILE, METERED, told_by
from config.settings import DEFAULT, Settings, load
from streams.events import CallEvent
from tests.agents.running import HOST, Running, worker_of
from tests.deploy.servers import alertmanager, configuration, prometheus
from tests.deploy.webhook import Webhook, webhook

MARK: Final = "mark"
FIRST_MARK: Final = 1_399_876_200.0  # epoch s
EVERY: Final = "1s"
SHOWN: Final = re.compile(rf'^tocsin_calls_offered_total\{{[^}}]*line="{MARK}"[^}}]*\}} (\S+)', re.MULTILINE)
LOOK_SECONDS: Final = 0.02  # between two scrapes for a mark
PATIENCE: Final = 60.0
AHEAD: Final = 100_000  # events of the flow that are made before they are due

TITLES: Final = (
    *("sent/s", "folded/s", "append to fold: p50, s", "p99, s", "append to metric: p50, s", "p99, s"),
    *("append to webhook: p50, s", "p99, s"),
)


class Behind(Exception):
    """Raised when a worker does not keep up with a flow."""


class Measured(NamedTuple):
    """The latency (s) of each event to its fold, and of each mark; and the events folded a second meanwhile."""

    to_fold: list[float]
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
        environ = {"TOCSIN_KAFKA_BOOTSTRAP": stack.enter_context(apache_broker()), "TOCSIN_KAFKA_PARTITIONS": "4"}
        settings = load(folder / "office.yaml", environ)
        create_topics(settings)
        meter = folder / "meter.json"
        environment = {"TOCSIN_CONFIG": str(folder / "office.yaml"), "TOCSIN_CHECKPOINT_EVERY": "5", FILE: str(meter)}
        hook = stack.enter_context(webhook())
        alerts = stack.enter_context(alertmanager(routes(hook.address)))
        running = stack.enter_context(worker_of(METERED, settings, **environment))
        running.await_page("/healthz", '"ok"')
        asked = configuration({"tocsin-worker": [f"{HOST}:{running.port}"]}, alertmanager=alerts.address, every=EVERY)
        stack.enter_context(prometheus(asked | {"rule_files": [str(folder / "rules.yml")]}))
        stack.enter_context(flowing(settings, rate))
        client = producer(settings)
        time.sleep(10)  # the flow begins, and the worker reaches its steady state
        running.process.send_signal(signal.SIGUSR1)
        for number in range(1, marks + 1):
            event = CallEvent(line=MARK, call=f"mark {number}", type="offered", at=FIRST_MARK + number)
            name, key = address(settings, event)
            sent.append(time.monotonic())
            client.send(topic(settings, name), key=key, value=msgspec.json.encode(event))
            client.flush()
            shown.append(until_shown(running, number, sent[-1]))
            time.sleep(random.uniform(1, 3))  # never in step with the scrapes of Prometheus
        told = told_by(running, meter)
        deadline = time.monotonic() + PATIENCE
        while len(came(hook)) < marks:
            if time.monotonic() > deadline:
                raise Behind(f"{marks - len(came(hook))} of {marks} alerts are not posted after {PATIENCE:g} s")
            time.sleep(0.1)
        client.close()
        first = came(hook)
        posted = [first[f"Mark{number}"] - at for number, at in enumerate(sent, 1)]
        return Measured([each / 1000 for each in told.to_fold_ms], shown, posted, told.events / told.wall)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies; of few values, the highest for a share near one."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def cells(rate: float, marks: int) -> tuple[str, ...]:
    """Measure at a rate, and return a row of the table, one cell for each of `TITLES`."""
    try:
        found = measure(rate, marks)
    except Behind as why:
        return (f"{rate:,.0f}", str(why), *[""] * 6)
    times = (quantile(each, share) for each in (found.to_fold, found.shown, found.posted) for share in (0.5, 0.99))
    return (f"{rate:,.0f}", f"{found.folded:,.0f}", *(f"{each:.3f}" for each in times))
