"""The option `--version`: Tocsin's version, and whether its domain is compiled."""

from __future__ import annotations

import platform
from importlib.metadata import version as installed
from typing import Annotated

import typer

from agents.terminal import say
from agents.translation import text


def show(asked: bool) -> None:  # noqa: FBT001 -- as Typer calls it
    """Print the version and exit, if the option is given."""
    if not asked:
        return
    from streams.desks import line

    facts = {"version": installed("tocsin"), "python": platform.python_version()}
    if line.__file__.endswith(".py"):
        say(text("tocsin {version}, Python {python}; the domain is not compiled", **facts))
    else:
        say(text("tocsin {version}, Python {python}; the domain is compiled", **facts))
    raise typer.Exit


Version = Annotated[bool, typer.Option("--version", help="Show the version and exit.", callback=show, is_eager=True)]
