"""An office of two lines for a real worker: its topics and its configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.kafka.topics import create_topics
from config.settings import Line, Settings


@pytest.fixture
def office(settings: Settings) -> Settings:
    settings = settings.model_copy(
        update={
            "lines": {
                "standard": Line(label="Standard"),
                "circulation": Line(label="Circulation", queues=("600",)),
            }
        }
    )
    create_topics(settings)
    return settings


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "office.yaml"
    file.write_text("site: lozere\nlines:\n  standard: {}\n  circulation: {queues: ['600']}\n")
    return str(file)
