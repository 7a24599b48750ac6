"""The command `forecast`: the calls to expect."""

from __future__ import annotations

import sys

from agents.commands.coming import AsCsv, AsJson, Until, Weeks, Words, alone, coming
from agents.commands.files import Zone
from agents.commands.options import Config, Site
from agents.terminal import Screen, say_json


def forecast(
    words: Words = None,
    until: Until = None,
    weeks: Weeks = 1,
    json: AsJson = False,
    csv: AsCsv = False,
    timezone: Zone = None,
    config: Config = None,
    site: Site = None,
) -> None:
    """Forecast the calls of the coming weeks by half-hour, day and week, with intervals.

    Without --config, the holidays are taken from the country that explains the unusual days best, if one does.
    """
    from agents.csv_text import csv_text
    from agents.forecast.written import document, rows, show

    alone(json=json, csv=csv)
    made = coming(words, until, weeks, timezone, config, site, quiet=json or csv).forecast
    if json:
        say_json(document(made))
    elif csv:
        sys.stdout.write(csv_text(rows(made)))
    else:
        show(made, Screen())
