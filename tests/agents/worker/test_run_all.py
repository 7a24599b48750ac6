"""Several workers under one process count as one would, despite the death of any, and end as one does."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from agents.ingest.send import ingest
from agents.kafka.client import Topic, partition_of, topic
from agents.kafka.topics import create_topics
from agents.sources.entry import Entry
from config.settings import Line, Settings
from tests.agents.reading import delete
from tests.agents.running import Running, worker, workers
from tests.agents.worker.logs import COUNTS, analysed, log, told
from tests.agents.worker.test_run import ended, own_broker
from tests.waiting import PATIENCE, until

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]
LINES = ("standard", "titres")  # each of two workers owns one
ENDED_WELL = "all folded events are safe in Kafka", "no events were folded"


@pytest.fixture
def office(settings: Settings) -> Settings:
    lines = {"standard": Line(), "titres": Line(queues=("600",))}
    settings = settings.model_copy(update={"lines": lines})
    create_topics(settings)
    homes = [partition_of(f"lozere/{line}".encode(), settings.kafka.partitions) for line in LINES]
    assert sum(homes) % 2, "partitions are given by turns"
    return settings


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "office.yaml"
    file.write_text("site: lozere\nlines:\n  standard: {}\n  titres: {queues: ['600']}\n")
    return str(file)


@contextmanager
def folded(settings: Settings, config: str, rows: list[bytes]) -> Iterator[Running]:
    """Run two workers that have folded an exchange's log; no checkpoint is written by the clock."""
    events = told(rows, settings)
    ingest(settings, events, "queue_log")
    with workers(settings, 2, TOCSIN_CONFIG=config, TOCSIN_CHECKPOINT_EVERY="1h") as running:
        settled(running)
        running.await_events(len(events))
        yield running


def counted(running: Running) -> dict[str, dict[str, float]]:
    return {line: {kind: running.total(f"tocsin_calls_{kind}_total", line=line) for kind in COUNTS} for line in LINES}


def await_counted(running: Running, rows: list[bytes], office: Settings) -> None:
    """Wait until the page shows the figures of an analysis; until then no series may appear twice."""
    lines = analysed(rows, office)["lines"]
    expected = {line: {kind: lines[line]["raw"][kind] for kind in COUNTS} for line in LINES}
    most = len(told(rows, office))

    def found() -> tuple[dict[str, dict[str, float]], float]:
        return counted(running), running.total("tocsin_events_total")

    def shown() -> bool:
        now = found()
        assert now[1] <= most
        series = Counter(row.rpartition(" ")[0] for row in running.get("/metrics").splitlines() if row[0] != "#")
        assert series.most_common(1)[0][1] == 1
        return now == (expected, most)

    running.until(shown, lambda: (found(), expected, most))


def settled(running: Running, count: int = 2) -> None:
    """Wait until exactly `count` workers own partitions."""
    await_that(running, lambda state: sum(bool(each["partitions"]) for each in state["workers"].values()) == count)


def await_that(running: Running, holds: Callable[[dict[str, Any]], object]) -> None:
    def state() -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(running.get("/healthz"))
        except HTTPError as refused:
            with refused:
                found = json.load(refused)
        except OSError:  # it is starting
            return {}
        return found

    def held() -> object:
        return (found := state()) and holds(found)

    running.until(held, state)


@contextmanager
def half_counted(office: Settings, config: str) -> Iterator[tuple[Running, list[bytes], list[Entry]]]:
    """Run two workers that have counted half of a log; yield them, the log, and the events of its other half."""
    rows = log(400)
    events = told(rows, office)
    before, after = events[: len(events) // 2], events[len(events) // 2 :]
    ingest(office, before, "queue_log")
    with workers(office, 2, TOCSIN_CONFIG=config) as running:
        settled(running)
        running.await_events(len(before))
        yield running, rows, after


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def ended_well(running: Running) -> int:
    """Count the workers that ended with all results safe; one may have folded nothing, if it joined the group late."""
    words = running.words()
    return sum(words.count(f"ended by SIGTERM; {last}") for last in ENDED_WELL)


def test_two_share_the_lines_and_count_as_one(office: Settings, config: str) -> None:
    rows = log(400)
    ingest(office, told(rows, office), "queue_log")
    with workers(office, 2, TOCSIN_CONFIG=config) as running:
        settled(running)
        await_counted(running, rows, office)
        assert running.total("tocsin_workers_away") == 0
        assert json.loads(running.get("/healthz"))["partitions"] == [0, 1, 2, 3]
        pages = [json.loads(row) for row in running.words().splitlines() if '"serving"' in row]
        assert [page.get("worker") for page in sorted(pages, key=str)].count(None) == 1


def test_one_that_is_killed_comes_back_and_nothing_is_missed_or_counted_twice(office: Settings, config: str) -> None:
    with half_counted(office, config) as (running, rows, after):
        first, second = running.workers()
        os.kill(first, signal.SIGKILL)
        ingest(office, after, "queue_log")
        await_counted(running, rows, office)
        settled(running)
        await_counted(running, rows, office)
        assert second in running.workers()
        assert first not in running.workers()
        (died,) = [json.loads(row) for row in running.words().splitlines() if "has died" in row]
        assert (died["status"], died["seconds"]) == (-signal.SIGKILL, 1.0)


def test_one_that_slept_through_a_rebalance_shows_no_line_that_is_anothers(office: Settings, config: str) -> None:
    with half_counted(office, config) as (running, rows, after):
        asleep = running.workers()[0]
        os.kill(asleep, signal.SIGSTOP)
        ingest(office, after, "queue_log")
        await_that(running, lambda state: state["status"] == "away" and len(state["partitions"]) == 4)
        assert running.total("tocsin_workers_away") == 1
        os.kill(asleep, signal.SIGCONT)
        await_counted(running, rows, office)
        settled(running)
        await_counted(running, rows, office)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_all_end_with_a_last_checkpoint_however_many_of_them_the_signal_reaches(
    office: Settings, config: str, how: signal.Signals
) -> None:
    rows = log(100)
    with folded(office, config, rows) as running:
        below = running.workers()
        for pid in below if how == signal.SIGINT else []:  # as a terminal's Ctrl-C does, and systemd
            os.kill(pid, how)
        status, said = ended(running, how)
        assert (status, said) == (
            0,
            f"ended by {how.name}; all workers have ended, and all folded events are safe in Kafka",
        )
        assert gone(below)
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(told(rows, office)))
        await_counted(running, rows, office)


def test_those_whose_broker_stands_still_end_as_one_does(config: str) -> None:
    with own_broker() as (settings, broker), folded(settings, config, log(40)) as running:
        below = running.workers()
        os.kill(broker, signal.SIGSTOP)
        status, said = ended(running, signal.SIGTERM)
        assert (status, " folded since " in said) == (143, True), said
        assert gone(below)


def test_none_outlives_the_process_above_them(office: Settings, config: str) -> None:
    with folded(office, config, log(100)) as running:
        below = running.workers()
        running.process.kill()
        running.process.wait(PATIENCE)
        until(lambda: gone(below), running.words)
        assert ended_well(running) == 2, running.words()


def test_those_whose_server_dies_end_well_and_others_are_started(office: Settings, config: str) -> None:
    with half_counted(office, config) as (running, rows, after):
        (server,), below = running.servers(), running.workers()
        os.kill(server, signal.SIGKILL)
        until(lambda: gone(below), running.words)
        ingest(office, after, "queue_log")
        settled(running)
        await_counted(running, rows, office)
        assert ended_well(running) == 2, running.words()
        assert len(running.workers()) == 2


def test_what_only_a_person_can_mend_ends_all_and_none_is_started_again(office: Settings, config: str) -> None:
    delete(office, Topic.LEDGER)
    with workers(office, 2, TOCSIN_CONFIG=config) as running:
        assert running.process.wait(PATIENCE) == 1
        assert topic(office, Topic.LEDGER) in running.words()
        assert "cannot continue; its last log line gives the reason" in running.words().splitlines()[-1]
        assert "has died" not in running.words()


def test_more_than_there_are_partitions_are_told_that_some_wait_idle(office: Settings, config: str) -> None:
    with workers(office, 5, TOCSIN_CONFIG=config) as running:
        settled(running, 4)
        (said,) = [json.loads(row) for row in running.words().splitlines() if "stay idle" in row]
        assert (said["idle"], said["partitions"]) == (1, 4)
