"""The commands of `tocsin state`: list, show and rebuild the states of the workers."""

from __future__ import annotations

import time
from shlex import quote
from typing import Annotated

import typer

from agents.commands.options import Config, Site, offices_of, refusals, settings_of
from agents.commands.spoken import group, speaks
from agents.progress import progress
from agents.terminal import say, say_json
from agents.translation import text, why

app = group("The states in the changelog: list, show, rebuild.")

Key = Annotated[str, typer.Argument(metavar="KEY", help="Its key, as shown by `tocsin state list`.")]


@speaks(app, "list")
def list_(
    config: Config = None, json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False
) -> None:
    """List the states: key, partition, format, offset, size, age, and any problem."""
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
        say_json(rows)
    else:
        for row in rows:
            say(
                text(
                    "{key:<32} partition {partition}, format {format}, up to offset {folded}, {bytes} bytes, "
                    "{age_seconds} s old",
                    **{name: "—" if value is None else value for name, value in row.items()},
                )
            )
            if row["trouble"]:
                rebuild = f"tocsin state rebuild {quote(str(row['key']))}"
                what = text("refused; fix it with: {command}", command=rebuild)
                if not row["refused"]:
                    what = text("a worker continues without it, and overwrites it")
                say(text("  cannot be read: {trouble}; {what}", trouble=row["trouble"], what=what), err=True)
    if any(row["refused"] for row in rows):
        raise typer.Exit(1)


@speaks(app)
def show(key: Key, config: Config = None) -> None:
    """Show a state as JSON: numbers and names in full, everything else by its size."""
    from agents.states.records import state_records

    with refusals():
        found = [each for each in state_records(offices_of(config).shared) if each.key == key]
    if not found:
        words = text("{found}; expected a key from `tocsin state list`", found=repr(key))
        raise typer.BadParameter(words, param_hint="KEY")
    if found[0].trouble:
        say(text("cannot be read: {trouble}", trouble=found[0].trouble), err=True)
        raise typer.Exit(1)
    say_json(found[0].summary())


@speaks(app)
def rebuild(
    key: Key,
    config: Config = None,
    site: Site = None,
    force: Annotated[bool, typer.Option("--force", help="Rebuild it even if it can be read.")] = False,
) -> None:
    """Rebuild a state from the events that are still in Kafka; days in the ledger stay and are not counted twice.

    A running worker does not notice: restart the one that owns the partition.
    """
    from agents.states import rebuild as rebuilding
    from agents.states.records import state_records

    settings = settings_of(config, site)
    with refusals():
        with progress():
            found = [each for each in state_records(settings) if each.key == key]
        if found and not found[0].refused and not force:
            say(
                text("{key} needs no rebuild: workers can read it; use --force to rebuild it anyway", key=key),
                err=True,
            )
            raise typer.Exit(1)
        try:
            with progress():
                done = rebuilding.rebuild(settings, key)
        except rebuilding.RebuildError as error:
            raise typer.BadParameter(why(error), param_hint="KEY") from None
    kept = text("all days are recounted")
    if done.kept is not None:
        kept = text("the ledger's days up to {day} are kept", day=done.kept)
    say(
        text(
            "{key} is rebuilt from offset {offset} of partition {partition}; {kept}",
            key=key,
            offset=done.first,
            partition=done.partition,
            kept=kept,
        )
    )
    say(text("its counters on /metrics start at zero, and its baseline is learnt again; now restart its worker"))
    if done.gone:
        say(
            text(
                "{count} offsets have been deleted from the topic, and some of them may be missing from the ledger",
                count=done.gone,
            ),
            err=True,
        )
