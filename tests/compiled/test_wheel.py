"""The contents of the wheel: the source, and the compiled domain too if requested and possible."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ASKED = {"HATCH_BUILD_HOOK_ENABLE_CUSTOM": "1"}
PURE = "tocsin-*-py3-none-any.whl"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the project with one compiled module, as compiling all takes a minute."""
    folder = tmp_path / "project"
    for name in ("agents", "config", "streams"):
        shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(name, folder)
    (folder / "deploy").mkdir()
    script = Path("deploy/compile.py").read_text()
    one, times = re.subn(r"(?ms)^HOT: Final = \(.*?^\)", 'HOT: Final = ("kept/times",)', script)
    assert times == 1
    (folder / "deploy/compile.py").write_text(one)
    return folder


def built(project: Path, name: str, said: dict[str, str], version: str = "standard") -> tuple[ZipFile, str]:
    """Return the only wheel that a build in an environment makes, with the expected name, and the build's output."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", f"wheel:{version}"]
    own = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | said
    ran = subprocess.run(command, cwd=project, env=own, capture_output=True, text=True, check=True)
    (wheel,) = (project / "dist").iterdir()
    assert wheel.match(name)
    return ZipFile(wheel), ran.stdout + ran.stderr


def libraries(wheel: ZipFile) -> list[str]:
    return [each for each in wheel.namelist() if each.endswith(".so")]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_a_compiled_module_is_imported_before_its_source_and_the_tree_stays_as_it_was(
    project: Path, tmp_path: Path
) -> None:
    before = {*project.rglob("*")}
    wheel, _ = built(project, "tocsin-*-cp3*-linux_*.whl", ASKED)
    assert {*project.rglob("*")} - before == {project / "dist", *(project / "dist").iterdir()}
    assert libraries(wheel)
    wheel.extractall(tmp_path / "site")
    command = [sys.executable, "-c", "from streams.kept import times; print(times.__file__)"]
    ran = subprocess.run(command, cwd=tmp_path / "site", capture_output=True, text=True, check=True)
    assert ran.stdout.strip().endswith(".so")
    assert (tmp_path / "site/streams/kept/times.py").read_text() == Path("streams/kept/times.py").read_text()


@pytest.mark.slow
def test_without_a_compiler_it_is_the_wheel_of_the_source_and_the_build_says_so(project: Path) -> None:
    wheel, said = built(project, PURE, ASKED | {"CC": "/bin/false"})
    assert not libraries(wheel)
    assert said.count("is not compiled and runs from source") == 1


def test_nothing_is_compiled_unless_it_is_asked_for(project: Path) -> None:
    wheel, said = built(project, PURE, {})
    assert not libraries(wheel)
    assert "compiled" not in said


def test_a_wheel_that_points_to_a_tree_holds_nothing_compiled(project: Path) -> None:
    wheel, said = built(project, PURE, ASKED, "editable")
    assert not libraries(wheel)
    assert "compiled" not in said
