"""What the documents name is there: the pages that they link to, the files of the code, the commands of the README."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import typer

from agents.cli import app

ROOT: Final = Path(__file__).parents[1]
FOLDERS: Final = ("agents", "benchmarks", "config", "deploy", "docs", "examples", "streams", "tests", ".ci")
PAGES: Final = sorted([*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.md"))])

LINK: Final = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")
NAMED: Final = re.compile(rf"`((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]*|[A-Z]+\.md|LICENSE)`")
COMMAND: Final = re.compile(r"^\.venv/bin/tocsin ((?:.*\\\n)*.+)", re.MULTILINE)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link, anchor in LINK.findall(prose(page)):
        goal = (page.parent / link).resolve() if link else page
        assert goal.exists(), link
        assert not anchor or anchor in anchors(goal), f"{link}#{anchor}"


@each_page
def test_every_file_that_is_named_is_there(page: Path) -> None:
    missing = [name for name in NAMED.findall(prose(page)) if not (ROOT / name).exists()]
    assert not missing


def commands() -> Iterator[list[str]]:
    """Yield the arguments of every `tocsin` in the README's blocks."""
    for command in COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8")):
        yield shlex.split(command.replace("\\\n", " "), comments=True)


def test_every_command_of_the_readme_is_one_and_its_files_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    seen = set()
    for name, *arguments in commands():
        context = known[name].make_context(name, arguments)
        seen.add(name)
        if out := context.params.get("out"):
            Path(out).touch()  # the commands after it may read it
    assert {"analyze", "check", "topics", "worker", "ingest", "dead-letters", "board", "simulate", "totals"} <= seen
