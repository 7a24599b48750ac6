"""`make check` runs the tests that changes affect, the nearest first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.imports import ROOT
from tests.repository import git
from tests.selection import ALWAYS, chosen, differing

THERE = {
    "streams/calls/call.py": '"""What a call is."""\n',
    "streams/desks/line.py": 'from streams.calls import call\n\n"""\n>>> call\n"""\n',
    "agents/worker/app.py": "def run() -> None:\n    from streams.desks.line import call\n",
    "agents/pages/wall.py": 'TEMPLATE = "wall.html.j2"\n',
    "agents/pages/templates/wall.html.j2": "",
    "config/read.py": "",
    "config/lozere.yaml": "",
    "docs/a.md": "",
    "tests/__init__.py": "",
    "tests/conftest.py": "",
    "tests/test_docs.py": "",
    "tests/test_layout.py": "",
    "tests/config/test_read.py": "from config import read\n",
    "tests/streams/calls/test_call.py": "from streams.calls.call import Call\n",
    "tests/streams/desks/telling.py": "from streams.desks import line\n",
    "tests/streams/desks/test_line.py": "import streams.desks.line\nfrom tests.streams.desks import telling\n",
    "tests/agents/worker/conftest.py": "",
    "tests/agents/worker/test_app.py": "from agents.worker.app import run\n",
    "tests/agents/worker/test_process.py": 'PROGRAM = ("-m", "agents.worker.app")\n',
    "tests/agents/pages/test_wall.py": "from agents.pages import wall\n",
}
WORKER = ["tests/agents/worker/test_app.py", "tests/agents/worker/test_process.py"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a repository with these files, all committed."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    for name, content in THERE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "all")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        (
            "streams/calls/call.py",
            ["tests/streams/calls/test_call.py", "streams/desks/line.py", "tests/streams/desks/test_line.py", *WORKER],
        ),
        ("streams/desks/line.py", ["streams/desks/line.py", "tests/streams/desks/test_line.py", *WORKER]),
        ("agents/worker/app.py", WORKER),
        ("agents/pages/templates/wall.html.j2", ["tests/agents/pages/test_wall.py"]),  # its module names it
        ("config/lozere.yaml", ["tests/config/test_read.py"]),  # named by no module: the tests of its folder
        ("tests/streams/calls/test_call.py", ["tests/streams/calls/test_call.py"]),
        ("tests/streams/desks/telling.py", ["tests/streams/desks/test_line.py"]),
        ("tests/agents/worker/conftest.py", WORKER),
        ("docs/a.md", ["tests/test_docs.py"]),
    ],
)
def test_what_changed_is_tested_by_all_that_stands_on_it(clone: Path, name: str, runs: list[str]) -> None:
    assert differing("HEAD", clone) == []
    assert chosen([], clone) == []
    with (clone / name).open("a") as file:
        file.write("x = 1\n")
    found = chosen(differing("HEAD", clone), clone)
    assert found[0] == ALWAYS
    assert sorted(found[1:]) == sorted(set(runs) - {ALWAYS})
    git(clone, "commit", "--quiet", "--all", "--message", "one")
    assert differing("HEAD", clone) == []
    assert differing("HEAD~1", clone) == [Path(name)]


def test_what_lies_nearest_comes_first(clone: Path) -> None:
    order = chosen([Path("streams/calls/call.py")], clone)
    places = [order.index(f"tests/{name}") for name in ("streams/calls/test_call.py", "streams/desks/test_line.py")]
    assert places == sorted(places)
    assert places[-1] < order.index(WORKER[0])


def test_a_new_file_has_changed_and_a_deleted_one_has_not(clone: Path) -> None:
    (clone / "agents/worker/app.py").unlink()
    (clone / "tests/agents/worker/test_batches.py").touch()
    assert differing("HEAD", clone) == [Path("tests/agents/worker/test_batches.py")]
    assert chosen(differing("HEAD", clone), clone) == [ALWAYS, "tests/agents/worker/test_batches.py"]


def test_in_this_tree_a_call_is_tested_by_the_desks_that_fold_it() -> None:
    assert {"tests/streams/desks/test_line.py", "tests/agents/worker/test_figures.py"} <= set(
        chosen([Path("streams/calls/call.py")], ROOT)
    )


def test_in_this_tree_a_test_that_reaches_its_module_through_many_others_is_still_among_the_first() -> None:
    order = chosen([Path("streams/watch/counting.py")], ROOT)
    assert order.index("tests/streams/watch/test_counting.py") < len(list((ROOT / "tests/streams/watch").glob("*.py")))
