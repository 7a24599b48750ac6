"""What the commands share: the configuration, and how they end when something is wrong."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from agents.state import state_dir
from agents.terminal import say
from agents.translation import text, why
from config.offices import OfficeFiles, Offices
from config.refusal import REFUSED, ConfigError
from config.settings import Settings

Config = Annotated[
    Path | None,
    typer.Option("--config", envvar="TOCSIN_CONFIG", help="Configuration file.", show_default="config/lozere.yaml"),
]
Site = Annotated[
    str | None,
    typer.Option("--site", help="Which office, where the configuration names several.", show_default="the only one"),
]


def to_write(file: Path | None) -> Path | None:
    """Return a file that is to be written; end with status 2 where it has no folder, before any work is done."""
    if file is not None and not file.parent.is_dir():
        raise typer.BadParameter(text("folder '{folder}' does not exist", folder=file.parent))
    return file


def settings_of(config: Path | None, site: str | None = None) -> Settings:
    """Return the configuration of one office, or end with status 2 and what is wrong with it."""
    return chosen(offices_of(config), site)


def chosen(offices: Offices, site: str | None) -> Settings:
    """Return one of the offices, or end with status 2 where it is not told which."""
    with _refused():
        return offices.office(site)


def offices_of(config: Path | None) -> Offices:
    """Return the offices of a configuration, or end with status 2 and what is wrong with it."""
    return followed(config)[0]


def followed(config: Path | None) -> tuple[Offices, OfficeFiles]:
    """Return the same, and the files that they are read from, for who follows them."""
    files = OfficeFiles(config, dict(os.environ))
    with _refused():
        return files.load(), files


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        say(in_words(error), err=True)
        raise typer.Exit(2) from None


def in_words(error: ConfigError) -> str:
    """Return everything that is wrong with a configuration, in the spoken language."""
    return "\n  ".join([text(REFUSED), *(text(each.sentence()) for each in error.mistakes)])


def failed(why: object) -> NoReturn:
    """Say why the work failed, and end with status 1."""
    say(text("failed: {why}", why=why), err=True)
    raise typer.Exit(1) from None


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
    except ConfigError as error:
        say(in_words(error), err=True)
        raise typer.Exit(2) from None
    except PortError as error:
        say(why(error), err=True)
        raise typer.Exit(2) from None
    except (BrokerError, DemoError, KafkaError) as error:
        failed(error)
    except OSError as error:
        failed(unusable(error))


def unusable(error: OSError) -> str:
    """Return in a sentence why a file or a folder cannot be used, and how to mend it."""
    if error.errno in DISK_FULL:
        if error.filename:
            return text(
                "the disk is full where {file} is; free some space, there or in the state folder {folder}, and run it "
                "again",
                file=error.filename,
                folder=state_dir(),
            )
        return text(
            "the disk is full; free some space, there or in the state folder {folder}, and run it again",
            folder=state_dir(),
        )
    if error.filename is None:
        return str(error)
    if error.errno not in _FORBIDDEN:
        return f"{error.filename}: {error.strerror}"
    mend = text("give this user the right to write there")
    if Path(error.filename).is_relative_to(state_dir()) or state_dir().is_relative_to(error.filename):
        mend = text("give this user the right to write there, or name another state folder in TOCSIN_STATE_DIR")
    return text(
        "{file} cannot be opened or written ({error}); {mend}", file=error.filename, error=error.strerror, mend=mend
    )
