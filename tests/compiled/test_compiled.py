"""The compiled domain folds exactly as its source, byte for byte."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import compile as module
from streams.desks import line
from tests.compiled.folded import states

IS_COMPILED = not line.__file__.endswith(".py")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    shutil.copytree("streams", folder / "streams", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    return folder


@pytest.mark.compiled
@pytest.mark.skipif(not IS_COMPILED, reason="the domain runs from source: make test COMPILED=build/compiled")
@pytest.mark.parametrize("seed", range(3))
def test_the_compiled_domain_writes_the_same_states_byte_for_byte(seed: int, source: Path) -> None:
    command = [sys.executable, "-m", "tests.compiled.folded", str(seed)]
    folder = {**os.environ, "PYTHONPATH": f"{source}:{Path.cwd()}"}
    told = subprocess.run(command, cwd=source, env=folder, capture_output=True, text=True, check=True).stdout
    assert told == f"source {states(seed)}\n"


@pytest.mark.slow
def test_the_same_events_come_to_the_same_states_and_others_do_not() -> None:
    """Otherwise the test above could pass with a constant digest."""
    assert states(1) == states(1) != states(2)


def test_no_struct_stands_in_a_module_that_is_compiled() -> None:
    """mypyc drops the class options and field types of a Struct, so its records could not be read back."""
    for name in module.HOT:
        bases = [
            ast.unparse(base)
            for each in ast.walk(ast.parse(Path(f"streams/{name}.py").read_text()))
            if isinstance(each, ast.ClassDef)
            for base in each.bases
        ]
        assert "Struct" not in bases, name


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_what_is_compiled_stands_beside_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HOT", ("kept/times",))
    tree = tmp_path / "tree"
    assert module.main(["", os.path.relpath(tree)]) == 0
    assert [each.name for each in (tree / "streams/kept").glob("times.*.so")]


@pytest.mark.slow
def test_without_a_compiler_nothing_is_compiled_and_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "HOT", ("kept/times",))
    monkeypatch.setenv("CC", "/bin/false")
    tree = tmp_path / "tree"
    assert module.main(["", str(tree)]) == 1
    assert "is not compiled and runs from source" in capsys.readouterr().err
    assert (tree / "streams/kept/times.py").exists()
    assert not list(tree.rglob("*.so"))
