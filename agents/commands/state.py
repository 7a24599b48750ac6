"""The commands of `tocsin state`: look at the states of the workers, and mend one that cannot be read."""

from __future__ import annotations

import time
from shlex import quote
from typing import Annotated

import typer

from agents.commands.options import Config, Site, offices_of, refusals, settings_of
from agents.commands.spoken import group, speaks
from agents.progress import progress
from agents.terminal import say
from agents.translation import text, why

app = group("Look at the states in the changelog, and mend one: list, show, rebuild.")

Key = Annotated[str, typer.Argument(metavar="KEY", help="Its key, as `tocsin state list` shows it.")]


@speaks(app, "list")
def list_(
    config: Config = None, json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False
) -> None:
    """List the states: key, partition, format, how far it was folded, bytes, age, and what is wrong with it."""
    import msgspec

    from agents.states.records import state_records

    with refusals():
        found = list(state_records(offices_of(config).shared))
    rows = [
        {
            "key": each.key,
            "partition": each.partition,
            "record": each.offset,
            "format": each.format,
            "folded": None if each.position is None else each.position.offset,
            "epoch": None if each.position is None else each.position.epoch,
            "bytes": len(each.value),
            "age_seconds": round(time.time() - each.at / 1000),
            "trouble": each.trouble,
            "refused": each.refused,
        }
        for each in found
    ]
    if json:
        say(msgspec.json.format(msgspec.json.encode(rows)).decode())
    else:
        for row in rows:
            say(
                text(
                    "{key:<32} partition {partition}, format {format}, folded to {folded}, {bytes} bytes, "
                    "{age_seconds} s old",
                    **{name: "—" if value is None else value for name, value in row.items()},
                )
            )
            if row["trouble"]:
                mend = f"tocsin state rebuild {quote(str(row['key']))}"
                what = text("refused; mend it: {command}", command=mend)
                if not row["refused"]:
                    what = text("a worker goes on without it, and writes over it")
                say(text("  cannot be read: {trouble}; {what}", trouble=row["trouble"], what=what), err=True)
    if any(row["refused"] for row in rows):
        raise typer.Exit(1)


@speaks(app)
def show(key: Key, config: Config = None) -> None:
    """Show one state as JSON: numbers and names as they are, of the rest how much it is."""
    import msgspec

    from agents.states.records import state_records

    with refusals():
        found = [each for each in state_records(offices_of(config).shared) if each.key == key]
    if not found:
        words = text("{found}; expected one of `tocsin state list`", found=repr(key))
        raise typer.BadParameter(words, param_hint="KEY")
    if found[0].trouble:
        say(text("cannot be read: {trouble}", trouble=found[0].trouble), err=True)
        raise typer.Exit(1)
    say(msgspec.json.format(msgspec.json.encode(found[0].summary())).decode())


@speaks(app)
def rebuild(
    key: Key,
    config: Config = None,
    site: Site = None,
    force: Annotated[bool, typer.Option("--force", help="Though its state can be read.")] = False,
) -> None:
    """Begin a state anew from the events that are still there; the ledger keeps what it has, and counts nothing twice.

    A worker that is running does not see it: restart the one that owns the partition.
    """
    from agents.states import rebuild as anew
    from agents.states.records import state_records

    settings = settings_of(config, site)
    with refusals():
        with progress():
            found = [each for each in state_records(settings) if each.key == key]
        if found and not found[0].refused and not force:
            say(
                text("{key} needs no mend: a worker can go on from it; --force begins it anew all the same", key=key),
                err=True,
            )
            raise typer.Exit(1)
        try:
            with progress():
                done = anew.rebuild(settings, key)
        except anew.RebuildError as error:
            raise typer.BadParameter(why(error), param_hint="KEY") from None
    kept = text("all days are folded anew")
    if done.kept is not None:
        kept = text("days up to {day} stay in the ledger as they are", day=done.kept)
    say(
        text(
            "{key} is folded anew from offset {offset} of partition {partition}; {kept}",
            key=key,
            offset=done.first,
            partition=done.partition,
            kept=kept,
        )
    )
    say(text("its counters on /metrics begin at nothing, and its baseline is learnt again; now restart its worker"))
    if done.gone:
        say(
            text("{count} offsets are gone from the topic, and not all of them may be in the ledger", count=done.gone),
            err=True,
        )
