"""`make check` runs the tests that mirror what changed; the hook looks at what is staged, whatever lies there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
THERE = (
    *("streams/watch/rate.py", "streams/watch/usual.py", "agents/worker/app.py", "config/lozere.yaml", "docs/a.md"),
    *("tests/streams/watch/test_rate.py", "tests/streams/watch/telling.py", "tests/agents/worker/test_app.py"),
    "tests/conftest.py",
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a repository with such files, all committed."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    for name in THERE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "all")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=m", "-c", "user.email=m@example.org")
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True)


def changed(clone: Path, *since: str) -> list[str]:
    run = subprocess.run([clone / ".ci" / "changed", *since], capture_output=True, text=True, check=True)
    return run.stdout.split()


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("streams/watch/rate.py", ["streams/watch/rate.py", "tests/streams/watch/test_rate.py"]),
        ("streams/watch/usual.py", ["streams/watch/usual.py", "tests/streams/watch"]),
        ("agents/worker/app.py", ["agents/worker/app.py", "tests/agents/worker/test_app.py"]),
        ("tests/streams/watch/test_rate.py", ["tests/streams/watch/test_rate.py"]),
        ("tests/streams/watch/telling.py", ["tests/streams/watch"]),
        ("config/lozere.yaml", ["tests/config"]),
        ("tests/conftest.py", []),
        ("docs/a.md", []),
    ],
)
def test_what_changed_is_tested_by_what_mirrors_it(clone: Path, name: str, runs: list[str]) -> None:
    assert changed(clone) == []
    (clone / name).write_text("x = 1\n")
    assert changed(clone) == runs
    git(clone, "commit", "--quiet", "--all", "--message", "one")
    assert (changed(clone), changed(clone, "HEAD~1")) == ([], runs)


def test_a_new_file_has_changed_and_one_that_is_gone_has_not(clone: Path) -> None:
    (clone / "agents/worker/app.py").unlink()
    (clone / "tests/agents/worker/test_batches.py").touch()
    assert changed(clone) == ["tests/agents/worker/test_batches.py"]


def test_the_hook_refuses_what_is_staged_and_not_what_lies_beside_it(clone: Path) -> None:
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/ruff").symlink_to(Path(sys.executable).with_name("ruff"))
    file = clone / "streams/watch/rate.py"

    def hook() -> int:
        return subprocess.run([clone / ".ci" / "pre-commit"], cwd=clone, check=False).returncode

    file.write_text("x  =  1\n")
    assert hook() == 0
    git(clone, "add", "streams")
    assert hook() == 1
    file.write_text("x = 1\n")
    assert hook() == 1
    git(clone, "add", "streams")
    assert hook() == 0
