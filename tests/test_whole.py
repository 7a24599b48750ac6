"""The whole way of a call: from an exchange's log through a broker and a worker to the page for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.kafka.broker import embedded_broker
from agents.kafka.topics import create_topics
from config.settings import Kafka, load
from tests.agents.board.browser import browsing, needs_chromium, opened
from tests.agents.running import HOST, Running, board, of_broker, worker
from tests.imports import ROOT
from tests.waiting import PATIENCE, until

CONFIG = str(ROOT / "examples/office.yaml")
LOG = str(ROOT / "examples/queue_log")
KINDS = ("offered", "answered", "lost", "diverted")
BY_EVENTS = {"TOCSIN_CONFIG": CONFIG, "TOCSIN_CLOCK": "event"}


class Whole(NamedTuple):
    """A worker and a board that have read the log, on a broker of their own, and an analysis of the log."""

    worker: Running
    board: Running
    analysed: dict[str, dict[str, Any]]  # by line


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with pytest.MonkeyPatch.context() as patched, embedded_broker() as bootstrap:
        settings = load(Path(CONFIG), {}).model_copy(update={"kafka": Kafka(bootstrap=bootstrap)})
        own = {"TOCSIN_STATE_DIR": str(tmp_path_factory.mktemp("state")), "TOCSIN_PSEUDONYM_KEY": "k" * 32}
        for name, value in (BY_EVENTS | own | of_broker(settings)).items():
            patched.setenv(name, value)
        create_topics(settings)
        said = json.loads(run("analyze", "queue-log", LOG, "--json"))
        with worker(settings) as running, board(settings) as shown:
            run("ingest", "queue-log", LOG)
            running.await_events(said["events"]["ok"])
            yield Whole(running, shown, said["lines"])


def run(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.stdout


def raw(line: dict[str, Any]) -> dict[str, int]:
    return {kind: line["raw"][kind] for kind in KINDS}


def test_the_worker_and_the_year_count_what_an_analysis_of_the_file_counts(whole: Whole) -> None:
    expected = {line: raw(said) for line, said in whole.analysed.items()}
    assert expected["accueil"] == {"offered": 15, "answered": 11, "lost": 2, "diverted": 1}
    for line, counts in expected.items():
        assert {kind: whole.worker.total(f"tocsin_calls_{kind}_total", line=line) for kind in KINDS} == counts

    def published() -> bool:
        lines = json.loads(run("totals", "--year", "2024", "--format", "json"))["lines"]
        return {
            line: {kind: lines[line]["raw"][kind] for kind in KINDS} for line in expected if line in lines
        } == expected

    until(published)  # once the worker has written the day


@needs_chromium
def test_a_person_reads_it_on_the_wall_in_a_browser(whole: Whole) -> None:
    whole.board.await_page("/?lang=en", "15 offered, 2 lost")
    with browsing() as browser:
        page = opened(browser, f"http://{HOST}:{whole.board.port}/?lang=en")
        page.locator('#line-accueil [aria-label*="15 offered, 2 lost"]').wait_for(timeout=1000 * PATIENCE)
        assert page.wrong == []
