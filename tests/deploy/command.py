"""The command lines of `tocsin` in the deployments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from agents.cli import app


def options(words: Sequence[str]) -> dict[str, Any]:
    """Return a command's options as `tocsin` would read them; fail on an unknown command or option."""
    name, *rest = words
    with typer.main.get_group(app).commands[name].make_context(name, rest) as context:
        return context.params
