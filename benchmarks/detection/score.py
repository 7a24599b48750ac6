"""What each method's alarms are worth, given the truth of the scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from msgspec import Struct

from benchmarks.detection.methods import TOCSIN, Alarm, rivals, rules, tocsin
from benchmarks.detection.scenarios import Scenario, opening_days
from streams.events import milliseconds
from streams.kept.times import DAY_MS
from streams.simulation.truth import InjectedFault, RealOverload

YEAR_DAYS: Final = 365.25


class Score(Struct, kw_only=True):
    """Hold how one method did in one scenario; a rival's every alarm is a miscount."""

    method: str
    what: str  # happens in the scenario
    volume: int  # calls a day
    half: int  # of the seeds: even 0, odd 1
    scenario: str
    works: bool = False  # an overload, or a fault that changed something
    strong: bool = False  # an overload in which truly over three times the expected rate were lost
    found: bool = False  # called a miscount
    named: bool = False  # by a kind that fits the mechanism
    overload: bool = False  # called an overload
    calls: int | None = None  # offered until it was found
    opening_days: float | None = None  # until it was found
    false: int = 0  # miscounts elsewhere
    rushes: int = 0  # overloads elsewhere
    real: int = 0  # of the rushes: on days on which truly over three times the expected rate were lost
    undecided: int = 0  # undecided incidents elsewhere
    years: float = 0.0  # that count as elsewhere


def scores(scenario: Scenario) -> list[Score]:
    """Play a scenario through every method, and judge the method's alarms."""
    events, truth = scenario.play()
    counted = rules(scenario.profile.expected_lost_rate)
    offered = sorted(milliseconds(each.at) for each in events if each.type == "offered")
    happened = next(chain[InjectedFault | RealOverload](truth.faults, truth.overloads), None)
    limit = 3 * scenario.profile.expected_lost_rate
    crowded = {
        day
        for day, both in truth.lines[scenario.profile.line].days.items()
        if both.true.lost > limit * both.true.offered
    }
    alarms = {TOCSIN: tocsin(events, counted), **rivals(events, counted)}
    return [_score(method, scenario, happened, each, offered, crowded) for method, each in alarms.items()]


def _score(
    method: str,
    scenario: Scenario,
    happened: InjectedFault | RealOverload | None,
    alarms: Iterable[Alarm],
    offered: Sequence[int],
    crowded: set[str],
) -> Score:
    days = scenario.days
    score = Score(
        method=method,
        what=scenario.what,
        volume=round(scenario.profile.calls_a_day),
        half=scenario.seed % 2,
        scenario=scenario.name,
        years=(days[-1].end - days[0].start) * 1000 / DAY_MS / YEAR_DAYS,
    )
    within: list[Alarm] = []
    first = 0
    if happened is not None:
        episode = happened.episode
        first = episode.start
        score.works = True
        if isinstance(happened, InjectedFault):
            score.works = happened.effect.first is not None
            first = happened.effect.first or first
        else:
            score.strong = happened.strong
        # Silence until a weekend is only noticed at the first call after it.
        last = next((day.end * 1000 for day in days if day.opened and day.start * 1000 > episode.end), episode.end)
        score.years -= (last - episode.start) / DAY_MS / YEAR_DAYS
        within = [
            each
            for each in alarms
            if episode.start <= each.raised <= last
            or (each.verdict == "overload" and each.start <= episode.start < each.end)
        ]
    miscounts = sorted(each for each in within if each.once)
    if miscounts:
        raised = max(first, miscounts[0].raised)
        score.found = score.works
        score.calls = sum(first <= at <= raised for at in offered)
        score.opening_days = opening_days(days, first / 1000, raised / 1000)
        score.named = isinstance(happened, InjectedFault) and any(
            each.kind in happened.kinds for each in miscounts if each.verdict == "miscount"
        )
    score.overload = any(each.verdict == "overload" for each in within)
    for each in alarms:
        if each in within:
            continue
        if each.once:
            score.false += 1
        elif each.verdict == "overload":
            score.rushes += 1
            score.real += any(str(day.date) in crowded for day in days if day.start <= each.start / 1000 < day.end)
        else:
            score.undecided += 1
    return score
