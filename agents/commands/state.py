"""The commands of `tocsin state`: look at the states of the workers, and mend one that cannot be read."""

from __future__ import annotations

import time
from shlex import quote
from typing import Annotated

import typer

from agents.commands.options import Config, refusals, settings_of
from agents.progress import progress
from agents.terminal import say

app = typer.Typer(no_args_is_help=True, help="Look at the states in the changelog, and mend one: list, show, rebuild.")

Key = Annotated[str, typer.Argument(metavar="KEY", help="Its key, as `tocsin state list` shows it.")]


@app.command("list")
def list_(
    config: Config = None, json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False
) -> None:
    """List the states: key, partition, format, how far it was folded, bytes, age, and what is wrong with it."""
    import msgspec

    from agents.states.records import state_records

    with refusals():
        found = list(state_records(settings_of(config)))
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
                f"{row['key']:<32} partition {row['partition']}, format {row['format']}, folded to {row['folded']}, "
                f"{row['bytes']} bytes, {row['age_seconds']} s old"
            )
            if row["trouble"]:
                what = f"refused; mend it: tocsin state rebuild {quote(str(row['key']))}"
                if not row["refused"]:
                    what = "a worker goes on without it, and writes over it"
                say(f"  cannot be read: {row['trouble']}; {what}", err=True)
    if any(row["refused"] for row in rows):
        raise typer.Exit(1)


@app.command()
def show(key: Key, config: Config = None) -> None:
    """Show one state as JSON: numbers and names as they are, of the rest how much it is."""
    import msgspec

    from agents.states.records import state_records

    with refusals():
        found = [each for each in state_records(settings_of(config)) if each.key == key]
    if not found:
        raise typer.BadParameter(f"{key!r}; expected one of `tocsin state list`", param_hint="KEY")
    if found[0].trouble:
        say(f"cannot be read: {found[0].trouble}", err=True)
        raise typer.Exit(1)
    say(msgspec.json.format(msgspec.json.encode(found[0].summary())).decode())


@app.command()
def rebuild(
    key: Key,
    config: Config = None,
    force: Annotated[bool, typer.Option("--force", help="Though its state can be read.")] = False,
) -> None:
    """Begin a state anew from the events that are still there; the ledger keeps what it has, and counts nothing twice.

    A worker that is running does not see it: restart the one that owns the partition.
    """
    from agents.states import rebuild as anew
    from agents.states.records import state_records

    settings = settings_of(config)
    with refusals():
        with progress():
            found = [each for each in state_records(settings) if each.key == key]
        if found and not found[0].refused and not force:
            say(f"{key} needs no mend: a worker can go on from it; --force begins it anew all the same", err=True)
            raise typer.Exit(1)
        try:
            with progress():
                done = anew.rebuild(settings, key)
        except anew.RebuildError as error:
            raise typer.BadParameter(str(error), param_hint="KEY") from None
    kept = "all days are folded anew" if done.kept is None else f"days up to {done.kept} stay in the ledger as they are"
    say(f"{key} is folded anew from offset {done.first} of partition {done.partition}; {kept}")
    say("its counters on /metrics begin at nothing, and its baseline is learnt again; now restart its worker")
    if done.gone:
        say(f"{done.gone} offsets are gone from the topic, and not all of them may be in the ledger", err=True)
