"""A file's contents cannot control a terminal, wherever they are printed."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

import agents
from agents.terminal import Screen, plain, safe_values, say

TITLE = "\x1b]0;gone\x07"  # renames the window
HOSTILE = [TITLE, "\x1b[2J", "\x9b2J", "\r", "\b", "\x7f", "\u202egnp.exe", "\u2066", "\u200f", "\ud800", "\u2028"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_control_character_is_written_as_its_escape(text: str) -> None:
    safe = plain(f"é {text}\t\n")
    assert safe.isprintable() or safe.rstrip("\t\n").isprintable()
    assert json.loads(f'"{safe.rstrip()}"') == f"é {text}", "and JSON stays what it was"


def test_a_sentence_and_a_table_are_safe(capsys: pytest.CaptureFixture[str]) -> None:
    say(TITLE)
    say(TITLE, err=True)
    assert "\x1b" not in "".join(capsys.readouterr())
    file, table = StringIO(), Table("line")
    table.add_row(TITLE)
    table.add_row(Text(TITLE))
    screen = Screen(file=file, width=60)
    screen.print(table)
    screen.print(TITLE, style="yellow")
    assert "\x1b" not in file.getvalue()
    assert file.getvalue().count("\\u001b]0;gone\\u0007") == 2
    assert file.getvalue().count("\\u001b]") == 3, "a text that Rich measured before is cut"


def test_a_bracket_is_no_markup() -> None:
    file, table = StringIO(), Table("line")
    table.add_row("[/]")
    Screen(file=file, width=60).print(table, "[/] :smile:")
    assert file.getvalue().count("[/]") == 2


def test_the_texts_of_a_log_are_safe() -> None:
    assert safe_values(None, "info", {"event": TITLE, "row": 7}) == {"event": "\\u001b]0;gone\\u0007", "row": 7}


def test_nothing_else_prints() -> None:
    """Otherwise a new command could forget it."""
    for path in Path(agents.__file__).parent.rglob("*.py"):
        if path.name != "terminal.py":
            assert not re.search(r"typer\.echo\(|\bConsole\(|(?<![.\w])print\(", path.read_text()), path
