"""Fixtures that the tests of the edges share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import DEMO


@pytest.fixture
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave only a state folder and the demo's configuration: the commands have no default office."""
    for name in os.environ:
        if name.startswith("TOCSIN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TOCSIN_CONFIG", str(DEMO))
