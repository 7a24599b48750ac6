"""The page of the examples: its commands with their output, and the page rewritten with new output."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "examples/README.md"
COLUMNS: Final = 100  # of the terminal that the page shows
PROMPT: Final = "$ tocsin "

_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_WITH_A_BROKER = "\n## With a broker\n"


class Shown(NamedTuple):
    """A command of the page, its output, and whether it needs a broker."""

    command: str
    prints: str
    broker: bool

    def arguments(self) -> list[str]:
        """Return the words after `tocsin`."""
        return shlex.split(self.command)


def shown(page: str) -> list[Shown]:
    """Return the commands of the page, in their order."""
    border = page.index(_WITH_A_BROKER)
    return [
        Shown(command, prints, block.start() > border)
        for block in _BLOCK.finditer(page)
        for command, prints in _commands(block[0])
    ]


def rewritten(page: str, run: Callable[[Shown], str]) -> str:
    """Return the page with the output of each command from `run`."""
    known = iter(shown(page))

    def block(found: re.Match[str]) -> str:
        return "".join(f"{PROMPT}{command}\n{run(next(known))}" for command, _ in _commands(found[0]))

    return _BLOCK.sub(block, page)


def plain(printed: str) -> str:
    """Return a command's output without the spaces at the ends of a table's lines."""
    return "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


def _commands(block: str) -> list[tuple[str, str]]:
    """Return the commands of a block, each with the lines under it."""
    commands: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith(PROMPT):
            commands.append((line.removeprefix(PROMPT).rstrip("\n"), ""))
        else:
            command, prints = commands.pop()
            commands.append((command, prints + line))
    return commands
