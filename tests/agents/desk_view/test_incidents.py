"""The incidents as they are listed: the latest first, chosen, each with the commands that decide of it."""

from __future__ import annotations

import shlex
from datetime import date

import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.desk_view.incidents import cases, view, views
from tests.agents.board.known import SETTINGS, history, suspected
from tests.streams.indicators.telling import incident

JUNE = incident(date(2013, 6, 3), date(2013, 6, 3))


def test_they_are_listed_the_latest_first_and_chosen_by_line_and_status() -> None:
    told = cases(SETTINGS, history(JUNE, suspected(), days=[]))
    assert [each.published["id"] for each in views(SETTINGS, told)] == [suspected().id, JUNE.id]
    assert [each.published["id"] for each in views(SETTINGS, told, "circulation", "open")] == [suspected().id, JUNE.id]
    assert views(SETTINGS, told, "standard") == views(SETTINGS, told, None, "confirmed") == []
    assert [each.label for each in views(SETTINGS, told)] == ["Circulation", "Circulation"]


@pytest.mark.parametrize(
    ("status", "decisions"),
    [
        ("open", ["confirm", "dismiss"]),
        ("closed", ["confirm", "dismiss"]),
        ("confirmed", ["reopen", "dismiss"]),
        ("dismissed", ["reopen", "confirm"]),
    ],
)
def test_the_commands_are_such_that_the_command_line_takes_them(status: str, decisions: list[str]) -> None:
    (told,) = cases(SETTINGS, history(suspected(status=status, id="circulation-1; rm x"), days=[]))
    commands = [shlex.split(each) for each in view(SETTINGS, told).commands]
    assert [each[2] for each in commands] == decisions
    for each in commands:
        assert each[:2] == ["tocsin", "review"]
        assert each[3:] == ["circulation-1; rm x"], "why, it asks"
        asked = CliRunner().invoke(app, [*each[1:], "--note", "n", "--config", "/nowhere.yaml"])
        assert asked.exit_code == 2
        assert "/nowhere.yaml" in asked.stderr, "all else was understood"
