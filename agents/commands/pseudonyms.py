"""The commands of `tocsin pseudonyms`: rotate the key, answer a request for erasure."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from agents.commands.asking import ask
from agents.commands.options import Config, Site, offices_of, refusals, settings_of
from agents.commands.spoken import group, speaks
from agents.state import state_dir
from agents.terminal import say
from agents.translation import counted, text

app = group("Callers' pseudonyms: rotate their key, erase a caller.")

Number = Annotated[
    str | None,
    typer.Argument(
        metavar="CALLER",
        help="The caller's number; if it is left out, it is asked for, so that no shell history keeps it.",
    ),
]
Rotate = Annotated[
    bool, typer.Option("--rotate", help="Rotate the key too, so that no pseudonym can be linked to a caller.")
]


@speaks(app)
def rotate(config: Config = None) -> None:
    """Make a new key and destroy the old one: earlier callers are no longer recognised."""
    from agents.sources.pseudonym import rotate as rotate_key

    offices_of(config)
    with refusals():
        path = rotate_key(os.environ, state_dir())
    say(
        text(
            "new key in {file}; the old key is destroyed, so earlier pseudonyms can no longer be linked to a number",
            file=path,
        )
    )
    say(
        text(
            "restart any running `tocsin ingest --follow`, which still has the old key in memory. On this "
            "day, callers count as unknown on every line with pseudonyms of both keys; rotate after closing "
            "time to limit this"
        ),
        err=True,
    )


@speaks(app)
def erase(number: Number = None, config: Config = None, site: Site = None, rotate: Rotate = False) -> None:
    """List the records that hold a caller's pseudonym, and when each will be gone; --rotate unlinks them all now."""
    from agents.dialling import numbers_of
    from agents.history.pseudonyms import holdings
    from agents.sources.pseudonym import KEY_FILE, VARIABLE, Pseudonymizer
    from agents.sources.pseudonym import rotate as rotate_key

    settings = settings_of(config, site)
    number = number or ask(text("Number"), hidden=True)
    if VARIABLE not in os.environ and not (state_dir() / KEY_FILE).exists():
        say(text("no key on this machine: run it where `tocsin ingest` runs"), err=True)
        raise typer.Exit(1)
    with refusals():
        pseudonym = Pseudonymizer.from_environment(os.environ, state_dir(), numbers_of(settings)).of(number)
        if pseudonym is None:
            raise typer.BadParameter(text("this is not a caller's number"), param_hint="CALLER")
        found = holdings(settings, pseudonym, state_dir())
        for place, count, gone in found:
            until = text("deleted by {day}", day=gone.date()) if gone else text("kept until it is replaced")
            records = counted("{count} record", "{count} records", count)
            say(text("{place}: {records}; {until}", place=place, records=records, until=until))
        if not found:
            say(text("no record holds this number's pseudonym under the key of this machine"))
        if rotate:
            path = rotate_key(os.environ, state_dir())
            say(text("new key in {file}: none of these records can be linked to this caller any more", file=path))
    if found and not rotate:
        say(
            text(
                "Kafka cannot erase a single record: each is deleted with its day. To unlink them from the "
                "number now, destroy the key: tocsin pseudonyms rotate"
            ),
            err=True,
        )
