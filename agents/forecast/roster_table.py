"""The agents of the coming weeks as tables for people: half-hours by days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from math import isfinite

from agents.forecast.written import HALF_HOUR, Forecast, holidays_known
from agents.table import PrintedTable
from agents.terminal import Screen
from agents.translation import spoken_language, text
from agents.writing import NOTHING, Writing
from streams.forecast.handling import Handling
from streams.forecast.past import WEEK
from streams.forecast.staffing import StaffedDay


def show(forecast: Forecast, screen: Screen) -> None:
    """Print the agents of each desk, a table a week, with the days on which the target is met."""
    writing = Writing(spoken_language())
    screen.print(holidays_known(forecast))
    for key, _ in forecast.desks():
        roster = forecast.rosters[key]
        screen.print()
        screen.print(f"{key[1]} {NOTHING} {_work(roster.handling, writing)}")
        for first in range(0, len(roster.days), WEEK):
            screen.print(_table(roster.days[first : first + WEEK], writing))


def _work(handling: Handling, writing: Writing) -> str:
    """Return how long an agent is busy with each, and the patience of callers."""
    busy = text(
        "each takes {seconds} s, ± {error}",
        seconds=writing.number(handling.talk + handling.around),
        error=writing.percent(2 * handling.talk_error, 0),
    )
    if not isfinite(handling.patience):
        return busy
    patience = text(
        "callers wait {seconds} s before they give up, ± {error}",
        seconds=writing.number(handling.patience),
        error=writing.percent(2 * handling.patience_error, 0),
    )
    return f"{busy}; {patience}"


def _table(every: Sequence[StaffedDay], writing: Writing) -> PrintedTable:
    days = [day for day in every if day.hours]
    table = PrintedTable()
    table.words(text("agents"))
    table.figures(*(f"{writing.weekday(day.date)} {day.date.day}" for day in days))
    for place in range(max((len(day.slots) for day in days), default=0)):
        agents = [day.slots[place].agents for day in days]
        if any(agents):
            start = datetime.combine(days[0].date, time()) + place * HALF_HOUR
            table.row(writing.clock(start), *(f"{many}" if many else NOTHING for many in agents))
    table.row(text("half-hours in which the target is met"), *(writing.percent(_mean(day), 0) for day in days))
    table.row(text("such days on which it is met"), *(writing.percent(day.met, 0) for day in days), style="bold")
    return table


def _mean(day: StaffedDay) -> float:
    met = [slot.met for slot in day.slots if slot.agents]
    return sum(met) / len(met)
