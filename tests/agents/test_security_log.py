"""Security events as lines of ECS, only if asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from structlog.testing import capture_logs

from agents.security_log import VARIABLE, as_ecs, security_event
from tests.agents.board.known import suspected
from tests.agents.board.test_server import ask
from tests.waiting import PATIENCE


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv(VARIABLE, "ecs")
    with capture_logs() as found:
        yield found


def test_facts_have_the_names_of_ecs_and_others_are_labels(lines: list[Any]) -> None:
    security_event("decide", who="Anne", incident="circulation-1", site="lozere", desk=None)
    found = dict(as_ecs(None, "info", {**lines[0], "timestamp": "2026-12-01T05:00:00Z"}))
    assert found.pop("ecs.version").startswith("8.")
    assert found == {
        "service.name": "tocsin",
        "@timestamp": "2026-12-01T05:00:00Z",
        "message": "decide",
        "event.action": "decide",
        "event.outcome": "success",
        "event.category": ["configuration"],
        "user.name": "Anne",
        "labels.incident": "circulation-1",
        "labels.site": "lozere",
        "labels.log_level": "info",  # as `capture_logs` names it
    }


def test_without_the_variable_there_is_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with capture_logs() as found:
        security_event("publish", site="lozere")
    assert found == []


def test_a_refused_request_is_an_event(lines: list[Any]) -> None:
    page = f"/incidents/{suspected().id}"
    (answer,) = ask(
        page,
        method="POST",
        headers={"Sec-Fetch-Site": "cross-site", "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status == 403
    found = [each for each in lines if each.get("action") == "access"]
    assert [(each["outcome"], each["path"], each["status"]) for each in found] == [("failure", page, 403)]


@pytest.mark.slow
def test_a_process_writes_its_lines_with_the_names_of_ecs() -> None:
    program = (
        "import agents.terminal, structlog; agents.terminal.log_to_stderr(worker=2); structlog.get_logger().error(1)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={str(VARIABLE): "ecs"},
        stderr=subprocess.PIPE,
        check=True,
        text=True,
        timeout=PATIENCE,
    )
    found = json.loads(run.stderr)
    assert (found["log.level"], found["message"], found["labels.worker"]) == ("error", 1, 2)
    assert "@timestamp" in found
