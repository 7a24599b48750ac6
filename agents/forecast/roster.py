"""The agents that the lines and services of a forecast need, by the office's targets and its ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from agents.forecast.arrivals import HALF_HOURS
from agents.forecast.written import DeskKey, DeskRoster, Forecast
from agents.history.days import days_of
from agents.history.incident_json import incident_of
from agents.history.ledger import History
from agents.totals.plan import plan_of
from config.settings import LineDefaults, Settings
from streams.forecast.expected import ExpectedCalls
from streams.forecast.handling import Handling, of_line, of_service
from streams.forecast.staffing import Target, staff
from streams.indicators.cases import DaysOfIncidents
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LineDay, ServiceDay
from streams.said import Said, said
from streams.watch.incident import DeskKind
from streams.watch.incidents import counted_wrong, doubtful

S = TypeVar("S", LineDay, ServiceDay)

LEARNT: Final = 182  # days before the forecast, from which talk and patience are learnt
ASSUMED: Final = 180.0  # s: mean talk of a line in a file of arrivals
QUIET: Final = 0.02  # of the busiest half-hour: without opening hours, quieter ones get no agents


class RosterPlan(NamedTuple):
    """A forecast with its agents, and the desks that are not planned, with the reason."""

    forecast: Forecast
    left_out: Sequence[tuple[str, Said]]


def staffed(
    forecast: Forecast,
    settings: Settings,
    history: History | None,
    talk: float | None,
    patience: float | None,
    *,
    configured: bool,
) -> RosterPlan:
    """Return a forecast with the agents of its desks; `talk` and `patience` (s) replace the values learnt from lines.

    `history` is None for a forecast from files, `configured` whether the office's opening hours are known.
    """
    rosters: dict[DeskKey, DeskRoster] = {}
    left_out: list[tuple[str, Said]] = []
    if history is None:
        talk = talk or ASSUMED
    for name, calls in forecast.lines.items():
        members = name.split("+") if name not in settings.lines else [name]
        lines = _settings_of(members, settings)
        handling = line_handling(members, history, settings, forecast.until, talk)
        if len(calls.days[0].slots) == 1:
            left_out.append((name, said("only days are known; expected half-hours")))
        elif handling is None:
            left_out.append((name, said("too few talk times are known; --talk gives their mean")))
        else:
            if patience is not None:
                handling = replace(handling, patience=patience, patience_error=0.0)
            rosters["lines", name] = _roster(calls, handling, strictest(lines), settings, configured=configured)
    for name, visitors in forecast.services.items():
        assert history is not None
        wait = settings.services[name].target_wait
        handling = of_service(_days(history, settings, ServiceDay, name, _learnt(forecast.until)))
        if wait is None:
            left_out.append((name, said("it has no target_wait")))
        elif handling is None:
            left_out.append((name, said("too few times at the counter are known")))
        else:
            rosters["services", name] = _roster(visitors, handling, Target(mean_wait=wait), settings, configured=True)
    return RosterPlan(forecast._replace(rosters=rosters), left_out)


def line_handling(
    members: Sequence[str], history: History | None, settings: Settings, until: date, talk: float | None = None
) -> Handling | None:
    """Return the handling of the calls of some lines, learnt from the days before `until`; None if it is unknown."""
    days = _days_of(members, history, settings, _learnt(until))
    lines = _settings_of(members, settings)
    return of_line(days, min(line.short_call for line in lines), max(line.wrap_up for line in lines), talk)


def _settings_of(members: Sequence[str], settings: Settings) -> list[LineDefaults]:
    return [settings.lines.get(each, settings.line_defaults) for each in members]


def _learnt(until: date) -> Period:
    return Period(until - timedelta(LEARNT), until - timedelta(1))


def strictest(lines: Sequence[LineDefaults]) -> Target:
    """Return a target that meets the target of each of some lines."""
    return Target(
        lost=min(line.target for line in lines),
        in_time=max(line.service_level.share for line in lines),
        within=min(line.service_level.within for line in lines),
    )


def _days_of(lines: Sequence[str], history: History | None, settings: Settings, period: Period) -> list[LineDay]:
    if history is None:
        return []
    return [day for line in lines for day in _days(history, settings, LineDay, line, period)]


def _days(history: History, settings: Settings, kind: type[S], name: str, period: Period) -> list[S]:
    """Return a desk's days in a period without those in a miscount or a doubt: an overload is real."""
    desk: DeskKind = "line" if kind is LineDay else "service"
    known = map(incident_of, history.incidents.of(settings.site, period).values())
    own = [each for each in known if each.is_of(desk, name) and (counted_wrong(each) or doubtful(each))]
    doubted = DaysOfIncidents(own, plan_of(settings).day)
    days = days_of(kind, history.days.written(kind, f"{settings.site}/{name}", period))
    return [day for day in days if day.day not in doubted]


def _roster(
    calls: ExpectedCalls, handling: Handling, target: Target, settings: Settings, *, configured: bool
) -> DeskRoster:
    opened = office_hours(calls, settings) if configured else _busy_hours(calls)
    return DeskRoster(handling, staff(calls, handling, target, opened))


def office_hours(calls: ExpectedCalls, settings: Settings) -> list[list[bool]]:
    """Return in which half-hours of each day the office is open, at least for a part."""
    opened, zone = plan_of(settings).opened, ZoneInfo(settings.timezone)
    found = []
    for day in calls.days:
        moments = [datetime.fromtimestamp(slot_no * QUARTER_MS / 1000, zone) for slot_no in opened(day.date)]
        places = {each.hour * 2 + each.minute // 30 for each in moments}
        found.append([place in places for place in range(HALF_HOURS)])
    return found


def _busy_hours(calls: ExpectedCalls) -> list[list[bool]]:
    """Return which half-hours of each day are busy enough for an agent."""
    most = max(slot.mean for day in calls.days for slot in day.slots)
    return [[slot.mean > QUIET * most for slot in day.slots] for day in calls.days]
