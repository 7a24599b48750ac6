"""What the commands share: the configuration, and how they end when something is wrong."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from agents.language import Language
from agents.state import state_dir
from agents.terminal import say
from config.settings import ConfigError, Settings, load

Config = Annotated[
    Path | None,
    typer.Option("--config", envvar="TOCSIN_CONFIG", help="Configuration file.", show_default="config/lozere.yaml"),
]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of what is written for people.", show_default="the environment's LANG"),
]


def settings_of(config: Path | None) -> Settings:
    """Return the configuration, or end with status 2 and what is wrong with it."""
    try:
        return load(config, os.environ)
    except ConfigError as error:
        say(str(error), err=True)
        raise typer.Exit(2) from None


QUIET_SECONDS: Final = 1.5  # that a command waits for a broker before it says so

DISK_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST})


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
    except (BrokerError, DemoError, KafkaError) as error:
        say(f"failed: {error}", err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        say(f"failed: {unusable(error)}", err=True)
        raise typer.Exit(1) from None


@contextmanager
def awaited(settings: Settings) -> Iterator[None]:
    """Say, while the block waits for a first answer of the broker, that it does: as soon as that takes long."""
    from agents.kafka.client import START_MS

    words = f"no broker answers at {settings.kafka.bootstrap} yet; trying for {START_MS // 1000} s"
    saying = threading.Timer(QUIET_SECONDS, say, (words,), {"err": True})
    saying.daemon = True
    saying.start()
    try:
        yield
    finally:
        saying.cancel()


def unusable(error: OSError) -> str:
    """Return in a sentence why a file or a folder cannot be used, and how to mend it."""
    if error.errno in DISK_FULL:
        where = f" where {error.filename} is" if error.filename else ""
        return f"the disk is full{where}; free some space, there or in the state folder {state_dir()}, and run it again"
    if error.filename is None or error.errno not in _FORBIDDEN:
        return str(error)
    mend = "give this user the right to write there"
    if Path(error.filename).is_relative_to(state_dir()) or state_dir().is_relative_to(error.filename):
        mend += ", or name another state folder in TOCSIN_STATE_DIR"
    return f"{error.filename} cannot be opened or written ({error.strerror}); {mend}"
