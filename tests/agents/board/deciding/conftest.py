"""An office in which a secret lets persons decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.board.deciding import decision
from agents.kafka import client
from config.office import Decide
from config.settings import Settings
from tests.agents.board.deciding.visiting import SECRET, office


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(decision, "WRITE_SECONDS", 0.5)
    monkeypatch.setattr(client, "START_MS", 1_000)  # shutdown waits for the thread that writes
    file = tmp_path / "secret"
    file.write_text(SECRET, encoding="utf-8")
    file.chmod(0o600)
    return office(Decide(token_file=file))
