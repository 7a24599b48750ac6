"""Each variable that a page or the code names is one that a command takes beside a configuration."""

from __future__ import annotations

import os
import re
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

from tests.agents.forked import run
from tests.documented import PAGES, ROOT

NAMED: Final = re.compile(r"\b(TOCSIN_(?!TEST_)[A-Z_]*[A-Z])\b(?:(?:=|: |, value: )([\w./:-]+))?")
WRITTEN: Final = ("deploy/**/*.yaml", "deploy/Dockerfile", "agents/**/*.py", "config/**/*.py", "config/*.yaml")
INHERITED: Final = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}


def named() -> dict[str, str]:
    """Return the variables, each with a value as it is written somewhere."""
    found: dict[str, str] = {}
    for page in chain(PAGES, *map(ROOT.glob, WRITTEN)):
        for name, value in NAMED.findall(page.read_text(encoding="utf-8")):
            found[name] = found.get(name) or value
    return {name: value.rstrip(".") or "0.1" for name, value in found.items()}


def simulated(folder: Path, **variables: str) -> tuple[int, str]:
    """Run a command that reads an office's configuration and needs no broker; return its status and its errors."""
    words = ("simulate", "--from", "2024-01-02", "--to", "2024-01-03", "--calls", "standard=5")
    files = ("--out", str(folder / "events"), "--truth", str(folder / "truth"))
    ended = run(
        [*words, *files, "--config", str(ROOT / "config/lozere.yaml")],
        env=INHERITED | {"TOCSIN_STATE_DIR": str(folder), "LANG": "C"} | variables,
    )
    return ended.returncode, ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), named().items())
def test_a_variable_that_is_named_is_taken(tmp_path: Path, name: str, value: str) -> None:
    status, said = simulated(tmp_path, **{name: value})
    assert "unknown" not in said
    assert status == 0 or name.startswith("TOCSIN_KAFKA_SECURITY_"), said  # these need each other, and files


@pytest.mark.slow
def test_a_misspelt_variable_is_refused(tmp_path: Path) -> None:
    status, said = simulated(tmp_path, TOCSIN_LOGS="ecs")
    assert status == 2
    assert "TOCSIN_LOGS: found an unknown variable" in said


def test_variables_are_found_with_their_values() -> None:
    found = named()
    assert found["TOCSIN_LOG"] == "ecs"
    assert found["TOCSIN_CHECKPOINT_EVERY"] == "2s"
    assert found["TOCSIN_KAFKA_SECURITY_PROTOCOL"] == "SASL_SSL"
    assert {"TOCSIN_MAIL_PASSWORD", "TOCSIN_IMAGE"} <= found.keys()
