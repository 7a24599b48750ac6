"""docs/architecture.md lists the tree as it is, and docstrings and pages name modules and files that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.imports import ROOT, TREE

PAGE: Final = ROOT / "docs/architecture.md"

DATA: Final = ("docs", "examples")

MODULE: Final = re.compile(rf"(?<![\w./-])(?:{'|'.join(TREE)})(?:\.[A-Za-z_]\w*)+")
FILE: Final = re.compile(rf"(?<![\w./-])(?:{'|'.join((*TREE, *DATA))})/[\w./-]*\w")


def first_column(heading: str) -> list[str]:
    """Return the cells of the first column of the page's table that begins with this heading."""
    _, _, table = PAGE.read_text(encoding="utf-8").partition(f"\n| {heading} |")
    return [row.split("|")[1] for row in table.partition("\n\n")[0].splitlines()[2:]]


def names_in_first_column(heading: str) -> list[str]:
    return sorted(name for cell in first_column(heading) for name in re.findall(r"`([^`]+)`", cell))


@pytest.mark.parametrize("package", ["agents", "streams"])
def test_the_page_lists_each_room_once_and_each_file_at_the_root(package: str) -> None:
    there = [path for path in (ROOT / package).iterdir() if not path.name.startswith("__")]
    rooms, files = ([each.name for each in there if each.is_dir() is is_room] for is_room in (True, False))
    assert names_in_first_column(f"room of `{package}/`") == sorted(f"{name}/" for name in rooms)
    assert names_in_first_column(f"file of `{package}/`") == sorted(files)


def test_the_page_lists_each_decision_once() -> None:
    links = [re.findall(r"\[\d+\]\(decisions/([^)]+)\)", cell) for cell in first_column("decision")]
    assert links == [[path.name] for path in sorted((ROOT / "docs/decisions").glob("*.md"))]


def texts() -> Iterator[tuple[Path, str]]:
    """Yield the pages, and the comments and docstrings of the modules, each with its file."""
    for path in (*ROOT.glob("*.md"), *(page for folder in (*TREE, *DATA) for page in (ROOT / folder).rglob("*.md"))):
        yield path, path.read_text(encoding="utf-8")
    for path in (module for folder in TREE for module in (ROOT / folder).rglob("*.py")):
        yield path, "\n".join(re.findall(r'(?s:""".+?""")|#.*', path.read_text(encoding="utf-8")))


def is_module(name: str) -> bool:
    """Return whether a dotted name is a module, a package, or a word of a module's source."""
    path = ROOT / name.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    home = path.parent / "__init__.py" if path.parent.is_dir() else path.parent.with_suffix(".py")
    return home.exists() and re.search(rf"\b{path.name}\b", home.read_text(encoding="utf-8")) is not None


def is_file(name: str) -> bool:
    """Return whether a path exists; a decision may be named by its number alone."""
    return (ROOT / name).exists() or any(ROOT.glob(f"{name}-*.md"))


def test_what_exists_is_told_from_what_does_not() -> None:
    found = {name: is_module(f"streams.{name}") for name in ("watch", "watch.slot", "watch.slot.Slot", "watch.nobody")}
    assert found == {"watch": True, "watch.slot": True, "watch.slot.Slot": True, "watch.nobody": False}
    assert [is_file(f"docs/decisions/{number}") for number in ("0004", "9999")] == [True, False]


def test_pages_comments_and_docstrings_name_modules_that_exist() -> None:
    named = [(str(path.relative_to(ROOT)), name) for path, text in texts() for name in MODULE.findall(text)]
    assert [each for each in named if not is_module(each[1])] == []


def test_comments_and_docstrings_name_files_that_exist() -> None:
    """The files named on pages are checked in tests/test_docs.py."""
    named = [(str(path), name) for path, text in texts() if path.suffix == ".py" for name in FILE.findall(text)]
    assert [each for each in named if not is_file(each[1])] == []
