"""A forecast as JSON, as rows for CSV and as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.table import PrintedTable
from agents.terminal import Screen
from agents.translation import spoken_language, text
from agents.writing import NOTHING, Writing
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import LEVELS, Expected, ExpectedCalls, quantiles

HALF_HOUR: Final = timedelta(minutes=30)
DECIMALS: Final = 4
WEEK: Final = timedelta(7)
HEAD: Final = ("desk", "step", "from", "mean", *map(str, LEVELS))


class Forecast(NamedTuple):
    """The calls expected of some lines from a day on."""

    until: date  # the first day of the forecast, after the past
    lines: Mapping[str, ExpectedCalls]
    services: Mapping[str, ExpectedCalls]
    off: DaysOff
    inferred: bool  # the holidays are a guess by the calls
    zone: ZoneInfo | None  # of the times; None if unknown


class _Count(NamedTuple):
    """One expected count, with its name in the JSON and its beginning."""

    step: str
    start: str
    expected: Expected


def document(forecast: Forecast) -> dict[str, Any]:
    """Return the JSON of `tocsin forecast --json`."""
    return {
        "until": forecast.until.isoformat(),
        "holidays": {
            "country": forecast.off.country,
            "inferred": forecast.inferred,
            "days": {day.isoformat(): name for day, name in sorted(forecast.off.names.items())},
        },
        "lines": {name: _desk(calls, forecast.zone) for name, calls in forecast.lines.items()},
        "services": {name: _desk(calls, forecast.zone) for name, calls in forecast.services.items()},
    }


def rows(forecast: Forecast) -> Iterator[Sequence[Any]]:
    """Yield the rows of the CSV, the head first."""
    yield HEAD
    for name, calls in (*forecast.lines.items(), *forecast.services.items()):
        counts = _counts(calls, forecast.zone)
        for count, found in zip(counts, quantiles([each.expected for each in counts]), strict=True):
            yield name, count.step, count.start, round(count.expected.mean, DECIMALS), *found


def _desk(calls: ExpectedCalls, zone: ZoneInfo | None) -> dict[str, Any]:
    counts = _counts(calls, zone)
    written: dict[str, Any] = {"half_hours": [], "days": [], "weeks": []}
    for count, found in zip(counts, quantiles([each.expected for each in counts]), strict=True):
        written[f"{count.step.replace('-', '_')}s"].append(
            {
                "date" if count.step == "day" else "from": count.start,
                "mean": round(count.expected.mean, DECIMALS),
                "quantiles": dict(zip(map(str, LEVELS), found, strict=True)),
            }
        )
    return written


def _counts(calls: ExpectedCalls, zone: ZoneInfo | None) -> list[_Count]:
    half_hours = [
        _Count("half-hour", start, expected)
        for day in calls.days
        if len(day.slots) > 1
        for place, expected in enumerate(day.slots)
        for start in _starts(datetime.combine(day.date, time()) + place * HALF_HOUR, zone)
    ]
    days = [_Count("day", day.date.isoformat(), day.total) for day in calls.days]
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
    screen.print(_holidays(forecast))
    for desks, head in ((forecast.lines, text("calls expected")), (forecast.services, text("visitors expected"))):
        for name, calls in desks.items():
            screen.print()
            screen.print(_table(name, head, calls, forecast))


def _table(name: str, head: str, calls: ExpectedCalls, forecast: Forecast) -> PrintedTable:
    writing = Writing(spoken_language())
    table = PrintedTable(name)
    table.words(text("day"))
    table.figures(head)
    table.words(text("95 times in 100"), "")
    found = quantiles([*(day.total for day in calls.days), *calls.weeks])
    for day, levels in zip(calls.days, found, strict=False):
        label = f"{writing.weekday(day.date)} {writing.day(day.date, year=False)}"
        note = forecast.off.names.get(day.date, "")
        table.row(label, *_interval(day.total, levels, writing), note or _note(levels))
    for place, (week, levels) in enumerate(zip(calls.weeks, found[len(calls.days) :], strict=True)):
        first = writing.day(forecast.until + place * WEEK, year=False)
        table.row(text("week from {day}", day=first), *_interval(week, levels, writing), "", style="bold")
    return table


def _interval(expected: Expected, levels: list[int], writing: Writing) -> tuple[str, str]:
    """Return the mean and the interval; a mean below ten has a decimal."""
    if not levels[-1]:
        return "0", NOTHING
    between = text("{least} to {most}", least=writing.number(levels[0]), most=writing.number(levels[-1]))
    return writing.number(expected.mean, int(expected.mean < 10)), between  # noqa: PLR2004 -- below ten, a decimal


def _note(levels: list[int]) -> str:
    """Return a warning if a day may have no call at all."""
    return text("too few to say more") if levels[-1] and not levels[0] else ""


def _holidays(forecast: Forecast) -> str:
    """Return which holidays the forecast knows."""
    country = forecast.off.country
    if forecast.inferred:
        return text("Holidays as in {country}: they explain the unusual days best.", country=country)
    if not forecast.off.names:
        return text("No holidays are known: no country's explain the unusual days. --config names the office's.")
    return text("Holidays by the configuration.")
