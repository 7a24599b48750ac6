"""Fixtures that the tests of the edges share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("TOCSIN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))
