"""The command `forecast`: the calls to expect."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
import typer

from agents.commands.files import Zone, known_files, opened
from agents.commands.options import Config, Site, failed, settings_or_unknown
from agents.terminal import Screen, say
from agents.translation import counted, labelled, text, why

if TYPE_CHECKING:
    from agents.forecast.arrivals import Arrivals
    from streams.forecast.past import Past

ARRIVALS: Final = "arrivals"
MOST_WEEKS: Final = 26
SHOWN: Final = 20  # wrong rows, one by one


def forecast(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="arrivals FILE...",
            help="CSV with the columns start, calls and perhaps line, by half-hours or finer, or by days; - is "
            "standard input.",
        ),
    ],
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="The first day to forecast; only what is before it is used.",
            show_default="the day after the last one",
        ),
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=MOST_WEEKS, help="Weeks to forecast.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV alone.")] = False,
    timezone: Zone = None,
    config: Config = None,
    site: Site = None,
) -> None:
    """Forecast the calls of the coming weeks by half-hour, day and week, with intervals.

    Without --config, the holidays are those of the country that explains the unusual days best, if one does.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small: threads only wait for each other
    from agents.csv_text import csv_text
    from agents.forecast.countries import countries, days_off
    from agents.forecast.written import Forecast, document, rows, show
    from streams.forecast.country import likely_days_off
    from streams.forecast.expected import expect_calls

    if json and csv:
        raise typer.BadParameter(text("{found} is not CSV", found="--json"), param_hint="--csv")
    files = _files(words)
    settings = None if config is None else settings_or_unknown(config, site)
    name = timezone or (settings and settings.timezone)
    zone = ZoneInfo(name) if name else None
    arrivals = _arrivals(files, zone)
    first = _first_day(until, arrivals.last())
    end = first + timedelta(7 * weeks)
    pasts = _pasts(arrivals, first)
    begun = min(past.first for past in pasts.values())
    if settings is None:
        off = likely_days_off(list(pasts.values()), countries(begun, end), 7 * weeks)
    else:
        off = days_off(settings, begun, end)
    expected = {line: expect_calls(past, 7 * weeks, off) for line, past in pasts.items()}
    made = Forecast(first, expected, off, settings is None and bool(off.names), zone)
    if json:
        say(msgspec.json.format(msgspec.json.encode(document(made))).decode())
    elif csv:
        sys.stdout.write(csv_text(rows(made)))
    else:
        show(made, Screen())


def _arrivals(files: list[Path], zone: ZoneInfo | None) -> Arrivals:
    """Return the rows of files, and report the wrong ones; end with status 1 if a file lacks a column."""
    from agents.forecast.arrivals import Arrivals, ArrivalsError

    arrivals = Arrivals(zone)
    for file in files:
        with opened([file]) as lines:
            try:
                arrivals.take(file.name, lines)
            except ArrivalsError as error:
                failed(labelled(file, why(error)))
    for wrong in arrivals.wrong[:SHOWN]:
        say(labelled(f"{wrong.file}:{wrong.number}", text(wrong.why)), err=True)
    if (left := len(arrivals.wrong) - SHOWN) > 0:
        say(counted("{count} more row was refused", "{count} more rows were refused", left), err=True)
    return arrivals


def _pasts(arrivals: Arrivals, until: date) -> dict[str, Past]:
    """Return the pasts that suffice, and report the others; end with status 1 if none does."""
    known = {}
    for line, past in arrivals.pasts(until).items():
        if past is None:
            say(labelled(line, text("too few days are known; expected 14 or more, with calls")), err=True)
        else:
            known[line] = past
    return known or failed(text("there is nothing to forecast from"))


def _files(words: list[str]) -> list[Path]:
    """Return the files; end with status 2 if there are none."""
    if words[0] != ARRIVALS or len(words) == 1:
        raise typer.BadParameter(
            text("{found}; expected {expected}", found=" ".join(words), expected="arrivals FILE...")
        )
    return known_files([Path(word) for word in words[1:]])


def _first_day(until: datetime | None, last: date | None) -> date:
    """Return the first day to forecast."""
    if until is not None:
        return until.date()
    if last is None:
        failed(text("there is nothing to forecast from"))
    return last + timedelta(1)
