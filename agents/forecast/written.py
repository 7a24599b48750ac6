"""A forecast, with or without agents, as JSON and as rows for CSV; and a forecast as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from agents.table import PrintedTable
from agents.terminal import Screen
from agents.translation import Words, spoken_language, text
from agents.writing import NOTHING, Writing
from config.settings import Settings
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import LEVELS, Expected, ExpectedCalls, quantiles
from streams.forecast.handling import Handling
from streams.forecast.staffing import StaffedDay

HALF_HOUR: Final = timedelta(minutes=30)
DECIMALS: Final = 4
WEEK: Final = timedelta(7)
HEAD: Final = ("desk", "step", "from", "mean", *map(str, LEVELS))
STAFFED: Final = ("agents", "met")  # more columns

DeskKind: TypeAlias = Literal["lines", "services"]
DeskKey: TypeAlias = tuple[DeskKind, str]


class DeskRoster(NamedTuple):
    handling: Handling
    days: Sequence[StaffedDay]  # the days of the forecast


class Forecast(NamedTuple):
    """The calls expected of some lines from a day on."""

    until: date  # the first day of the forecast, after the past
    lines: Mapping[str, ExpectedCalls]
    services: Mapping[str, ExpectedCalls]
    off: DaysOff
    inferred: bool  # the holidays are a guess by the calls
    zone: ZoneInfo | None  # of the times; None if unknown
    rosters: Mapping[DeskKey, DeskRoster] = {}  # of the desks whose agents are planned

    def desks(self) -> Iterator[tuple[DeskKey, ExpectedCalls]]:
        """Yield the desks: those with agents alone, if any are planned."""
        every: tuple[tuple[DeskKind, Mapping[str, ExpectedCalls]], ...]
        every = ("lines", self.lines), ("services", self.services)
        for kind, found in every:
            for name, calls in found.items():
                if not self.rosters or (kind, name) in self.rosters:
                    yield (kind, name), calls


class _Count(NamedTuple):
    """One expected count, with its name in the JSON and its beginning."""

    step: str
    start: str
    expected: Expected
    agents: int | float | None = None  # of a half-hour; the hours that all work on a day
    met: float | None = None


def document(forecast: Forecast) -> dict[str, Any]:
    """Return the JSON of `tocsin forecast --json` and `tocsin staff --json`."""
    written: dict[str, Any] = {
        "until": forecast.until.isoformat(),
        "holidays": {
            "country": forecast.off.country,
            "inferred": forecast.inferred,
            "days": {day.isoformat(): name for day, name in sorted(forecast.off.names.items())},
        },
        "lines": {},
        "services": {},
    }
    for (kind, name), calls in forecast.desks():
        written[kind][name] = _desk(calls, forecast.rosters.get((kind, name)), forecast.zone)
    return written


def rows(forecast: Forecast) -> Iterator[Sequence[Any]]:
    """Yield the rows of the CSV, the head first."""
    yield (*HEAD, *STAFFED) if forecast.rosters else HEAD
    for key, calls in forecast.desks():
        roster = forecast.rosters.get(key)
        counts = _counts(calls, roster, forecast.zone)
        for count, found in zip(counts, quantiles([each.expected for each in counts]), strict=True):
            planned = () if roster is None else (count.agents, count.met)
            yield key[1], count.step, count.start, round(count.expected.mean, DECIMALS), *found, *planned


def _desk(calls: ExpectedCalls, roster: DeskRoster | None, zone: ZoneInfo | None) -> dict[str, Any]:
    counts = _counts(calls, roster, zone)
    written: dict[str, Any] = {"half_hours": [], "days": [], "weeks": []}
    for count, found in zip(counts, quantiles([each.expected for each in counts]), strict=True):
        each = {
            "date" if count.step == "day" else "from": count.start,
            "mean": round(count.expected.mean, DECIMALS),
            "quantiles": dict(zip(map(str, LEVELS), found, strict=True)),
        }
        if count.agents is not None:
            each |= {"agent_hours" if count.step == "day" else "agents": count.agents, "met": count.met}
        written[f"{count.step.replace('-', '_')}s"].append(each)
    if roster is not None:
        written["handling"] = _handling(roster.handling)
    return written


def _handling(handling: Handling) -> dict[str, float | None]:
    gives_up = isfinite(handling.patience)
    return {
        "talk": round(handling.talk, DECIMALS),
        "talk_error": round(handling.talk * handling.talk_error, DECIMALS),
        "around": round(handling.around, DECIMALS),
        "patience": round(handling.patience, DECIMALS) if gives_up else None,
        "patience_error": round(handling.patience * handling.patience_error, DECIMALS) if gives_up else None,
    }


def _counts(calls: ExpectedCalls, roster: DeskRoster | None, zone: ZoneInfo | None) -> list[_Count]:
    staffed: Sequence[StaffedDay | None] = [None] * len(calls.days) if roster is None else roster.days
    half_hours, days = [], []
    for day, planned in zip(calls.days, staffed, strict=True):
        for place, expected in enumerate(day.slots if len(day.slots) > 1 else ()):
            slot = () if planned is None else (planned.slots[place].agents, round(planned.slots[place].met, DECIMALS))
            moments = _starts(datetime.combine(day.date, time()) + place * HALF_HOUR, zone)
            half_hours += [_Count("half-hour", start, expected, *slot) for start in moments]
        whole = () if planned is None else (planned.hours, round(planned.met, DECIMALS))
        days.append(_Count("day", day.date.isoformat(), day.total, *whole))
    weeks = [
        _Count("week", (calls.days[0].date + place * WEEK).isoformat(), each) for place, each in enumerate(calls.weeks)
    ]
    return [*half_hours, *days, *weeks]


def _starts(wall: datetime, zone: ZoneInfo | None) -> list[str]:
    """Return the moments with a local time: none in the hour that spring skips, two in the one that autumn repeats."""
    if zone is None:
        return [wall.isoformat()]
    moments = dict.fromkeys(wall.replace(tzinfo=zone, fold=fold).isoformat() for fold in (0, 1))
    utc = (datetime.fromisoformat(each).astimezone(zone).replace(tzinfo=None) for each in moments)
    return [moment for moment, back in zip(moments, utc, strict=True) if back == wall]


def show(forecast: Forecast, screen: Screen) -> None:
    """Print the days and weeks of each desk, with the interval that holds 95 times in 100."""
    screen.print(holidays_known(forecast))
    for desks, head in ((forecast.lines, text("calls expected")), (forecast.services, text("visitors expected"))):
        for name, calls in desks.items():
            screen.print()
            screen.print(_table(name, head, calls, forecast))


def _table(name: str, head: str, calls: ExpectedCalls, forecast: Forecast) -> PrintedTable:
    writing, words = Writing(spoken_language()), Words(spoken_language())
    table = PrintedTable(name)
    table.words(text("day"))
    table.figures(head)
    table.words(text("95 times in 100"), "")
    found = quantiles([*(day.total for day in calls.days), *calls.weeks])
    for day, levels in zip(calls.days, found, strict=False):
        label = f"{writing.weekday(day.date)} {writing.day(day.date, year=False)}"
        note = forecast.off.names.get(day.date, "")
        table.row(label, *interval(day.total, levels, words), note or doubt(levels, words))
    for place, (week, levels) in enumerate(zip(calls.weeks, found[len(calls.days) :], strict=True)):
        first = writing.day(forecast.until + place * WEEK, year=False)
        table.row(text("week from {day}", day=first), *interval(week, levels, words), "", style="bold")
    return table


def interval(expected: Expected, levels: list[int], text: Words) -> tuple[str, str]:
    """Return the mean and the interval; a mean below ten has a decimal."""
    writing = Writing(text.language)
    if not levels[-1]:
        return "0", NOTHING
    between = text("{least} to {most}", least=writing.number(levels[0]), most=writing.number(levels[-1]))
    return writing.number(expected.mean, int(expected.mean < 10)), between  # noqa: PLR2004 -- below ten, a decimal


def forecast_desks(settings: Settings) -> Iterator[DeskKey]:
    """Yield the lines and services of an office."""
    yield from (("lines", name) for name in settings.lines)
    yield from (("services", name) for name in settings.services)


def sentence(expected: Expected, text: Words) -> str:
    (levels,) = quantiles([expected])
    mean, between = interval(expected, levels, text)
    return text("{mean} expected ({between}, 95 times in 100)", mean=mean, between=between)


def week_title(kind: DeskKind, text: Words) -> str:
    return text("Calls of the coming week") if kind == "lines" else text("Visitors of the coming week")


def doubt(levels: list[int], text: Words) -> str:
    """Return a warning if a day may have no call at all."""
    return text("too few to say more") if levels[-1] and not levels[0] else ""


def holidays_known(forecast: Forecast) -> str:
    """Return which holidays the forecast knows."""
    country = forecast.off.country
    if forecast.inferred:
        return text("Holidays as in {country}: they explain the unusual days best.", country=country)
    if not forecast.off.names:
        return text("No holidays are known: no country's explain the unusual days. --config names the office's.")
    return text("Holidays by the configuration.")
