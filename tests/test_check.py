"""The hook before a commit checks the staged content, whatever else is in the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports import ROOT
from tests.repository import git


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "all")
    return tmp_path


def test_the_hook_refuses_what_is_staged_and_not_what_lies_beside_it(clone: Path) -> None:
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/ruff").symlink_to(Path(sys.executable).with_name("ruff"))
    file = clone / "rate.py"

    def hook() -> int:
        return subprocess.run([clone / ".ci" / "pre-commit"], cwd=clone, check=False).returncode

    file.write_text("x  =  1\n")
    assert hook() == 0
    git(clone, "add", "rate.py")
    assert hook() == 1
    file.write_text("x = 1\n")
    assert hook() == 1
    git(clone, "add", "rate.py")
    assert hook() == 0
