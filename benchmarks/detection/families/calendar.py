"""Sound lines whose configuration does not know when the office is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Final, TypeAlias

from benchmarks.detection.families.plan import SOUND_DAYS, Plan, fresh, line, seeded
from benchmarks.detection.office import moment, opening
from benchmarks.detection.scenario import Scenario
from streams.simulation.office import OfficeDay

DAYS: Final = 240
TIMES: Final = {30: 1, 100: 2}
Days: TypeAlias = tuple[OfficeDay, ...]


def _closed(days: Days, closed: set[OfficeDay]) -> Days:
    return tuple(day._replace(opened=()) if day in closed else day for day in days)


def bridges(days: Days, random: Random) -> Days:
    """Close six single days."""
    return _closed(days, set(random.sample([day for day in days[SOUND_DAYS:] if day.opened], 6)))


def week(days: Days, random: Random) -> Days:
    """Close a week."""
    first = opening(days[random.randrange(SOUND_DAYS, DAYS // 2) :], 0)
    return _closed(days, set(days[days.index(first) : days.index(first) + 7]))


def afternoons(days: Days, _: Random) -> Days:
    """Close every afternoon from the hundredth day on."""
    return days[:100] + tuple(day._replace(opened=day.opened[:1]) for day in days[100:])


def earlier(days: Days, _: Random) -> Days:
    """Close at four instead of five from the hundredth day on."""
    return days[:100] + tuple(_between(day, 0, 16) for day in days[100:])


def later(days: Days, _: Random) -> Days:
    """Open at half past nine instead of half past eight from the hundredth day on."""
    return days[:100] + tuple(_between(day, 9.5, 24) for day in days[100:])


def _between(day: OfficeDay, opens: float, closes: float) -> OfficeDay:
    first, last = moment(day, opens), moment(day, closes)
    kept = ((max(begins, first), min(ends, last)) for begins, ends in day.opened)
    return day._replace(opened=tuple((begins, ends) for begins, ends in kept if begins < ends))


CALENDARS: Final[dict[str, Callable[[Days, Random], Days]]] = {
    "six single days closed": bridges,
    "a week closed": week,
    "afternoons closed for good": afternoons,
    "closes an hour earlier for good": earlier,
    "opens an hour later for good": later,
}


def calendar(plan: Plan) -> Iterator[Scenario]:
    """Yield sound lines that close when nobody said so."""
    for what, altered in CALENDARS.items():
        for calls, seed in plan.at(TIMES):
            random = Random(f"{what} {calls} {seed}")
            days = fresh(random, DAYS)
            yield Scenario(
                family="calendar",
                what=what,
                profile=line(calls),
                seed=seeded(what, calls, seed),
                days=days,
                opened=altered(days, random),
            )
