"""Whoever shows a figure asks what the workers' states say of it: the command, and the board."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from agents.audit.stated import read_compared
from agents.board.follower import Follower
from agents.kafka.client import Topic
from agents.kafka.topics import create_topics
from config.settings import Settings
from tests.agents.audit.office import Office
from tests.agents.running import worker
from tests.attack.asked import ask
from tests.attack.forgery import Forged
from tests.attack.incidents import INCIDENTS
from tests.attack.parts import PARTS
from tests.attack.stage import CONFIGURED, SITE, YEAR, Stage, TopicsState, in_state, lay, staged, told
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.broker, pytest.mark.slow]


@pytest.fixture
def stage(settings: Settings, tmp_path: Path) -> Stage:
    kafka = settings.kafka.model_copy(update={"partitions": 2})
    return staged(settings.model_copy(update={"kafka": kafka}), tmp_path)


def shown(stage: Stage, prefix: str, forged: Sequence[Forged]) -> tuple[list[str], list[str]]:
    """Return the breaches that the year shows, by command and by board, in compacted topics with these records."""
    honest, office = stage.honest(TopicsState.COMPACTED, published=False), stage.on(prefix)
    rows = [*honest.rows, *(honest.home(row) for each in forged for row in each.rows)]
    lay(office.settings, in_state(rows, TopicsState.COMPACTED, office.settings), stage.feeds, gone=False)
    written = json.loads(office.command("totals", "--year", YEAR, "--format", "json").stdout)
    by_command = [f"{each['subject']} {each['says_en']}" for each in written["integrity"]["breaches"]]
    return sorted(by_command), sorted(ask(office.settings).board)


def test_a_forged_part_and_a_deleted_incident_are_marked_after_compaction(stage: Stage) -> None:
    honest = stage.honest(TopicsState.COMPACTED, published=False)
    part, incident = (
        next(each.forge(honest) for each in forgeries if each.name == name)
        for forgeries, name in ((PARTS, "part 0.5"), (INCIDENTS, "incident: deleted"))
    )
    by_command, by_board = shown(stage, "forged.", [part, incident])
    assert by_command == by_board
    assert [any(each.subject in found for found in by_command) for each in (part, incident)] == [True, True]
    assert shown(stage, "honest.", []) == ([], [])


def test_an_incident_that_is_published_after_the_history_was_read_is_not_missing(stage: Stage) -> None:
    honest, office = stage.honest(TopicsState.COMPACTED, published=False), stage.on("late.")
    deleted = next(each.forge(honest) for each in INCIDENTS if each.name == "incident: deleted")
    rows = [*honest.rows, *(honest.home(row) for row in deleted.rows)]
    lay(office.settings, in_state(rows, TopicsState.COMPACTED, office.settings), stage.feeds, gone=False)
    history = read_compared(office.settings)
    assert "incident-missing" in {each.kind for each in history.breaches(SITE)}
    office.put_all((each.topic, each.key or b"", each.value) for each in honest.rows if each.topic is Topic.INCIDENTS)
    assert history.breaches(SITE) == []


def test_a_worker_that_writes_while_the_board_reads_is_not_accused(settings: Settings, tmp_path: Path) -> None:
    office = Office(
        settings.model_copy(update={"kafka": settings.kafka.model_copy(update={"partitions": 2})}), tmp_path
    )
    office.file.write_text(CONFIGURED, encoding="utf-8")
    create_topics(office.settings)
    follower, rows = Follower(office.settings), told()
    follower.start()
    accused = list[str]()

    def look() -> bool:
        history = follower.known.history
        accused.extend(str(each.says) for each in history.breaches(SITE))
        return bool(history.incidents.of(SITE))

    with worker(office.settings, TOCSIN_CONFIG=str(office.file)) as running:
        for first in range(0, len(rows), 60):
            some = rows[first : first + 60]
            office.put_all((each.topic, each.key, each.value) for each in some)
            running.await_events(first + len(some), more=True)
            look()
        until(look)
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    follower.end()
    assert accused == []
