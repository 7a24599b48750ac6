"""The twin on aiokafka alone and Faust's worker count the same through kills, each from the states that the other left.

`make chaos CHAOS="--twin"` is the long form.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from typing import Final

import pytest

from agents.ingest.send import ingest
from agents.kafka.client import Topic, admin, topic
from agents.kafka.reading import TopicReader
from agents.kafka.refusals import AwayError
from agents.kafka.topics import create_topics
from config.settings import Settings
from tests.agents.reading import committed
from tests.agents.running import Running, twin, worker
from tests.agents.worker.logs import LINES, analysed, log, told
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.broker, pytest.mark.slow]

Runner = Callable[..., AbstractContextManager[Running]]
Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]

COUNTS: Final = ("offered", "answered", "lost", "diverted")


def killed_and_followed(office: Settings, config: str, killed: Runner, follower: Runner) -> Figures:
    """Kill a worker while it folds, let one of the other kind count on, and return its figures of calls.

    It cannot count the first half, which is deleted.
    """
    events, calls = told(log(1_000), office), topic(office, Topic.CALL_ATTEMPTS)
    half = len(events) // 2
    more = {"TOCSIN_CONFIG": config, "TOCSIN_CLOCK": "event"}
    with killed(office, **more) as running:
        ingest(office, events[:half], "queue_log")
        running.until(lambda: committed(office) == half)
        with closing(TopicReader(office, calls)) as reader, admin(office) as client:
            client.delete_records(dict(reader.ends()))
        ingest(office, events[half:], "queue_log")
        running.await_events(half + 1, more=True)
        running.process.kill()
        running.process.wait(PATIENCE)
    with follower(office, **more) as running:
        running.await_events(len(events))
        found = {sample: value for sample, value in running.samples().items() if sample[0].startswith("tocsin_call")}
        running.process.terminate()
        assert running.process.wait(PATIENCE) == 0
        return found


def count(figures: Figures, kind: str, line: str) -> float:
    name = f"tocsin_calls_{kind}_total"
    return sum(value for (own, labels), value in figures.items() if own == name and ("line", line) in labels)


def test_the_twin_and_faust_are_equal_to_the_last_unit_under_kills(office: Settings, config: str) -> None:
    other = office.model_copy(update={"kafka": office.kafka.model_copy(update={"prefix": f"{office.kafka.prefix}b."})})
    create_topics(other)
    with ThreadPoolExecutor() as both:
        try:
            of_twin, of_faust = both.map(
                killed_and_followed, (office, other), (config, config), (worker, twin), (twin, worker)
            )
        except AwayError:
            pytest.skip("the embedded broker deletes no records")
    assert of_twin == of_faust
    whole = analysed(log(1_000), office)["lines"]
    counts = {line: {kind: count(of_twin, kind, line) for kind in COUNTS} for line in LINES}
    assert counts == {line: {kind: whole[line]["raw"][kind] for kind in COUNTS} for line in LINES}
