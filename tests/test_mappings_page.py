"""The output of the examples on the page of the mappings: their files are written and run, and compared word for word.

After an intended change, `python -m tests.test_mappings_page` rewrites the page; read the difference.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from typer.testing import CliRunner

from agents.cli import app
from config.columns import Column, LengthColumn, MomentColumns, QueueColumn
from config.conditions import Condition, Outcome, OutcomeRule
from config.mapping import Table, available
from tests.examples import office
from tests.examples.page import PROMPT, plain

PAGE: Final = Path(__file__).parents[1] / "docs/mappings.md"
TEXT: Final = PAGE.read_text(encoding="utf-8")

_BLOCK: Final = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

_INCIDENT: Final = re.compile(r"\S+: (miscount|overload|undecided), ")


class Example(NamedTuple):
    """A command of the page, its output, and the files above it."""

    command: str
    shows: str
    files: dict[str, str]


def examples() -> list[Example]:
    found, files = [], dict[str, str]()
    for kind, name, block in _BLOCK.findall(TEXT):
        if name:
            files = {**files, name: block}
        elif kind == "console":
            command, _, shows = block.partition("\n")
            found.append(Example(command.removeprefix(PROMPT), shows, files))
    return found


def printed(example: Example, folder: Path) -> str:
    """Return a command's output of figures: the lines, the incidents, and everything below the events."""
    for name, content in example.files.items():
        (folder / name).write_text(content, encoding="utf-8")
    with office.shell(folder / "state"):
        os.chdir(folder)
        output = plain(CliRunner().invoke(app, shlex.split(example.command)).output).splitlines(keepends=True)
    details = [*dropwhile(lambda line: line != "as counted:\n", output)][1:]
    lines = [line for line in details or output if not line.startswith("rows: ")]
    counted = next(at for at, line in enumerate(lines) if line.startswith("events: "))
    table = list(takewhile(lambda line: ": " not in line, lines[:counted])) if details else [lines[counted]]
    incidents = dropwhile(lambda line: not _INCIDENT.match(line), lines[:counted])
    return "".join([*table, *incidents, *lines[counted + 1 :]])


@pytest.mark.parametrize("example", examples(), ids=lambda each: each.command)
def test_an_example_gives_what_the_page_shows(example: Example, tmp_path: Path) -> None:
    assert printed(example, tmp_path) == example.shows


def test_every_key_of_a_mapping_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", TEXT)) | set(re.findall(r"`(\w+):", TEXT))
    for part in (Table, Outcome, OutcomeRule, Condition, MomentColumns, LengthColumn, QueueColumn, Column):
        assert set(part.model_fields) <= explained, part.__name__


def test_every_mapping_that_comes_with_tocsin_is_named() -> None:
    assert set(available({})) <= set(re.findall(r"`([\w.-]+)`", TEXT))


if __name__ == "__main__":
    for each in examples():
        with tempfile.TemporaryDirectory() as new:
            block = f"{PROMPT}{each.command}\n"
            text = PAGE.read_text(encoding="utf-8")
            PAGE.write_text(text.replace(block + each.shows, block + printed(each, Path(new))), encoding="utf-8")
