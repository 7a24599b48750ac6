"""The nation of the examples is read, and its page explains the figures of its year."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from agents.cli import app
from config.offices import OfficeFiles
from tests.examples.page import PAGE

NATION: Final = PAGE.parent / "nation/nation.yaml"


def test_three_offices_stand_in_two_regions() -> None:
    offices = OfficeFiles(NATION, {}).load()
    assert {site: each.place.region for site, each in offices.sites.items()} == {
        "cantal": "Auvergne-Rhône-Alpes",
        "correze": "Nouvelle-Aquitaine",
        "creuse": "Nouvelle-Aquitaine",
    }


@pytest.mark.slow
def test_the_command_of_the_page_makes_their_year_up(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    told = text[text.index("tocsin simulate --config examples/nation") :].split("```")[0]
    command = shlex.split(told.replace("\\\n", " "))[1:]
    files = {name: str(tmp_path / name) for name in ("nation.jsonl", "truth.json")}
    week = {"2025-01-01": "2025-03-10", "2025-12-31": "2025-03-14", "examples/nation/nation.yaml": str(NATION)}
    result = CliRunner().invoke(app, [(files | week).get(word, word) for word in command])
    assert result.exit_code == 0, result.output
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert [each["sites"] for each in truth["asked"]["faults"]] == [["correze", "creuse"]]
    assert [each["sites"] for each in truth["asked"]["silences"]] == [["creuse"]]
    assert truth["sites"]["creuse"]["services"]["accueil"]["told"]["issued"] == 0
