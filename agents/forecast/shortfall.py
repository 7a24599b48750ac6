"""The coming days on which a line's usual agents will likely miss its target, and the agents who would suffice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

from agents.forecast.arrivals import HALF_HOURS
from agents.forecast.roster import line_handling, office_hours, strictest
from agents.forecast.written import DeskKey
from agents.history.ledger import History
from agents.translation import Words
from agents.writing import Writing
from config.settings import Settings
from streams.forecast.expected import ExpectedCalls
from streams.forecast.past import WEEK
from streams.forecast.staffing import StaffedDay, met_with, staff
from streams.status import LineStatus

LIKELY: Final = 2 / 3  # Mastrandrea et al. (2010), on uncertainty in the reports of the IPCC; also in the alert's rule
OLD: Final = timedelta(WEEK)  # no worker has published the figures for longer
SUREST: Final = 0.99  # greatest chance shown: the model may be wrong

Attendance: TypeAlias = Mapping[int, int]  # agents usually at work, by hour of the week


class NeededAgents(NamedTuple):
    """The agents of a stretch of half-hours that needs more than usual."""

    begins: time
    ends: time
    agents: int


class DayOutlook(NamedTuple):
    """A day's chances, as shares of such days."""

    date: date
    missed: float  # the usual agents miss the target
    still: float  # enough agents miss it
    needed: Sequence[NeededAgents]

    @property
    def avoidable(self) -> float:
        """The usual agents miss the target, and enough agents meet it."""
        return max(0.0, self.missed - self.still)

    @property
    def likely(self) -> bool:
        return self.avoidable >= LIKELY


def known_attendance(lines: Mapping[str, LineStatus], site: str, desk: DeskKey, today: date) -> Attendance:
    """Return a line's usual agents by its live figures; empty if they are unknown or old, or the counting in doubt."""
    kind, name = desk
    status = lines.get(f"{site}/{name}") if kind == "lines" else None
    if status is None or status.month is None or status.withheld or status.at.date() + OLD < today:
        return {}
    doubted = any(each.verdict != "overload" for each in status.incidents)
    return {} if doubted else status.month.agents


def outlooks(
    history: History, settings: Settings, line: str, calls: ExpectedCalls, attendance: Attendance
) -> Sequence[DayOutlook]:
    """Return a line's chances on each expected day; none if its usual agents or its talk times are unknown.

    Hours without usual agents have the agents of `tocsin staff`.
    """
    handling = line_handling([line], history, settings, calls.days[0].date)
    if not attendance or handling is None:
        return ()
    target = strictest([settings.lines[line]])
    planned = staff(calls, handling, target, office_hours(calls, settings))
    there = [_usual(day, attendance) for day in planned]
    return [
        DayOutlook(day.date, 1 - met, 1 - day.met, _needed(day, usual))
        for day, usual, met in zip(planned, there, met_with(calls, handling, target, there), strict=True)
    ]


def _usual(day: StaffedDay, attendance: Attendance) -> list[int]:
    """Return the usual agents of each half-hour; none while the office is closed."""
    first = day.date.weekday() * 24
    return [
        attendance.get(first + place // 2, slot.agents) if slot.agents else 0 for place, slot in enumerate(day.slots)
    ]


def _needed(day: StaffedDay, usual: Sequence[int]) -> list[NeededAgents]:
    """Return the stretches that need more agents than usual, each with the most that it needs."""
    found = []
    for short, run in groupby(range(HALF_HOURS), lambda place: day.slots[place].agents > usual[place]):
        if short:
            places = list(run)
            most = max(day.slots[place].agents for place in places)
            found.append(NeededAgents(_time(places[0]), _time(places[-1] + 1), most))
    return found


def _time(place: int) -> time:
    return time(place // 2 % 24, place % 2 * 30)


def warnings(days: Sequence[DayOutlook], text: Words) -> list[str]:
    """Return a sentence for each day that will likely miss its target."""
    writing = Writing(text.language)
    return [
        text(
            "{day}: the target will likely be missed with the usual agents (chance {missed}). "
            "Enough would be {agents}: the chance would then be {still}.",
            day=_name(day.date, writing),
            missed=writing.percent(min(day.missed, SUREST), 0),
            still=writing.percent(max(day.still, 1 - SUREST), 0),
            agents=", ".join(_agents(each, text) for each in day.needed),
        )
        for day in days
        if day.likely
    ]


def _name(day: date, writing: Writing) -> str:
    """Return a day's name as it begins a sentence."""
    name = f"{writing.weekday(day)} {writing.day(day, year=False)}"
    return name[0].upper() + name[1:]


def _agents(needed: NeededAgents, text: Words) -> str:
    writing = Writing(text.language)
    begins, ends = (writing.clock(datetime.combine(date.min, each)) for each in needed[:2])
    return text.counted(
        "{count} agent from {begins} to {ends}",
        "{count} agents from {begins} to {ends}",
        needed.agents,
        begins=begins,
        ends=ends,
    )
