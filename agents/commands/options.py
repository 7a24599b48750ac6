"""What the commands share: the configuration, and how they end when something is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from agents.language import Language
from agents.terminal import say
from config.settings import ConfigError, Settings, load

Config = Annotated[
    Path | None,
    typer.Option("--config", envvar="TOCSIN_CONFIG", help="Configuration file.", show_default="config/lozere.yaml"),
]

Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of what it says.", show_default="the environment's"),
]


def settings_of(config: Path | None) -> Settings:
    """Return the configuration, or end with status 2 and what is wrong with it."""
    try:
        return load(config, os.environ)
    except ConfigError as error:
        say(str(error), err=True)
        raise typer.Exit(2) from None


@contextmanager
def refusals() -> Iterator[None]:
    """End with status 2 on a wrong configuration or a port that is taken, 1 on work that failed, and say which."""
    from agents.kafka.broker import BrokerError
    from agents.kafka.client import KafkaError
    from agents.ports import PortError
    from agents.simulation.demo import DemoError

    try:
        yield
    except (ConfigError, PortError) as error:
        say(str(error), err=True)
        raise typer.Exit(2) from None
    except (BrokerError, DemoError, KafkaError, OSError) as error:
        say(f"failed: {error}", err=True)
        raise typer.Exit(1) from None
