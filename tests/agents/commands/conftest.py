"""A queue_log and a configuration for the commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agents.invoking import LOG, OFFICE, written


@pytest.fixture
def log(tmp_path: Path) -> str:
    return written(tmp_path / "queue_log", LOG)


@pytest.fixture
def office(tmp_path: Path) -> str:
    return written(tmp_path / "office.yaml", OFFICE.encode())
