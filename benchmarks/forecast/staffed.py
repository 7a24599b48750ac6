"""The agents of a forecast, played through the simulated office: on how many days the target is met, and was promised.

The line's past is a simulated year; from it alone the forecast, the talk times and the patience are learnt. Then each
coming day is played many times with the planned agents by the simulator, which knows neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from math import exp
from typing import Final, NamedTuple

import numpy as np

from agents.forecast.arrivals import HALF_HOUR, HALF_HOURS
from agents.forecast.countries import days_off
from benchmarks.detection.office import office, stretch
from streams.forecast.expected import expect_calls
from streams.forecast.handling import of_line
from streams.forecast.past import Past
from streams.forecast.staffing import StaffedDay, Target, staff
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LineDay
from streams.simulation.arrivals import level
from streams.simulation.attempt import Attempt
from streams.simulation.chance import chance
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.queue import QueueDay, serve
from streams.simulation.staff import Away
from streams.simulation.world import World

TARGET: Final = Target(lost=0.10, in_time=0.8, within=20.0)
LIMIT: Final = 5_000  # ms: losses of a shorter wait


class Promise(NamedTuple):
    """The shares of days, or half-hours, on which the target was promised and met."""

    promised: float
    met: float


class PlannedWorld(World):
    """A simulated office whose agents are planned."""

    def planned(self, line: str, day: OfficeDay, agents: Sequence[int], play: int) -> list[Attempt]:
        """Return the attempts of a line on a day with these agents in its half-hours; each play has other callers."""
        profile, fitted = self.profiles[line], self.lines[line]
        random = chance(self.seed, line, day.date, "planned", play)
        load = exp(fitted.load * random.gauss(0, 1) - fitted.load**2 / 2)
        mood = exp(fitted.mood * random.gauss(0, 1) - fitted.mood**2 / 2)
        callers = self._callers(
            profile, day, f"{line} {day.date} {play}", profile.calls_a_day * level(profile, day.date) * load
        )
        opened = [(round(opens * 1000), round(closes * 1000)) for opens, closes in day.opened]
        fitted = type(fitted)(agents=max(agents), patience=fitted.patience)
        away = [_away(agents, agent, round(day.start * 1000)) for agent in range(fitted.agents)]
        queue = QueueDay(f"{day.date} {play}", opened, callers, away, fitted.patience * mood)
        return serve(queue, profile, fitted, self.seed, random)


def _away(agents: Sequence[int], agent: int, start: int) -> list[Away]:
    """Return when an agent, by number, is away (epoch ms). Who is there when the office closes ends the last calls."""
    known, there = agents[0], []
    for many in agents:
        known = many or known
        there.append(known > agent)
    step, found, place = HALF_HOUR * 1000, [], 0
    for present, run in groupby(there):
        length = len(list(run))
        if not present:
            found.append((start + place * step, start + (place + length) * step))
        place += length
    return found


def ledger_of(line: str, day: OfficeDay, attempts: Sequence[Attempt]) -> LineDay:
    """Return a line's day in the ledger, as its attempts truly went."""
    found = LineDay(id=f"lozere/{line}", day=day.date.isoformat(), talks=Waits())
    assert found.talks is not None
    slots = defaultdict[int, CallSlot](CallSlot)
    for each in attempts:
        slot = slots[each.start // 900_000]
        slot.offered += 1
        setattr(slot, each.outcome, getattr(slot, each.outcome) + 1)
        if each.outcome == "answered":
            found.answered_waits.add(each.wait)
            found.talks.add(each.talk or 0)
        elif each.outcome == "lost":
            found.lost_waits.add(each.wait)
            slot.lost_short += each.wait < LIMIT
    found.slots = dict(slots)
    return found


def met(attempts: Sequence[Attempt]) -> bool:
    """Return whether the target is met by these attempts."""
    calls = [each for each in attempts if each.outcome != "diverted"]
    lost = sum(each.outcome == "lost" for each in calls)
    in_time = sum(each.outcome == "answered" and each.wait <= TARGET.within * 1000 for each in calls)
    assert TARGET.lost is not None
    assert TARGET.in_time is not None
    return lost <= TARGET.lost * len(calls) and in_time >= TARGET.in_time * len(calls) - 1e-9


def promises(calls_a_day: float, first: date, known: int, ahead: int, plays: int, seed: int) -> tuple[Promise, Promise]:
    """Return the promises of half-hours and of days, for `ahead` days after `known` days."""
    profile = LineProfile(line="circulation", calls_a_day=calls_a_day, expected_lost_rate=0.05)
    days = stretch(first, known + ahead)
    world = PlannedWorld(Office(site="lozere", lines=(profile,)), days, seed)
    counts, ledger = np.zeros((known, HALF_HOURS)), []
    for place, day in enumerate(days[:known]):
        attempts = world.day(day)["circulation"]
        ledger.append(ledger_of("circulation", day, attempts))
        for slot in (_half_hour(each, day) for each in attempts):
            counts[place, min(slot, HALF_HOURS - 1)] += 1
    off = days_off(office(), first, first + timedelta(known + ahead))
    handling = of_line(ledger, LIMIT / 1000, profile.wrap_up)
    assert handling is not None
    opened = [_opened(day) for day in days[known:]]
    planned = staff(expect_calls(Past(first, counts), ahead, off), handling, TARGET, opened)
    half_hours, whole = [], []
    for day, plan in zip(days[known:], planned, strict=True):
        if day.opened:
            for play in range(plays):
                attempts = world.planned("circulation", day, [slot.agents for slot in plan.slots], play)
                half_hours += list(_of_half_hours(plan, day, attempts))
                whole.append(Promise(plan.met, met(attempts)))
    return _mean(half_hours), _mean(whole)


def _of_half_hours(plan: StaffedDay, day: OfficeDay, attempts: Sequence[Attempt]) -> Iterator[Promise]:
    by_place = defaultdict[int, list[Attempt]](list)
    for each in attempts:
        by_place[_half_hour(each, day)].append(each)
    for place, slot in enumerate(plan.slots):
        if slot.agents:
            yield Promise(slot.met, met(by_place[place]))


def _half_hour(attempt: Attempt, day: OfficeDay) -> int:
    return int((attempt.start / 1000 - day.start) // HALF_HOUR)


def _opened(day: OfficeDay) -> list[bool]:
    middles = [day.start + (place + 0.5) * HALF_HOUR for place in range(HALF_HOURS)]
    return [any(opens <= each < closes for opens, closes in day.opened) for each in middles]


def _mean(every: Sequence[Promise]) -> Promise:
    return Promise(*(float(np.mean(each)) for each in zip(*every, strict=True)))
