"""The years of Lozère for `tocsin demo`: as rows to ingest, and as files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

from agents.draft import draft, write_whole
from agents.history.incident_schema import IncidentJson
from agents.simulation.office import office_days
from agents.sources.entry import Accepted, numbered
from config.refusal import ConfigError, Mistake
from config.settings import Settings
from streams.simulation.fit import fit
from streams.simulation.lozere import MECHANISM, PERIODS, SEED, SURVEY, LozerePeriod, period_events
from streams.simulation.survey import PanelAnswer, answers
from streams.simulation.world import usual_openings


def require_configured(settings: Settings, config: Path) -> None:
    """Raise `ConfigError` if the configuration, read from this file, lacks a line, service or channel of Lozère."""
    needed = {
        "lines": [profile.line for period in PERIODS for profile in period.lines],
        "services": [service.service for period in PERIODS for service in period.services],
        "requests": [channel.channel for period in PERIODS for channel in period.channels],
    }
    lacking = [
        f"{part}.{name}"
        for part, names in needed.items()
        for name in dict.fromkeys(names)
        if name not in getattr(settings, part)
    ]
    if lacking:
        expected = "the office of the demo, Lozère; leave out --config and TOCSIN_CONFIG"
        raise ConfigError([Mistake(str(config), "", f"no {', '.join(lacking)}", expected)])


def period_rows(settings: Settings, period: LozerePeriod) -> Iterator[Accepted]:
    """Return the events of a period as rows in the order of time; the configuration gives the calendar."""
    days = office_days(settings, period.first, period.last)
    return numbered(period_events(period, days, settings.site))


def fitted(settings: Settings, period: LozerePeriod) -> Iterator[int]:
    """Fit the lines of a period, which takes most of the time before its first event; yield how many are done."""
    stretches = usual_openings(office_days(settings, period.first, period.last))
    for number, profile in enumerate(period.lines, 1):
        fit(profile, stretches)  # cached
        yield number


def unplanted(incidents: Iterable[IncidentJson]) -> list[IncidentJson]:
    """Return the incidents that are neither the planted miscount nor an overload.

    The simulated queues have bad hours of their own, and an overload changes no figure.
    """
    faults = [period.fault for period in PERIODS if period.fault is not None]
    return [
        each
        for each in incidents
        if each["verdict"] != "overload"
        and not any(
            (each.get("line"), each["kind"]) == (fault.line, MECHANISM) and each["from"] >= fault.since.isoformat()
            for fault in faults
        )
    ]


def write_years(settings: Settings, out: Path) -> Iterator[tuple[Path, int]]:
    """Write the events of each period as JSON lines, and the survey; yield each file with its number of rows."""
    out.mkdir(parents=True, exist_ok=True)
    for period in PERIODS:
        path, rows = out / f"{period.year}.jsonl", 0
        with draft(path) as file:
            for rows, each in enumerate(period_rows(settings, period), 1):  # noqa: B007 -- yielded when all are written
                file.write(each.record + b"\n")
        yield path, rows
    path = out / f"survey-{SURVEY.first.year}.csv"
    yield path, write_survey(path)


def write_survey(path: Path) -> int:
    """Write each respondent's answer to each question as CSV; return the number of rows."""
    rows = list(answers(SURVEY, SEED))
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(PanelAnswer._fields)
    table.writerows(rows)
    write_whole(path, text.getvalue().encode())
    return len(rows)
