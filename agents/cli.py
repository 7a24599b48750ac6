"""The command `tocsin`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import typer
from typer.main import get_command

from agents import ending
from agents.commands import (
    analysis,
    audit,
    backup,
    board,
    callbacks,
    certify,
    forecast,
    ingest,
    init,
    kafka,
    mail,
    notify,
    pseudonyms,
    reconcile,
    review,
    running,
    simulation,
    staff,
    state,
    totals,
    usage,
)
from agents.commands.options import DISK_FULL, unusable
from agents.commands.spoken import Lang, group, speaks
from agents.commands.version import Version
from agents.language import language_of
from agents.terminal import log_to_stderr, say
from agents.translation import speaking, text

app = group("Watch a public office's telephone lines and counters, and find out which bad figures are counting errors.")


@app.callback()
def _group(lang: Lang = None, *, version: Version = False) -> None: ...


# The panels of `--help`, in its order: commands, and groups of commands by their names.
PANELS: Final[Mapping[str, Sequence[Callable[..., None] | tuple[str, typer.Typer]]]] = {
    "Look at files": (analysis.analyze, reconcile.reconcile, init.init, simulation.simulate),
    "Plan": (forecast.forecast, staff.staff),
    "Run": (kafka.check, kafka.topics, kafka.broker, ingest.ingest, running.worker, board.board, notify.notify),
    "Decide": (("review", review.app), callbacks.callbacks),
    "Publish": (totals.totals, certify.certify, mail.mail, audit.audit),
    "Repair": (backup.backup, backup.restore, kafka.dead_letters, ("state", state.app), ("pseudonyms", pseudonyms.app)),
    "Try": (running.demo,),
}
for title, commands in PANELS.items():
    for command in commands:
        if isinstance(command, tuple):
            name, inner = command
            app.add_typer(inner, name=name, rich_help_panel=title)
        else:
            speaks(app, panel=title)(command)


def help_texts(*_babel: object, **_options: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield the texts of `--help` for the catalogue: an extraction method that Babel calls."""
    for message in usage.texts(get_command(app)):
        yield 1, None, message, []


def main() -> None:
    log_to_stderr()
    with ending.by_signals(), speaking(language_of(os.environ)):
        try:
            app()
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise
            say(text("failed: {why}", why=unusable(error)), err=True)  # standard output may be a file
            raise SystemExit(1) from None


if __name__ == "__main__":
    main()
