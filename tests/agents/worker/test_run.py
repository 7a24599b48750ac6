"""Whatever the broker does, a worker ends on request, says how, and is red while it cannot work."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from agents.ingest.send import ingest
from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, admin, reach, topic
from agents.kafka.topics import create_topics
from agents.ports import free_port
from config.settings import Kafka, Line, Settings
from tests.agents.running import HOST, Running, children, worker, worker_of
from tests.agents.worker.logs import log, told
from tests.waiting import FOR_EVER, PATIENCE

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

# A worker that is never forced to end.
UNFORCED = f"from agents import cli, ending; ending.LIMIT_SECONDS = {FOR_EVER}; cli.main()"

# A worker that loses its first resumption of the changelog, as happened after a long stop: it never gets a state.
LOSING = """
import sys
from faust.transport.consumer import Consumer
from agents import cli
from agents.worker import liveness
liveness.LOOK_SECONDS, liveness.RESUME_SECONDS = 0.5, 2.0
resume, lost = Consumer.resume_partitions, []
def losing(self, tps):
    if lost or not any(tp.topic.endswith("changelog") for tp in tps):
        return resume(self, tps)
    lost.append(tps)
Consumer.resume_partitions = losing
cli.main()
"""

# A worker that reads again because a batch seems not to follow; it prints the thread of each seek.
SEEKING = """
import asyncio
from aiokafka import AIOKafkaConsumer
from agents import cli
from agents.worker.continuity import Continuity
admit, seek, once = Continuity.admit, AIOKafkaConsumer.seek, []
async def doubting(self, tp, gap):
    if not once:
        once.append(tp)
        gap = gap._replace(came=gap.came + 1)
    return await admit(self, tp, gap)
def told(self, *given):
    own = asyncio.get_running_loop() is self._loop
    print("a seek in the thread that fetches" if own else "a seek in another thread", flush=True)
    return seek(self, *given)
Continuity.admit, AIOKafkaConsumer.seek = doubting, told
cli.main()
"""

BLIND = """
from aiokafka.cluster import ClusterMetadata
from aiokafka.consumer.group_coordinator import GroupCoordinator
from agents import cli
assign, blind = GroupCoordinator._perform_assignment, []
async def blindly(self, response):
    if blind:
        return await assign(self, response)
    blind.append(response)
    known, self._cluster = self._cluster, ClusterMetadata()
    try:
        return await assign(self, response)
    finally:
        self._cluster = known
GroupCoordinator._perform_assignment = blindly
cli.main()
"""


@contextmanager
def own_broker() -> Iterator[tuple[Settings, int]]:
    """Start a broker for this test, with an office's topics; give its settings and process."""
    before = children()
    with embedded_broker() as bootstrap:
        (process,) = children() - before
        lines = {"standard": Line(label="Standard"), "circulation": Line(label="Circulation", queues=("600",))}
        settings = Settings(site="lozere", lines=lines, kafka=Kafka(bootstrap=bootstrap, partitions=2))
        create_topics(settings)
        try:
            yield settings, process
        finally:
            os.kill(process, signal.SIGCONT)


def ended(running: Running, *signals: signal.Signals) -> tuple[int, str]:
    """Send signals half a second apart; return the status and the last line of the ended process."""
    for each in signals:
        running.process.send_signal(each)
        time.sleep(0.5)
    status = running.process.wait(PATIENCE)
    return status, json.loads(running.words().splitlines()[-1])["event"]


def answers(running: Running) -> bool:
    try:
        health(running)
    except OSError:
        return False
    return True


def health(running: Running) -> tuple[int, list[str]]:
    try:
        with urlopen(f"http://{HOST}:{running.port}/healthz", timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)["wrong"]
    except HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)["wrong"]


def test_one_without_a_broker_ends_at_once_and_has_answered_all_along(config: str) -> None:
    nobody = Settings(site="lozere", kafka=Kafka(bootstrap=f"{HOST}:{free_port(HOST)}"))
    with worker_of(UNFORCED, nobody, TOCSIN_CONFIG=config) as running:
        running.until(lambda: answers(running))
        status, (why,) = health(running)
        assert status == 503
        assert "not answered yet" in why or "no broker answers" in why
        assert ended(running, signal.SIGTERM) == (0, "ended by SIGTERM; no events were folded")


def test_one_whose_broker_stands_still_leaves_what_it_could_not_make_safe_to_the_next(config: str) -> None:
    with own_broker() as (settings, broker):
        events = told(log(40), settings)
        ingest(settings, events, "queue_log")
        with worker(settings, TOCSIN_CONFIG=config, TOCSIN_CHECKPOINT_EVERY="1h") as running:
            running.await_events(len(events))
            os.kill(broker, signal.SIGSTOP)
            said = f"no checkpoint could be written: the next worker will fold {len(events)} events again"
            assert ended(running, signal.SIGINT) == (130, f"ended by SIGINT; {said}")


def test_an_idle_one_notices_a_broker_that_takes_connections_and_answers_nothing(config: str) -> None:
    with own_broker() as (settings, broker), worker(settings, TOCSIN_CONFIG=config) as running:
        running.await_page("/healthz", '"status": "ok"', '"lag": 0')
        os.kill(broker, signal.SIGSTOP)
        running.await_page("/healthz", '"status": "waiting"')
        os.kill(broker, signal.SIGCONT)
        running.await_page("/healthz", '"status": "ok"')
        assert "the broker is back" in running.words()


def test_a_second_signal_ends_one_whose_broker_is_dead_at_once(config: str) -> None:
    with own_broker() as (settings, broker):
        events = told(log(40), settings)
        ingest(settings, events, "queue_log")
        with worker_of(UNFORCED, settings, TOCSIN_CONFIG=config, TOCSIN_CHECKPOINT_EVERY="1h") as running:
            running.await_events(len(events))
            os.kill(broker, signal.SIGSTOP)  # practically dead, except that its block may end
            running.process.send_signal(signal.SIGTERM)
            time.sleep(1)
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(PATIENCE) == 143


def test_one_that_could_make_all_safe_says_so_and_has_status_0(config: str) -> None:
    with own_broker() as (settings, _):
        events = told(log(40), settings)
        ingest(settings, events, "queue_log")
        with worker(settings, TOCSIN_CONFIG=config, TOCSIN_CHECKPOINT_EVERY="1h") as running:
            running.await_events(len(events))
            assert ended(running, signal.SIGTERM) == (0, "ended by SIGTERM; all folded events are safe in Kafka")


def test_health_is_red_and_says_which_topic_is_missing(office: Settings, config: str) -> None:
    if reach(office.kafka.bootstrap, 5).startswith("tocsin-"):
        pytest.skip("the embedded broker tells no consumer that its topic has gone")
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_page("/healthz", '"status": "ok"')
        calls = topic(office, Topic.CALL_ATTEMPTS)
        with admin(office) as client:
            client.delete_topics([calls])
        missing = 503, [f"{calls} is missing; `tocsin topics` creates it"]
        running.until(lambda: health(running) == missing, lambda: health(running))
        assert ended(running, signal.SIGTERM)[0] == 0


def test_a_restoration_to_which_nothing_comes_is_begun_anew(office: Settings, config: str) -> None:
    events = told(log(40), office)
    ingest(office, events, "queue_log")
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(events))
        assert ended(running, signal.SIGTERM)[0] == 0
    with worker_of(LOSING, office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(events))
        assert "the changelog returns no states; restarting the restoration" in running.words()


def test_what_is_read_again_is_sought_in_the_thread_that_fetches(office: Settings, config: str) -> None:
    events = told(log(40), office)
    ingest(office, events, "queue_log")
    with worker_of(SEEKING, office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(events))
        assert "records are missing before a batch" in running.words()
        assert "a seek in the thread that fetches" in running.words()
        assert "a seek in another thread" not in running.words()


def test_who_joined_while_the_topics_could_not_be_read_owns_them_seconds_later(office: Settings, config: str) -> None:
    events = told(log(40), office)
    ingest(office, events, "queue_log")
    with worker_of(BLIND, office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(events))
        assert '"partitions": [], "event": "partitions owned"' in running.words(), "it was given nothing at first"
