"""The command `tocsin`."""

from __future__ import annotations

import sys
from typing import Final

import structlog
import typer

from agents.commands import audit, board, files, kafka, review, running, simulation, totals

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watch the telephone lines and counters of a public office, and tell a bad line from a bad count.",
)
for command in (
    running.demo,
    running.worker,
    board.board,
    files.analyze,
    files.ingest,
    totals.totals,
    audit.audit,
    simulation.simulate,
    kafka.check,
    kafka.topics,
    kafka.broker,
    kafka.dead_letters,
):
    app.command()(command)
app.add_typer(review.app, name="review")

AS_JSON: Final = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())


def main() -> None:
    """Run the command line."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *([structlog.dev.ConsoleRenderer()] if sys.stderr.isatty() else AS_JSON),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    app()


if __name__ == "__main__":
    main()
