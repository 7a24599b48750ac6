"""An office whose commands the tests run on a broker."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from agents.cli import app
from config.settings import Settings
from tests.agents.running import of_broker


class CommandedOffice:
    """Commands for an office with this configuration text; `settings` choose the broker and topics."""

    def __init__(self, settings: Settings, folder: Path, configured: str) -> None:
        self.settings = settings
        self.folder = folder
        self.file = folder / "office.yaml"
        self.file.write_text(configured)
        self.environment = {"TOCSIN_CONFIG": str(self.file), **of_broker(settings)}

    def command(self, *words: str, **more: str) -> Result:
        """Run a command, with `more` in its environment, and return its result."""
        return CliRunner(env={**self.environment, **more}).invoke(app, list(words), terminal_width=200)
