"""The commands `backup` and `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agents.commands.options import Config, offices_of, refusals
from agents.progress import progress
from agents.terminal import say
from agents.translation import counted


def backup(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")], config: Config = None) -> None:
    """Copy ledger, decisions, incidents and states to files. Stop the workers first.

    Events are not copied, as the states contain their counts.
    """
    from agents.kafka.backup import back_up

    settings = offices_of(config).shared
    with refusals(), progress():
        done = back_up(settings, folder)
    if done.uncounted:
        say(
            counted(
                "{count} event is not counted yet: after a restoration, send its file again",
                "{count} events are not counted yet: after a restoration, send their files again",
                done.uncounted,
            ),
            err=True,
        )
    say(counted("{count} record in {folder}", "{count} records in {folder}", done.records, folder=folder))


def restore(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="The folder of a backup.")
    ],
    config: Config = None,
) -> None:
    """Restore a backup into a cluster without records, and compare every record with the backup."""
    from agents.kafka import backup

    settings = offices_of(config).shared
    with refusals(), progress():
        count = backup.restore(settings, folder)
    say(counted("{count} record restored", "{count} records restored", count))
