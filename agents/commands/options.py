"""Shared by all commands: reading the configuration, and ending on an error."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, NoReturn, get_args

import typer

from agents.state import state_dir
from agents.terminal import say
from agents.translation import text, why
from config import environment
from config.document import read
from config.environment import Variable
from config.mapping import Of
from config.offices import OfficeFiles, Offices
from config.refusal import REFUSED, ConfigError
from config.settings import UNNAMED, Settings, located, without_wrong_mappings
from streams.said import said

Config = Annotated[
    Path | None,
    typer.Option("--config", envvar=Variable.CONFIG, help="Configuration file of the office, or of several."),
]
NO_OFFICE: Final = said(
    "Which office? Name its configuration with --config FILE or in TOCSIN_CONFIG. `tocsin init` proposes one, and "
    "{example} is the demo's."
)
Site = Annotated[
    str | None,
    typer.Option("--site", help="Which office, if the configuration has several.", show_default="the only one"),
]


def to_write(file: Path | None) -> Path | None:
    """Return a file to write; end with status 2 before any work if its folder does not exist."""
    if file is not None and not file.parent.is_dir():
        raise typer.BadParameter(text("folder '{folder}' does not exist", folder=file.parent))
    return file


def settings_of(config: Path | None, site: str | None = None) -> Settings:
    """Return the configuration of one office; end with status 2 and its mistakes if it has any."""
    return chosen(offices_of(config), site)


def chosen(offices: Offices, site: str | None) -> Settings:
    """Return one of the offices; end with status 2 if the choice is missing or unknown."""
    with _refused():
        return offices.office(site)


def settings_or_unknown(config: Path | None, site: str | None, mappings: Collection[str] = ()) -> Settings:
    """Return the configuration of one office; without one, settings that know no line, target or usual rate.

    The command uses some of the `mappings`: a mistake in another one is reported, and that mapping is left out.
    """
    with _refused():
        document: dict[str, object] = {"site": UNNAMED} if config is None else read(config)
        if config is not None and (site is not None or "sites" in document):
            return settings_of(config, site)
        document, origins = environment.overlay(document, os.environ, Settings)
        used = {*mappings, *get_args(Of)}  # a kind's own name is the default of a mapping
        settings, mistakes = without_wrong_mappings(document, str(config or UNNAMED), origins, used)
    for each in mistakes:
        say(text("this mapping is left out: {mistake}", mistake=text(each.sentence())), err=True)
    return settings


def offices_of(config: Path | None) -> Offices:
    """Return the offices of a configuration; end with status 2 and its mistakes if it has any."""
    return followed(config)[0]


def followed(config: Path | None) -> tuple[Offices, OfficeFiles]:
    """Return the offices and the files they were read from, so that changes can be followed.

    End with status 2 if no configuration is named: a default one would count by the rules of another office.
    """
    if config is None:
        say(text(NO_OFFICE, example=located(None)), err=True)
        raise typer.Exit(2)
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
    """Return all mistakes of a configuration, in the chosen language."""
    return "\n  ".join([text(REFUSED), *(text(each.sentence()) for each in error.mistakes)])


def failed(why: object) -> NoReturn:
    """Print why the work failed, and end with status 1."""
    say(text("failed: {why}", why=why), err=True)
    raise typer.Exit(1) from None


DISK_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST})


@contextmanager
def refusals() -> Iterator[None]:
    """End with status 2 on a wrong configuration or a taken port, 1 on work that failed, and print why."""
    from agents.kafka.broker import BrokerError
    from agents.kafka.client import KafkaError
    from agents.ports import PortError
    from agents.simulation.system import DemoError

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
    """Return why a file or a folder cannot be used, and how to fix it."""
    if error.errno in DISK_FULL:
        if error.filename:
            return text(
                "the disk with {file} is full; free some space there or in the state folder {folder}, then run "
                "it again",
                file=error.filename,
                folder=state_dir(),
            )
        return text(
            "the disk is full; free some space there or in the state folder {folder}, then run it again",
            folder=state_dir(),
        )
    if error.filename is None:
        return str(error)
    if error.errno not in _FORBIDDEN:
        return f"{error.filename}: {error.strerror}"
    fix = text("give this user the right to write there")
    if Path(error.filename).is_relative_to(state_dir()) or state_dir().is_relative_to(error.filename):
        fix = text("give this user the right to write there, or set another state folder in TOCSIN_STATE_DIR")
    return text(
        "{file} cannot be opened or written ({error}); {fix}", file=error.filename, error=error.strerror, fix=fix
    )
