"""The command `tocsin`."""

from __future__ import annotations

import os
from collections.abc import Iterator

from typer.main import get_command

from agents import ending
from agents.commands import (
    analysis,
    audit,
    board,
    callbacks,
    certify,
    ingest,
    init,
    kafka,
    mail,
    pseudonyms,
    reconcile,
    review,
    running,
    simulation,
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

app = group("Watch the telephone lines and counters of a public office, and tell a bad line from a bad count.")


@app.callback()
def _group(lang: Lang = None, *, version: Version = False) -> None: ...


for command in (
    running.demo,
    running.worker,
    board.board,
    analysis.analyze,
    init.init,
    reconcile.reconcile,
    ingest.ingest,
    totals.totals,
    certify.certify,
    callbacks.callbacks,
    mail.mail,
    audit.audit,
    simulation.simulate,
    kafka.check,
    kafka.topics,
    kafka.broker,
    kafka.dead_letters,
):
    speaks(app)(command)
app.add_typer(review.app, name="review")
app.add_typer(pseudonyms.app, name="pseudonyms")
app.add_typer(state.app, name="state")


def told(*_babel: object, **_options: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield what `--help` tells, for the catalogue: a method of extraction as Babel calls it."""
    for message in usage.texts(get_command(app)):
        yield 1, None, message, []


def main() -> None:
    """Run the command line."""
    log_to_stderr()
    with ending.by_signals(), speaking(language_of(os.environ)):
        try:
            app()
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise
            say(text("failed: {why}", why=unusable(error)), err=True)  # what is printed goes to a file
            raise SystemExit(1) from None


if __name__ == "__main__":
    main()
