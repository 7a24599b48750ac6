"""`--version`: which Tocsin this is, and whether its domain runs compiled."""

from __future__ import annotations

import platform
from importlib.metadata import version as installed
from typing import Annotated

import typer

from agents.terminal import say
from agents.translation import text


def show(asked: bool) -> None:  # noqa: FBT001 -- as Typer calls it
    """Show the version where it was asked for, and exit."""
    if not asked:
        return
    from streams.desks import line

    facts = {"version": installed("tocsin"), "python": platform.python_version()}
    if line.__file__.endswith(".py"):
        say(text("tocsin {version}, Python {python}; its domain runs from source", **facts))
    else:
        say(text("tocsin {version}, Python {python}; its domain is compiled", **facts))
    raise typer.Exit


Version = Annotated[bool, typer.Option("--version", help="Show the version and exit.", callback=show, is_eager=True)]
