"""What each method's alarms are worth, given the truth of the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from agents.catalogue import lines
from benchmarks.detection.detectors import Alarm, Detector, alarms
from benchmarks.detection.figure import Figure, figure
from benchmarks.detection.hours import YEAR_DAYS, Hours, hours
from benchmarks.detection.office import LINE, open_days
from benchmarks.detection.persistence import Persistence, daily_rates, persistence
from benchmarks.detection.scenario import FINAL, OUTCOMES, Played, Scenario
from benchmarks.detection.tocsin import TOCSIN, tocsin
from streams.events import milliseconds
from streams.kept.times import DAY_MS
from streams.simulation.truth import STRONG
from streams.watch.laws import Miscount


class Happening(NamedTuple):
    """Hold what happens in a scenario, and what it should be called; moments are epoch ms."""

    start: int
    end: int
    first: int  # moment at which it changed anything
    fault: bool  # else it is real
    works: bool  # it changed something
    kinds: tuple[Miscount, ...] = ()  # that name it rightly
    strong: bool = False  # truly over three times the usual rate was lost


class Score(Struct, kw_only=True):
    """Hold how one method did in one scenario; a rival's every alarm is a miscount."""

    method: str
    family: str
    what: str  # happens in the scenario
    volume: int  # calls a day
    rate: float  # truly lost, usually
    half: int  # of the seeds: even 0, odd 1
    scenario: str
    fault: bool = False  # something was counted wrong
    works: bool = False  # a fault that changed something, or anything real
    strong: bool = False  # something real by which truly over three times the usual rate was lost
    found: bool = False  # called a miscount
    named: bool = False  # by a kind that fits the mechanism
    kind: str = ""  # by which it was called first
    overload: bool = False  # called an overload
    calls: int | None = None  # offered until it was found
    opening_days: float | None = None  # until it was found
    doubted_days: float | None = None  # opening days until it was called a miscount or undecided
    false: int = 0  # miscounts elsewhere
    false_kinds: list[str] = []
    undecided: int = 0  # undecided incidents elsewhere
    years: float = 0.0  # that count as elsewhere
    figure: Figure | None = None
    lasting: float = 0.0  # opening days of the fault
    hours: Hours | None = None  # where nothing was counted wrong
    persistence: Persistence | None = None  # the same


def scores(scenario: Scenario, detectors: Mapping[str, Detector]) -> list[Score]:
    """Play a scenario through Tocsin and the other detectors, and judge what each says."""
    played = scenario.play()
    settings = scenario.settings()
    rules = lines(settings)[LINE]
    happened = happening(scenario, played)
    said = tocsin(played.events, settings)
    own = judged(TOCSIN, scenario, played, happened, said.alarms)
    own.figure = figure(said.figures, played.truth.lines[LINE].totals.true.lost_rate or 0.0)
    if not scenario.faults:
        own.hours = hours(said.alarms, played.calls, scenario.profile.expected_lost_rate, rules.day)
        own.persistence = persistence(daily_rates(played.calls, rules.day))
    return [own] + [
        judged(name, scenario, played, happened, alarms(detector, played.events, rules))
        for name, detector in detectors.items()
    ]


def happening(scenario: Scenario, played: Played) -> Happening | None:
    """Return what happens in a scenario that was played, if anything does."""
    truth = played.truth
    if truth.faults:
        fault = truth.faults[0]
        first = fault.effect.first
        start, end = fault.episode.start, fault.episode.end
        return Happening(
            start, end, start if first is None else first, fault=True, works=first is not None, kinds=fault.kinds
        )
    # A line to which fewer callers turn loses none of them.
    real = [(each.start, each.end) for each in scenario.overloads]
    real += [(each.start, each.end) for each in scenario.losses if each.name != "fewer"]
    if not real:
        return None
    start, end = round(min(real)[0] * 1000), round(max(ends for _, ends in real) * 1000)
    stretches = [(begins * 1000, ends * 1000) for begins, ends in real]
    within = [lost for at, lost in played.calls if any(begins <= at < ends for begins, ends in stretches)]
    strong = sum(within) > STRONG * scenario.profile.expected_lost_rate * len(within)
    return Happening(start, end, start, fault=False, works=True, strong=strong)


def judged(
    method: str, scenario: Scenario, played: Played, happened: Happening | None, raised: Sequence[Alarm]
) -> Score:
    """Return what a method's alarms are worth."""
    days = scenario.days
    score = Score(
        method=method,
        family=scenario.family,
        what=scenario.what,
        volume=round(scenario.profile.calls_a_day),
        rate=scenario.profile.expected_lost_rate,
        half=scenario.seed % 2,
        scenario=scenario.name,
        years=(days[-1].end - days[0].start) * 1000 / DAY_MS / YEAR_DAYS,
    )
    within: list[Alarm] = []
    if happened is not None:
        # Silence until a weekend is only noticed at the first call after it.
        last = next((day.end * 1000 for day in days if day.opened and day.start * 1000 > happened.end), happened.end)
        score.years = max(0.0, score.years - (last - happened.start) / DAY_MS / YEAR_DAYS)
        score.fault, score.works, score.strong = happened.fault, happened.works, happened.strong
        score.lasting = open_days(days, happened.start / 1000, happened.end / 1000)
        within = [each for each in raised if _about(each, happened, last)]
        _find(score, scenario, played, happened, within)
    for each in raised:
        if each in within:
            continue
        if each.once:
            score.false += 1
            score.false_kinds = [*score.false_kinds, each.kind]
        elif each.verdict == "undecided":
            score.undecided += 1
    return score


def _about(alarm: Alarm, happened: Happening, last: float) -> bool:
    """Tell whether an alarm is about what happens: raised while it does, or an overload that was open before."""
    opened = alarm.verdict == "overload" and alarm.start <= happened.start < alarm.end
    told = (alarm.raised,) if alarm.doubted is None else (alarm.raised, alarm.doubted)
    return opened or any(happened.start <= at <= last for at in told)


def _find(score: Score, scenario: Scenario, played: Played, happened: Happening, within: Sequence[Alarm]) -> None:
    miscounts = sorted(each for each in within if each.once)
    doubts = [each.doubted for each in within if each.doubted is not None]
    first = happened.first
    # Opening days as they are configured; the calls are those that the events tell.
    if miscounts:
        raised = max(first, miscounts[0].raised)
        score.found = score.works
        score.kind = miscounts[0].kind
        score.calls = sum(
            first <= milliseconds(each.at) <= raised for each in played.events if _begins(each.type, scenario)
        )
        score.opening_days = open_days(scenario.days, first / 1000, raised / 1000)
        score.named = any(each.kind in happened.kinds for each in miscounts if each.verdict == "miscount")
    if doubts:
        score.doubted_days = open_days(scenario.days, first / 1000, max(first, min(doubts)) / 1000)
    score.overload = any(each.verdict == "overload" for each in within)


def _begins(kind: str, scenario: Scenario) -> bool:
    """Tell whether a type of event stands for a call: the offer, or the outcome where no offer is told."""
    return kind in OUTCOMES if scenario.told in FINAL else kind == "offered"
