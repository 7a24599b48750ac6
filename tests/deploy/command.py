"""What the deployments hand to `tocsin`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from agents.cli import app


def options(words: Sequence[str]) -> dict[str, Any]:
    """Return a command's options as `tocsin` would read them; fail on a command or an option that it has not."""
    name, *rest = words
    with typer.main.get_group(app).commands[name].make_context(name, rest) as context:
        return context.params
