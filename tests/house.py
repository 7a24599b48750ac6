"""`python -m tests.house`: print the size of the product, for comparison between versions.

A room is a folder of `streams`, `agents`, `config` or `deploy` with modules in it. An arrow leads from a room to a room
that it imports. The lines are counted in the Python files of these packages.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.imports import PRODUCT, ROOT, imported, modules


class House(NamedTuple):
    """The size of the product."""

    rooms: int
    arrows: int
    lines: int

    def __str__(self) -> str:
        return f"{self.rooms} rooms, {self.arrows} arrows, {self.lines:,} product lines"


def folder(name: str) -> str:
    return name.rpartition(".")[0]


def arrows(trees: Mapping[str, ast.Module]) -> set[tuple[str, str]]:
    """Return the pairs of a room and a room that it imports."""
    rooms = {folder(name) for name in trees}
    found = set()
    for name, tree in trees.items():
        for each in imported(tree):
            home = next((part for part in (each, folder(each)) if part in trees), "")
            if home and folder(home) in rooms - {folder(name)}:
                found.add((folder(name), folder(home)))
    return found


def house(root: Path = ROOT) -> House:
    """Return the size of the product below a root."""
    trees = {name: tree for package in PRODUCT for name, tree in modules(package, root).items()}
    files = [path for package in PRODUCT for path in (root / package).rglob("*.py")]
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
    return House(len({folder(name) for name in trees}), len(arrows(trees)), lines)


if __name__ == "__main__":
    sys.stdout.write(f"{house()}\n")
