"""An office of `tocsin simulate`: from its options to files of events and of true figures."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from agents import translation
from agents.draft import draft
from config.settings import Settings
from streams.events import Event, Mode, milliseconds
from streams.said import said
from streams.simulation.faults.fault import Fault
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.overload import CAUSES, SAYS, USUAL, Overload
from streams.simulation.truth import AttemptTotals, Episode, TrueAndTold, Truth

CALLS_A_DAY = 60.0
FEWEST_CALLS, MOST_CALLS = 1.0, 5_000.0  # per line and day: the range of the queue model and its fit
ALL = "all"
MOMENT = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?"
_STRETCH = re.compile(rf"([^:]+):([^:]+):({MOMENT}):({MOMENT})(?::(-?\d+(?:\.\d+)?))?")
_FORM = "LINE:NAME:FROM:TO or LINE:NAME:FROM:TO:SEVERITY, with FROM and TO like 2013-09-02 or 2013-09-02T08:30"


class Asked(NamedTuple):
    """One `--fault` or `--overload`."""

    lines: tuple[str, ...]
    name: str  # mechanism or cause
    start: float  # epoch s
    end: float  # epoch s
    severity: float | None


def office_days(settings: Settings, first: date, last: date) -> list[OfficeDay]:
    """Return the local days from `first` to `last`, both included."""
    calendar = settings.calendar()
    days = (first + timedelta(passed) for passed in range((last - first).days + 1))
    return [OfficeDay(day, *calendar.day_bounds(day), tuple(calendar.open_intervals(day))) for day in days]


def office_of(
    settings: Settings,
    calls: Mapping[str, float],
    readings: Mode | None,
    icc: float,
    *,
    source_per_line: bool,
    size: float = 1.0,
) -> Office:
    """Return the configured office, with `calls` a day and the expected lost rates for its lines.

    `size` multiplies the calls.
    """
    return Office(
        site=settings.site,
        readings=readings,
        lines=tuple(
            LineProfile(
                line=name,
                calls_a_day=min(MOST_CALLS, max(FEWEST_CALLS, size * calls.get(name, calls.get(ALL, CALLS_A_DAY)))),
                expected_lost_rate=line.expected_lost_rate or line.target or 0.01,
                icc=icc,
                lifecycle=line.lifecycle,
                source=f"switch-{name}" if source_per_line else "switch",
            )
            for name, line in settings.lines.items()
            if line.lifecycle != "totals"  # counted by readings only, without calls
        ),
    )


def calls_of(text: str, lines: Collection[str]) -> tuple[str, float]:
    """Return the line and its calls a day in `LINE=PER_DAY`; raises `ValueError`."""
    line, _, number = text.partition("=")
    _known_lines(line, lines)
    calls = _number(number)
    if not FEWEST_CALLS <= calls <= MOST_CALLS:
        raise ValueError(said("{text}; expected LINE=PER_DAY, from 1 to 5000 calls a day", text=repr(text)))
    return line, calls


def visitors_of(text: str, services: Collection[str]) -> tuple[str, float]:
    """Return the service and its visitors a day in `SERVICE=PER_DAY`; raises `ValueError`."""
    service, _, number = text.partition("=")
    if service != ALL and service not in services:
        known = ", ".join(services)
        words = said(
            "service {name} is not in the catalogue; expected {every} or one of {known}",
            name=repr(service),
            every=ALL,
            known=known,
        )
        raise ValueError(words)
    visitors = _number(number)
    if not 1 <= visitors <= MOST_CALLS:
        raise ValueError(said("{text}; expected SERVICE=PER_DAY, from 1 to 5000 visitors a day", text=repr(text)))
    return service, visitors


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def faults_of(text: str, settings: Settings) -> list[Fault]:
    """Return the faults in `LINE:MECHANISM:FROM:TO[:SEVERITY]`, one for each line named; raises `ValueError`."""
    asked = _asked(text, settings)
    if asked.name not in MECHANISMS:
        raise ValueError(
            said("mechanism {name} is unknown; expected:\n{known}", name=repr(asked.name), known=listed_mechanisms())
        )
    usual = MECHANISMS[asked.name].severity.usual
    severity = usual if asked.severity is None else asked.severity
    if severity < 0 <= usual:
        says = MECHANISMS[asked.name].says
        raise ValueError(said("{text}; expected a severity of at least 0: {says}", text=repr(text), says=says))
    return [
        Fault(line=line, mechanism=asked.name, start=asked.start, end=asked.end, severity=severity)
        for line in asked.lines
    ]


def overloads_of(text: str, settings: Settings) -> list[Overload]:
    """Return the overloads in `LINE:CAUSE:FROM:TO[:SEVERITY]`, one for each line named; raises `ValueError`."""
    asked = _asked(text, settings)
    cause = next((cause for cause in CAUSES if cause == asked.name), None)
    if cause is None:
        raise ValueError(
            said("cause {name} is unknown; expected:\n{known}", name=repr(asked.name), known=listed_causes())
        )
    severity = USUAL[cause] if asked.severity is None else asked.severity
    if severity < 0 or (cause != "rush" and severity > 1) or (cause == "rush" and severity < 1):
        raise ValueError(said("{text}; the severity is out of range: {says}", text=repr(text), says=SAYS[cause]))
    return [
        Overload(line=line, cause=cause, start=asked.start, end=asked.end, severity=severity) for line in asked.lines
    ]


def listed_mechanisms() -> str:
    """Return every mechanism with its usual severity and its meaning, one per row of text."""
    says = translation.text
    return "\n".join(f"  {name} ({each.severity.usual:g}): {says(each.says)}" for name, each in MECHANISMS.items())


def listed_causes() -> str:
    """Return every cause of an overload with its usual severity and its meaning, one per row of text."""
    return "\n".join(f"  {cause} ({USUAL[cause]:g}): {translation.text(SAYS[cause])}" for cause in CAUSES)


def _asked(text: str, settings: Settings) -> Asked:
    match = _STRETCH.fullmatch(text)
    if match is None:
        raise ValueError(said("{text}; expected {form}", text=repr(text), form=_FORM))
    lines, name, start, end, severity = match.groups()
    begins, ends = stretch_of(start, end, settings)
    known = _known_lines(lines, settings.lines)
    return Asked(known, name, begins, ends, None if severity is None else float(severity))


def _known_lines(text: str, known: Collection[str]) -> tuple[str, ...]:
    if text == ALL:
        return tuple(known)
    lines = tuple(text.split("+"))
    for line in lines:
        if line not in known:
            raise ValueError(
                said(
                    "line {line} is not in the catalogue; expected {every} or one of {lines}",
                    line=repr(line),
                    every=ALL,
                    lines=", ".join(known),
                )
            )
    return lines


def stretch_of(start: str, end: str, settings: Settings) -> tuple[float, float]:
    """Return the beginning and the end of a stretch, in epoch seconds; raises `ValueError`."""
    begins, ends = _moment(start, settings)[0], _moment(end, settings)[1]
    if begins >= ends:
        raise ValueError(said("{text}; expected FROM before TO", text=repr(f"{start}:{end}")))
    return begins, ends


def _moment(text: str, settings: Settings) -> tuple[float, float]:
    """Return, in epoch seconds, the bounds of a day, or a moment as both bounds."""
    try:
        if "T" not in text:
            return settings.calendar().day_bounds(date.fromisoformat(text))
        at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(settings.timezone)).timestamp()
    except ValueError as error:
        raise ValueError(
            said(
                "{text}; expected a moment like 2013-09-02 or 2013-09-02T08:30 ({error})", text=repr(text), error=error
            )
        ) from None
    return at, at


def write_events(events: Iterable[Event], out: Path) -> Iterator[tuple[int, float]]:
    """Write events as JSON lines; after each, yield the count so far and the event's moment (epoch s)."""
    encode = msgspec.json.Encoder().encode
    with draft(out) as file:
        for number, event in enumerate(events, 1):
            file.write(encode(event) + b"\n")
            yield number, milliseconds(event.at) / 1000


def truth_document(truth: Truth, days: list[OfficeDay], timezone: str) -> dict[str, Any]:
    """Return the true figures as a JSON document; times are RFC 3339 with the site's offset."""
    zone = ZoneInfo(timezone)

    def moment(seconds: float) -> str:
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).isoformat(timespec="seconds")

    def within(episode: Episode) -> dict[str, Any]:
        return {
            "calls_before": episode.before.true.offered,
            "told_before": episode.before.told.offered,
            **_both(episode.within),
        }

    return {
        "site": truth.office.site,
        "from": moment(days[0].start),
        "to": moment(days[-1].end),
        "seed": truth.seed,
        "readings": truth.office.readings,
        "lines": {
            name: {
                "profile": msgspec.to_builtins(line.profile),
                "fitted": msgspec.to_builtins(line.fitted),
                **_both(line.totals),
                "days": {day: _both(both) for day, both in line.days.items()},
            }
            for name, line in truth.lines.items()
        },
        "faults": [
            {
                "line": each.fault.line,
                "kinds": list(each.kinds),
                "mechanism": each.fault.mechanism,
                "severity": each.fault.severity,
                "from": moment(each.fault.start),
                "to": moment(each.fault.end),
                "affected": each.effect.affected,
                "first_effect": None if each.effect.first is None else moment(each.effect.first / 1000),
                **within(each.episode),
            }
            for each in truth.faults
        ],
        "overloads": [
            {
                "line": each.overload.line,
                "cause": each.overload.cause,
                "severity": each.overload.severity,
                "neighbour": each.overload.neighbour or None,
                "from": moment(each.overload.start),
                "to": moment(each.overload.end),
                "expected_lost_rate": each.expected_lost_rate,
                "strong": each.strong,
                **within(each.episode),
            }
            for each in truth.overloads
        ],
    }


def _both(both: TrueAndTold) -> dict[str, Any]:
    return {"true": _totals(both.true), "told": _totals(both.told)}


def _totals(totals: AttemptTotals) -> dict[str, Any]:
    return {**msgspec.to_builtins(totals), "lost_rate": totals.lost_rate}
