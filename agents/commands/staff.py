"""The command `staff`: the agents that the forecast needs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from agents.commands.coming import AsCsv, AsJson, Until, Weeks, Words, alone, coming
from agents.commands.files import Zone
from agents.commands.options import Config, Site, failed
from agents.terminal import Screen, say, say_json
from agents.translation import labelled, text


def staff(
    words: Words = None,
    until: Until = None,
    weeks: Weeks = 1,
    talk: Annotated[
        float | None,
        typer.Option(min=1, metavar="SECONDS", help="Mean talk time.", show_default="the line's own; 180 for a file"),
    ] = None,
    patience: Annotated[
        float | None,
        typer.Option(
            min=1,
            metavar="SECONDS",
            help="How long callers wait before they give up, on average.",
            show_default="the line's own; 300 for a file",
        ),
    ] = None,
    pool: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE+LINE", help="Lines that share their agents, planned as one; may be repeated."),
    ] = None,
    json: AsJson = False,
    csv: AsCsv = False,
    timezone: Zone = None,
    config: Config = None,
    site: Site = None,
) -> None:
    """Plan the agents of the coming weeks by half-hour: the fewest that meet the target on four of five such days.

    The target of a line is its `service_level` and its `target` in the configuration, of a service its `target_wait`.
    Lines that share their agents have the strictest of their targets.
    """
    from agents.csv_text import csv_text
    from agents.forecast.roster import staffed
    from agents.forecast.roster_table import show
    from agents.forecast.written import document, rows

    alone(json=json, csv=csv)
    made = coming(words, until, weeks, timezone, config, site, quiet=json or csv, pools=pool or ())
    plan = staffed(made.forecast, made.settings, made.history, talk, patience, configured=made.configured)
    for name, reason in plan.left_out:
        say(labelled(name, text(reason)), err=True)
    if made.history is None and None in {talk, patience}:
        say(text("A file of arrivals has no talk times: --talk 180 and --patience 300 are assumed."), err=True)
    if not plan.forecast.rosters:
        failed(text("there is nothing to plan"))
    if json:
        say_json(document(plan.forecast))
    elif csv:
        sys.stdout.write(csv_text(rows(plan.forecast)))
    else:
        show(plan.forecast, Screen())
