"""Fixtures of the configuration's tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a secret's file that only its owner can read."""
    file = tmp_path / "secret"
    file.write_text("tres-secret", encoding="utf-8")
    file.chmod(0o600)
    return file
