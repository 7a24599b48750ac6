"""The commands of `tocsin pseudonyms`: rotate the key, answer a person's request for erasure."""

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
        metavar="CALLER", help="The caller's number; asked for where it is not given, so that no history keeps it."
    ),
]
Rotate = Annotated[bool, typer.Option("--rotate", help="Rotate the key too, so that nothing points to anybody.")]


@speaks(app)
def rotate(config: Config = None) -> None:
    """Make a new key and destroy the old one: who called before is a stranger from now on."""
    from agents.sources.pseudonym import rotate as rotate_key

    offices_of(config)
    with refusals():
        path = rotate_key(os.environ, state_dir())
    say(
        text(
            "a new key in {file}; the old one is destroyed, and with it what a pseudonym of before stood for", file=path
        )
    )
    say(
        text(
            "start a running `tocsin ingest --follow` anew: until then it keeps the old key in memory. The callers of "
            "this day count as unknown, on each line that both keys tell of: after closing time that is least"
        ),
        err=True,
    )


@speaks(app)
def erase(number: Number = None, config: Config = None, site: Site = None, rotate: Rotate = False) -> None:
    """Say which records hold a caller's pseudonym, what becomes of each and when; --rotate unlinks them all now."""
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
            raise typer.BadParameter(text("that names nobody"), param_hint="CALLER")
        found = holdings(settings, pseudonym, state_dir())
        for place, count, gone in found:
            until = text("gone by {day}", day=gone.date()) if gone else text("there until it is replaced")
            records = counted("{count} record", "{count} records", count)
            say(text("{place}: {records}; {until}", place=place, records=records, until=until))
        if not found:
            say(text("no record holds a pseudonym of this number by the key of this machine"))
        if rotate:
            path = rotate_key(os.environ, state_dir())
            say(text("a new key in {file}: none of them can be told to be this caller's", file=path))
    if found and not rotate:
        say(
            text(
                "Kafka erases no single record: each goes with its day. To unlink them from the number now, destroy "
                "the key that makes the link: tocsin pseudonyms rotate"
            ),
            err=True,
        )
