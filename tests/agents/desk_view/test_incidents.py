"""The list of incidents: the latest first, filtered, each with the commands to decide on it."""

from __future__ import annotations

import shlex
from datetime import date
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from agents.board.incident_page import IncidentWriter
from agents.cli import app
from agents.desk_view.incidents import IncidentSort, cases, view, views
from agents.history.review import print_incident
from agents.language import Language
from agents.totals.plan import plan_of
from agents.translation import Words, speaking
from streams.watch.incident import Decided
from tests.agents.board.known import MORNING, SETTINGS, history, suspected
from tests.agents.totals.year import PARIS
from tests.streams.indicators.telling import incident

JUNE = incident(date(2013, 6, 3), date(2013, 6, 3))


def test_they_are_listed_the_latest_first_and_chosen_by_line_and_status() -> None:
    told = cases(SETTINGS, history(JUNE, suspected(), days=[]))
    assert [each.published["id"] for each in views(SETTINGS, told)] == [suspected().id, JUNE.id]
    assert [each.published["id"] for each in views(SETTINGS, told, "circulation", "open")] == [suspected().id, JUNE.id]
    assert views(SETTINGS, told, "standard") == views(SETTINGS, told, None, "confirmed") == []
    assert [each.label for each in views(SETTINGS, told)] == ["Circulation", "Circulation"]


def test_they_are_searched_by_any_of_their_words_and_sorted() -> None:
    decision = Decided("a", 1, 1, "confirm", "m.durand", "Logiciel déréglé", None, None)
    decided = suspected(id="a", decisions=[decision], status="confirmed")
    told = cases(SETTINGS, history(JUNE, decided, days=[]))

    def found(search: str, sort: IncidentSort = "urgency") -> list[str]:
        return [each.published["id"] for each in views(SETTINGS, told, search=search, sort=sort)]

    assert found("DEREGLE") == found("Durand circulation") == found("logiciel derive erreur") == ["a"]
    assert found("déréglé standard") == []
    assert found("") == [JUNE.id, "a"], "incidents to review come first"
    assert found("", "length") == found("", "begin") == ["a", JUNE.id]


@pytest.mark.parametrize(
    ("told", "unjudged"),
    [
        ({}, True),
        ({"judged_until": None}, False),
        ({"verdict": "undecided"}, True),
        ({"verdict": "overload", "kind": "overload"}, False),
        ({"status": "dismissed"}, False),
    ],
)
def test_the_page_and_the_command_say_since_when_calls_are_not_judged_yet(told: Any, *, unjudged: bool) -> None:
    going_on = suspected(**{"over": False, "judged_until": round(MORNING.timestamp()) * 1000, **told})
    (case,) = cases(SETTINGS, history(going_on, days=[]))
    said = IncidentWriter(SETTINGS, Words(Language.EN), plan_of(SETTINGS).opened).unjudged(case)
    screen = Console(file=StringIO(), width=200)
    with speaking(Language.EN):
        print_incident(case.published, PARIS, screen)
    assert isinstance(screen.file, StringIO)
    printed = [line for line in screen.file.getvalue().splitlines() if "not judged yet" in line]
    assert (said is not None, len(printed)) == (unjudged, int(unjudged))
    if unjudged:
        assert said == printed[0].replace("2013-12-31T10:30:00+01:00", "31 December 2013 at 10:30")


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
