"""Option values that name no usable folder are refused with one sentence that says how to fix them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
import typer

from agents.commands.options import refusals
from agents.sources.pseudonym import Pseudonymizer
from agents.state import state_dir


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_state_folder_that_cannot_be_written(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state.write_text("a file stands where the folder should")
    with pytest.raises(typer.Exit) as ended, refusals():
        Pseudonymizer.from_environment({}, state_dir())
    assert ended.value.exit_code == 1
    said = capsys.readouterr().err
    assert said.startswith(f"failed: {state}")
    assert "cannot be opened or written" in said
    assert "or set another state folder in TOCSIN_STATE_DIR" in said


def test_a_full_disk(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), refusals(), Path("/dev/full").open("wb", buffering=0) as full:
        os.write(full.fileno(), b"what is kept")
    assert "failed: the disk is full" in (said := capsys.readouterr().err)
    assert str(state) in said


def test_what_else_a_file_system_says_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), refusals():
        raise OSError(errno.EIO, "Input/output error", "log")
    assert capsys.readouterr().err == "failed: log: Input/output error\n"
