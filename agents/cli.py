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

app = group("Watch a public office's telephone lines and counters, and find out which bad figures are counting errors.")


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


def help_texts(*_babel: object, **_options: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield the texts of `--help`; Babel calls this as an extraction method."""
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
            say(text("failed: {why}", why=unusable(error)), err=True)  # standard output goes to a file
            raise SystemExit(1) from None


if __name__ == "__main__":
    main()
