"""The page of the mappings tells what its examples give: each is written to files, run, and compared word for word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from typer.testing import CliRunner

from agents.cli import app
from config.columns import Column, LengthColumn, MomentColumns, QueueColumn
from config.conditions import Condition, Outcome, OutcomeRule
from config.mapping import Table, available
from tests.examples import office
from tests.examples.page import PROMPT

PAGE: Final = Path(__file__).parents[1] / "docs/mappings.md"
TEXT: Final = PAGE.read_text(encoding="utf-8")

_BLOCK: Final = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """Hold a command of the page, what it shows, and the files above it."""

    command: str
    shows: list[str]
    files: dict[str, str]


def examples() -> list[Example]:
    found, files = [], dict[str, str]()
    for kind, name, block in _BLOCK.findall(TEXT):
        if name:
            files = {**files, name: block}
        elif kind == "console":
            command, *shows = block.splitlines()
            found.append(Example(command.removeprefix(PROMPT), [" ".join(line.split()) for line in shows], files))
    return found


@pytest.mark.parametrize("example", examples(), ids=lambda each: each.command)
def test_an_example_gives_what_the_page_shows(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in example.files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with office.shell(tmp_path / "state"):
        monkeypatch.chdir(tmp_path)
        result = CliRunner().invoke(app, shlex.split(example.command))
    printed = [" ".join(line.split()) for line in result.output.splitlines()]
    assert example.shows
    assert [line for line in printed if line in example.shows] == example.shows, result.output


def test_every_key_of_a_mapping_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", TEXT)) | set(re.findall(r"`(\w+):", TEXT))
    for part in (Table, Outcome, OutcomeRule, Condition, MomentColumns, LengthColumn, QueueColumn, Column):
        assert set(part.model_fields) <= explained, part.__name__


def test_every_mapping_that_comes_with_tocsin_is_named() -> None:
    assert set(available({})) <= set(re.findall(r"`([\w.-]+)`", TEXT))
