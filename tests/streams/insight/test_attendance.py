"""The agents usually at work: those seen, and as many unseen ones as the losses show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from statistics import fmean
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks.detection.office import stretch
from benchmarks.forecast.staffed import TARGET, PlannedWorld, ledger_of, met
from streams.calls.hours import Hour
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import expect_calls
from streams.forecast.handling import of_line
from streams.forecast.past import WEEK, Past
from streams.forecast.staffing import met_with
from streams.insight.attendance import attendance
from streams.insight.erlang import Demand, expect
from streams.insight.losses import WEEK_HOURS
from streams.kept.times import HOUR_MS, QUARTER_MS
from streams.simulation.attempt import Attempt
from streams.simulation.office import LineProfile, Office, OfficeDay

RATE = 1 / 120_000  # one in 120 s of waiting gives up
WEEKS = range(4)


def hour(calls: int, lost: int) -> Hour:
    return Hour(answered=calls - lost, lost=lost, talks=calls - lost, talked=(calls - lost) * 180_000)


def steady(calls: int, agents: int) -> int:
    """Return the calls that an hour loses with some agents."""
    found = expect(Demand(calls / 3600, 180, 120), agents)
    assert found is not None
    return round(calls * found.lost)


def of(calls: int, lost: int, quarters: int) -> dict[int, int]:
    """Return the agents of the third hour of the week, in four weeks alike."""
    hours = {weeks * WEEK_HOURS + 2: hour(calls, lost) for weeks in WEEKS}
    return attendance(hours, dict.fromkeys(hours, quarters), RATE, lambda at: at % WEEK_HOURS)


def test_agents_whose_losses_fit_are_those_seen() -> None:
    assert of(40, steady(40, 2), 8) == {2: 2}


def test_a_line_that_loses_less_than_the_agents_seen_would_has_unseen_ones() -> None:
    assert of(40, steady(40, 4), 8) == {2: 4}


def test_a_line_that_loses_nothing_has_unknown_agents() -> None:
    assert of(40, 0, 8) == {}


def test_nobody_is_known_without_agents_talks_or_patience() -> None:
    assert of(40, 10, 0) == {}
    hours = {2: Hour(answered=3, lost=1)}
    assert attendance(hours, {2: 4}, RATE, lambda at: at) == {}
    assert attendance({2: hour(40, 10)}, {2: 4}, None, lambda at: at) == {}


class Month:
    """The hours and the agents of a line's last month, by its attempts."""

    def __init__(self) -> None:
        self.hours = defaultdict[int, Hour](Hour)
        self._seen = defaultdict[int, set[str]](set)
        self._waited = self._gave_up = 0

    def add(self, attempt: Attempt) -> None:
        moment = attempt.start + attempt.wait
        hour, talk = self.hours[moment // HOUR_MS], attempt.talk or 0
        setattr(hour, attempt.outcome, getattr(hour, attempt.outcome) + 1)
        self._waited += attempt.wait
        self._gave_up += attempt.outcome == "lost" and attempt.wait > 0
        if attempt.outcome == "answered":
            hour.talks, hour.talked = hour.talks + 1, hour.talked + talk
            for slot in range(moment // QUARTER_MS, (moment + talk) // QUARTER_MS + 1):
                self._seen[slot].add(attempt.agent or "")

    def attendance(self) -> dict[int, int]:
        staff = defaultdict[int, int](int)
        for slot, agents in self._seen.items():
            staff[slot // 4] += len(agents)

        def week_hour(hour: int) -> int:
            at = datetime.fromtimestamp(hour * 3600, ZoneInfo("Europe/Paris"))
            return at.weekday() * 24 + at.hour

        return attendance(self.hours, staff, self._gave_up / self._waited, week_hour)


@pytest.mark.slow
@pytest.mark.parametrize(("calls_a_day", "missing"), [(101.0, 0), (101.0, 2), (300.0, 0), (300.0, 2)])
def test_the_days_short_of_agents_are_told_apart_by_the_simulator(calls_a_day: float, missing: int) -> None:
    profile = LineProfile(line="circulation", calls_a_day=calls_a_day, expected_lost_rate=0.05)
    known, days = 182, stretch(date(2013, 1, 1), 182 + WEEK)
    world = PlannedWorld(Office(site="lozere", lines=(profile,)), days, seed=1)
    usual = world.lines["circulation"].agents

    def there(day: OfficeDay) -> Sequence[int]:
        agents = usual - missing if day.date.weekday() == 0 else usual
        return [agents if _open(day, place) else 0 for place in range(48)]

    month, counts, ledger = Month(), [[0.0] * 48 for _ in range(known)], []
    for place, day in enumerate(days[:known]):
        attempts = world.planned("circulation", day, there(day), 0) if day.opened else []
        ledger.append(ledger_of("circulation", day, attempts))
        for each in attempts:
            counts[place][min(int((each.start / 1000 - day.start) // 1800), 47)] += 1
            if place >= known - 31:
                month.add(each)
    handling, agents = of_line(ledger, 5, profile.wrap_up), month.attendance()
    assert handling is not None
    coming = [[agents.get(day.date.weekday() * 24 + place // 2, 0) if _open(day, place) else 0 for place in range(48)]
              for day in days[known:]]  # fmt: skip
    chances = met_with(expect_calls(Past(days[0].date, np.array(counts)), WEEK, DaysOff()), handling, TARGET, coming)
    for day, chance in zip(days[known:], chances, strict=True):
        if day.opened:
            came = fmean(met(world.planned("circulation", day, there(day), play)) for play in range(1, 11))
            assert (chance < 1 / 2) == (came < 1 / 2) == (missing > 0 and day.date.weekday() == 0)


def _open(day: OfficeDay, place: int) -> bool:
    return any(opens <= day.start + (place + 0.5) * 1800 < closes for opens, closes in day.opened)
