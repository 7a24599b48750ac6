"""A nation's workers are replaced one at a time, under a real Prometheus, on a real broker."""

from __future__ import annotations

import json
import logging
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice, pairwise
from pathlib import Path
from typing import Final
from urllib.error import URLError

import msgspec
import pytest

from agents.ingest.send import address
from agents.kafka.client import producer, topic
from agents.kafka.topics import create_topics
from benchmarks.traffic import LineTraffic, traffic
from config.offices import OfficeFiles, Offices
from config.settings import Settings
from tests.agents.running import HOST, Running, of_broker, worker
from tests.deploy.servers import Prometheus, configuration, prometheus
from tests.waiting import PATIENCE

log = logging.getLogger(__name__)
pytestmark = pytest.mark.broker

SITES: Final = ("cantal", "creuse")
LINES: Final = ("standard", "titres", "etrangers")
OPENS: Final = 1_400_000_000.0
SHORTEST: Final = 60.0  # s: no line's alert waits for less, so shorter gaps do not matter


@pytest.fixture
def nation(settings: Settings, tmp_path: Path) -> tuple[Path, Offices]:
    """Return the file of two offices on the broker of the tests, and the offices."""
    folder = tmp_path / "offices"
    folder.mkdir()
    for site in SITES:
        (folder / f"{site}.yaml").write_text(json.dumps({"site": site, "lines": {line: {} for line in LINES}}))
    file = tmp_path / "nation.yaml"
    file.write_text(json.dumps({"sites": "offices", "clock": "event", "checkpoint": {"every": "1s"}}))
    return file, OfficeFiles(file, of_broker(settings)).load()


def send(offices: Offices, count: int) -> None:
    """Send a number of events of all lines of all offices."""
    client = producer(offices.shared)
    lines = [LineTraffic(line=line, calls_an_hour=3_000.0, lost=0.05) for line in LINES]
    for number, site in enumerate(SITES):
        for event in islice(traffic(site, lines, [(OPENS, OPENS + 86_400)], seed=number), count // len(SITES)):
            name, key = address(offices.sites[site], event)
            client.send(topic(offices.shared, name), key=key, value=msgspec.json.encode(event))
    client.close()


@contextmanager
def watching(found: Path) -> Iterator[Prometheus]:
    """Run Prometheus on the workers in a file, like its pod discovery: it does not scrape workers that are gone."""
    asked = configuration({"tocsin-worker": []})
    for job in asked["scrape_configs"]:
        if job["job_name"] == "tocsin-worker":
            job.pop("static_configs")
            job["file_sd_configs"] = [{"files": [str(found)], "refresh_interval": "1s"}]
    with prometheus(asked) as server:
        yield server


def await_ready(running: Running) -> None:
    """Wait until a worker's probe would succeed."""
    running.until(lambda: is_ready(running))


def is_ready(running: Running) -> bool:
    try:
        running.get("/healthz")
    except (URLError, TimeoutError):
        return False
    return True


def longest_gap(server: Prometheus, begin: float, end: float) -> tuple[float, int]:
    """Return the longest time (s) in which any line's calls were not shown, and how often they fell."""
    asked = "max by (site, line) (tocsin_calls_offered_total)"
    answer = server.get("/api/v1/query_range", query=asked, start=str(begin), end=str(end), step="1")
    gap, falls = 0.0, 0
    for series in answer["data"]["result"]:
        moments = [begin, *(float(at) for at, _ in series["values"]), end]
        gap = max([gap, *(after - before for before, after in pairwise(moments))])
        values = [float(value) for _, value in series["values"]]
        falls += sum(after < before for before, after in pairwise(values))
    assert len(answer["data"]["result"]) == len(SITES) * len(LINES)
    return gap, falls


def test_no_line_goes_unwatched_while_both_workers_are_replaced(
    settings: Settings, nation: tuple[Path, Offices], tmp_path: Path
) -> None:
    file, offices = nation
    create_topics(offices.shared)
    send(offices, 3_000)
    found = tmp_path / "workers.json"
    with ExitStack() as stack:
        fleet: list[Running] = []

        def add() -> None:
            fleet.append(stack.enter_context(worker(settings, TOCSIN_CONFIG=str(file))))
            await_ready(fleet[-1])
            tell()

        def tell() -> None:
            draft = found.with_suffix(".draft")
            draft.write_text(json.dumps([{"targets": [f"{HOST}:{each.port}" for each in fleet]}]))
            draft.replace(found)

        add()
        add()
        server = stack.enter_context(watching(found))
        everything = f"count(tocsin_calls_offered_total > 0) == {len(SITES) * len(LINES)}"
        server.wait(lambda: bool(server.query(everything)))
        begin = time.time()
        for _ in range(2):  # as the Deployment does: start one, then end one when the new one has counted for a while
            add()
            time.sleep(5)
            old = fleet.pop(0)
            tell()
            old.process.send_signal(signal.SIGTERM)
            old.process.wait(PATIENCE)
            server.wait(lambda: bool(server.query(everything)))
            time.sleep(3)
        gap, falls = longest_gap(server, begin, time.time())
        log.info("no line was unseen for more than %.0f s; figures fell %d times", gap, falls)
        assert gap < SHORTEST / 2
        assert falls == 0
        assert [each["alertname"] for each in server.alerts() if each["alertname"] != "NoBoard"] == []
