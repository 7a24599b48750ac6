"""Shared by `forecast` and `staff`: their options, and the forecast of files or of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple
from zoneinfo import ZoneInfo

import typer

from agents.commands.files import known_files, opened
from agents.commands.options import failed, refusals, settings_of, settings_or_unknown
from agents.progress import progress
from agents.terminal import say
from agents.translation import counted, labelled, text, why

if TYPE_CHECKING:
    from agents.forecast.arrivals import ArrivalRows
    from agents.forecast.written import Forecast
    from agents.history.ledger import History
    from config.settings import Settings
    from streams.forecast.past import Past

ARRIVALS: Final = "arrivals"
MOST_WEEKS: Final = 26
SHOWN: Final = 20  # wrong rows, one by one

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[arrivals FILE...]",
        help="CSV with the columns start, calls and perhaps line, by half-hours or finer, or by days; - is "
        "standard input. Without files: the ledger.",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="The first day to forecast; only earlier days are used.",
        show_default="the day after the last one",
    ),
]
Weeks = Annotated[int, typer.Option(min=1, max=MOST_WEEKS, help="Weeks to forecast.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV alone.")]


class Coming(NamedTuple):
    """A forecast and its sources."""

    forecast: Forecast
    settings: Settings  # of an unknown office if files come without a configuration
    configured: bool
    history: History | None  # None for files


def coming(
    words: list[str] | None,
    until: datetime | None,
    weeks: int,
    timezone: str | None,
    config: Path | None,
    site: str | None,
    *,
    quiet: bool,
    pools: Sequence[str] = (),
) -> Coming:
    """Return the forecast of the files in `words`, or of an office's ledger without them.

    Each of `pools` names lines, joined by `+`, that are forecast as one.
    """
    first = None if until is None else until.date()
    if not words:
        return _of_ledger(settings_of(config, site), first, weeks, pools, quiet=quiet)
    files = _files(words)
    settings = settings_or_unknown(config, site)
    return _of_files(files, settings, timezone, first, weeks, pools, configured=config is not None)


def alone(*, json: bool, csv: bool) -> None:
    """End with status 2 if both formats are wanted."""
    if json and csv:
        raise typer.BadParameter(text("{found} is not CSV", found="--json"), param_hint="--csv")


def _of_files(
    files: list[Path],
    settings: Settings,
    timezone: str | None,
    first: date | None,
    weeks: int,
    pools: Sequence[str],
    *,
    configured: bool,
) -> Coming:
    """Forecast the lines of files."""
    from agents.forecast.countries import countries, days_off
    from agents.forecast.written import Forecast
    from streams.forecast.country import likely_days_off
    from streams.forecast.expected import expect_calls

    name = timezone or (settings.timezone if configured else None)
    zone = ZoneInfo(name) if name else None
    arrivals = _arrivals(files, zone)
    first = first or _day_after(arrivals.last())
    pasts = _pooled(_enough(arrivals.pasts(first)), pools)
    if not pasts:
        failed(text("there is nothing to forecast from"))
    begun, end = min(past.first for past in pasts.values()), first + timedelta(7 * weeks)
    if configured:
        off = days_off(settings, begun, end)
    else:
        off = likely_days_off(list(pasts.values()), countries(begun, end), 7 * weeks)
    expected = {line: expect_calls(past, 7 * weeks, off) for line, past in pasts.items()}
    found = Forecast(first, expected, {}, off, not configured and bool(off.names), zone)
    return Coming(found, settings, configured, None)


def _of_ledger(settings: Settings, first: date | None, weeks: int, pools: Sequence[str], *, quiet: bool) -> Coming:
    """Forecast the lines and services of an office from its ledger."""
    from agents.forecast.countries import days_off
    from agents.forecast.ledger import last_day, pasts_of
    from agents.forecast.written import Forecast
    from agents.history.ledger import read_history
    from agents.history.today import today
    from streams.forecast.expected import expect_calls

    zone = ZoneInfo(settings.timezone)
    with refusals(), progress(quiet=quiet):
        known = read_history(settings)
    first = first or _day_after(last_day(known, settings.site, today(settings, known.days.dates(settings.site))))
    lines = _pooled(_enough(pasts_of(known, settings, "lines", first)), pools)
    services = _enough(pasts_of(known, settings, "services", first))
    if not lines and not services:
        failed(text("there is nothing to forecast from"))
    begun = min(past.first for past in (*lines.values(), *services.values()))
    off = days_off(settings, begun, first + timedelta(7 * weeks))
    calls, visitors = (
        {name: expect_calls(past, 7 * weeks, off) for name, past in pasts.items()} for pasts in (lines, services)
    )
    found = Forecast(first, calls, visitors, off, inferred=False, zone=zone)
    return Coming(found, settings, configured=True, history=known)


def _arrivals(files: list[Path], zone: ZoneInfo | None) -> ArrivalRows:
    """Return the rows of files, and report the wrong ones; end with status 1 if a file lacks a column."""
    from agents.forecast.arrivals import ArrivalRows, ArrivalsError

    arrivals = ArrivalRows(zone)
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


def _enough(pasts: dict[str, Past | None]) -> dict[str, Past]:
    """Return the pasts that suffice, and report the others."""
    for name, past in pasts.items():
        if past is None:
            say(labelled(name, text("too few days are known; expected 14 or more, with calls")), err=True)
    return {name: past for name, past in pasts.items() if past is not None}


def _pooled(pasts: dict[str, Past], pools: Sequence[str]) -> dict[str, Past]:
    """Return the pasts with each pool in place of its lines; end with status 2 if a line of it has no past."""
    from streams.forecast.past import pooled

    for pool in pools:
        members = list(dict.fromkeys(pool.split("+")))
        if unknown := [name for name in members if name not in pasts]:
            reason = text("there is no line {name}; expected {known}", name=unknown[0], known=", ".join(pasts))
            raise typer.BadParameter(reason, param_hint="--pool")
        pasts = {name: past for name, past in pasts.items() if name not in members} | {
            pool: pooled([pasts[name] for name in members])
        }
    return pasts


def _files(words: list[str]) -> list[Path]:
    """Return the files; end with status 2 if there are none."""
    if words[0] != ARRIVALS or len(words) == 1:
        raise typer.BadParameter(
            text("{found}; expected {expected}", found=" ".join(words), expected="arrivals FILE...")
        )
    return known_files([Path(word) for word in words[1:]])


def _day_after(last: date | None) -> date:
    """Return the first day to forecast, after the last one known; end with status 1 if there is none."""
    return failed(text("there is nothing to forecast from")) if last is None else last + timedelta(1)
