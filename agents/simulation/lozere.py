"""The years of Lozère that `tocsin demo` plays: what is told of them, and the same as files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec

from agents.simulation.office import office_days
from agents.sources.entry import Accepted
from config.refusal import ConfigError, Mistake
from config.settings import DEFAULT, Settings
from streams.simulation.lozere import PERIODS, SEED, SURVEY, Period, events
from streams.simulation.survey import Answer, answers

_encode = msgspec.json.Encoder().encode


def check(settings: Settings, config: Path | None) -> None:
    """Raise `ConfigError` for what these years tell of and the configuration, read from this file, does not have."""
    told = {
        "lines": [profile.line for period in PERIODS for profile in period.lines],
        "services": [desk.service for period in PERIODS for desk in period.desks],
        "requests": [channel.channel for period in PERIODS for channel in period.channels],
    }
    faults = [
        Mistake(str(config or DEFAULT), f"{part}.{name}", "nothing", "what is told of Lozère")
        for part, names in told.items()
        for name in dict.fromkeys(names)
        if name not in getattr(settings, part)
    ]
    if faults:
        raise ConfigError(faults)


def told(settings: Settings, period: Period) -> Iterator[Accepted]:
    """Yield what is told of a period, in the order of its times; the calendar is the configuration's."""
    days = office_days(settings, period.first, period.last)
    for row, event in enumerate(events(period, days, settings.site), 1):
        yield Accepted(row, event, _encode(event))


def write(settings: Settings, out: Path) -> Iterator[tuple[Path, int]]:
    """Write the events of each period as JSON lines, and the survey; yield each file with its number of rows."""
    out.mkdir(parents=True, exist_ok=True)
    for period in PERIODS:
        path, rows = out / f"{period.year}.jsonl", 0
        with path.open("wb") as file:
            for rows, each in enumerate(told(settings, period), 1):  # noqa: B007 -- told when all are written
                file.write(each.record + b"\n")
        yield path, rows
    path = out / f"survey-{SURVEY.year}.csv"
    yield path, write_survey(path)


def write_survey(path: Path) -> int:
    """Write each respondent's answer to each question as CSV; return how many there are."""
    rows = list(answers(SURVEY, SEED))
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(Answer._fields)
        table.writerows(rows)
    return len(rows)
