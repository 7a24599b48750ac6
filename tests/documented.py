"""The commands in the documents: in blocks of `sh`, and in sentences."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any, Final, NamedTuple

import typer

from agents.cli import app

ROOT: Final = Path(__file__).parents[1]
_FOLDERS: Final = ("benchmarks/README.md", "docs/**/*.md", "examples/README.md")
PAGES: Final = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(page for each in _FOLDERS for page in ROOT.glob(each))]

_BLOCK: Final = re.compile(r"(?<=^```sh\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_ANY_BLOCK: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_IN_A_SENTENCE: Final = re.compile(r"`((?:[A-Z_]+=\S+ )?(?:\.venv/bin/)?(?:tocsin|make)\s[^`]+)`")


class Command(NamedTuple):
    """A command as a page writes it."""

    page: Path
    written: str
    words: list[str]

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {' '.join(self.words)}"

    def after(self, name: str) -> list[str] | None:
        """Return the arguments of a program, also in a container; None if another program is run."""
        words = [*dropwhile(lambda word: re.match("[A-Z_]+=", word), self.words)]
        if words[0] in {"docker", "kubectl"}:
            words = (
                [name, *reversed([*takewhile(lambda word: word != name, reversed(words))])] if name in words else [""]
            )
        return words[1:] if Path(words[0]).name == name else None


def in_blocks(*pages: Path) -> Iterator[Command]:
    """Yield the commands of the blocks of pages, each a line of its own."""
    for page in pages or PAGES:
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                for part in re.split(r"\s&&\s", line):
                    if words := shlex.split(part, comments=True):
                        yield Command(page, part, words)


def in_sentences() -> Iterator[Command]:
    """Yield the commands in sentences, often with placeholders such as FILE."""
    for page in PAGES:
        for found in _IN_A_SENTENCE.findall(_ANY_BLOCK.sub("", page.read_text(encoding="utf-8"))):
            yield Command(page, found, shlex.split(found))


def resolved(arguments: list[str]) -> tuple[Any, list[str]]:
    """Return the command of Tocsin that arguments call, and its own arguments.

    Raises KeyError for an unknown command.
    """
    command: Any = typer.main.get_command(app)
    rest = [*arguments]
    while rest and hasattr(command, "commands") and not rest[0].startswith("-"):
        command = command.commands[rest.pop(0)]
    return command, rest
