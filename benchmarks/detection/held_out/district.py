"""A district office by other laws than the simulator's: weeks of a fixed record, drawn in blocks, bad days kept.

A week of the record has each day's load, staff and patience, and its bad hours. A line draws blocks of weeks and plays
their days with callers of its own. Patience is lognormal, some callers hang up at once, talks are a mixture of short
and long ones, the first free agent on the list answers, and a few callers call very often.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from heapq import heapify, heappop, heappush
from math import exp, log
from random import Random
from typing import Final, NamedTuple

from agents.simulation.office import office_days
from benchmarks.detection.held_out.world import USUAL, Conditions, moved
from benchmarks.detection.office import LINE, office
from config.settings import Holidays, Settings
from streams.kept.times import HOUR_MS
from streams.simulation.attempt import Attempt, opaque, pseudonym
from streams.simulation.chance import chance
from streams.simulation.office import OfficeDay

HOURS: Final = "Mo-Fr 08:00-17:30"
OPEN_HOURS: Final = 9.5
RECORD_WEEKS: Final = 60
BLOCK: Final = 2  # weeks drawn together
BAD: Final = {"surge": 0.04, "illness": 0.05, "rush": 0.04, "meeting": 0.02}  # chance that it begins on a day
BY_HOUR: Final = (1.5, 1.9, 1.7, 1.2, 0.6, 0.8, 1.3, 1.0, 0.7, 0.4)  # relative calls, from the opening hour on
BY_WEEKDAY: Final = (1.35, 1.05, 0.9, 1.0, 0.75, 1.0, 1.0)
RING: Final = (3_000, 9_000)  # ms until an answer by a free agent
WRAP_UP: Final = 25_000  # ms
SHORT_TALKS: Final = 0.25
TALK: Final = {True: (35.0, 0.5), False: (190.0, 0.6)}  # median (s) and sigma, of short talks and of others
WORK: Final = 200  # s of an agent's time for a call
PATIENCE: Final = 120.0  # s, median, before it is fitted
PATIENCE_SPREAD: Final = 1.1  # sigma of its logarithm
AT_ONCE: Final = 0.2  # of the lost rate: callers who hang up within seconds
DIVERTED: Final = 0.015
WITHHELD: Final = 0.07
AGAIN: Final = {True: (0.45, 1, 120), False: (0.08, 5, 240)}  # share and minutes; after a lost and an answered call
CALLERS: Final = 60  # for each daily call


class RecordedDay(NamedTuple):
    """One day of the record, relative to a usual day."""

    load: float
    staff: float
    patience: float
    rush: tuple[int, float] | None = None  # an hour after opening, and its load
    away: int | None = None  # an hour after opening in which most agents are away


@lru_cache
def record() -> tuple[tuple[RecordedDay, ...], ...]:
    """Return the weeks of the record, always the same."""
    random, load, sick = Random("district record"), 0.0, 0

    def happens(bad: str) -> bool:
        return random.random() < BAD[bad]

    weeks = []
    for _ in range(RECORD_WEEKS):
        week = []
        for _ in range(7):
            load = 0.55 * load + random.gauss(0, 0.17) * (3 if happens("surge") else 1)
            sick = sick - 1 if sick else random.randint(2, 8) if happens("illness") else 0
            staff, patience = 0.7 if sick else 1.0, exp(random.gauss(0, 0.15))
            rush = (random.randrange(8), random.uniform(2, 4)) if happens("rush") else None
            away = random.randrange(8) if happens("meeting") else None
            week.append(RecordedDay(exp(load), staff, patience, rush, away))
        weeks.append(tuple(week))
    return tuple(weeks)


class Staffing(NamedTuple):
    """The number of agents, and the callers' median patience in seconds."""

    agents: int
    patience: float


class District:
    """The true calls of one line of a district office."""

    def __init__(
        self, days: Sequence[OfficeDay], calls: float, rate: float, seed: int, staffing: Staffing | None = None
    ) -> None:
        self.days, self.rate = days, rate
        self._calls, self._seed = calls, seed
        self._staffing = staffing or fitted(calls, rate)
        random, weeks = chance(seed, "weeks"), list[tuple[RecordedDay, ...]]()
        while len(weeks) <= len(days) // 7 + 1:
            first = random.randrange(RECORD_WEEKS)
            weeks += [record()[(first + more) % RECORD_WEEKS] for more in range(BLOCK)]
        monday = days[0].date.weekday()
        self._recorded = [weeks[(monday + number) // 7][(monday + number) % 7] for number in range(len(days))]

    def attempts(self, number: int, conditions: Conditions) -> list[Attempt]:
        """Return the attempts of a day."""
        day, recorded = moved(self.days[number], conditions.later), self._recorded[number]
        if not day.opened:
            return []
        (opens, closes), *_ = day.opened
        start, end = round(opens * 1000), round(closes * 1000)
        random = chance(self._seed, "day", day.date)
        queue = self._callers(random, start, recorded, conditions, day.date.weekday())
        heapify(queue)
        free = [0] * max(1, round(self._staffing.agents * recorded.staff * conditions.agents))
        patience = self._staffing.patience * recorded.patience * conditions.patience
        attempts = list[Attempt]()
        while queue:
            at, caller = heappop(queue)
            present = self._present(free, (at - start) // HOUR_MS, recorded)
            call = opaque(self._seed, "district", day.date, len(attempts))
            attempt = _served(call, at, caller, free, present, patience, AT_ONCE * self.rate, random)
            attempts.append(attempt)
            share, least, most = AGAIN[attempt.outcome == "lost"]
            if attempt.outcome != "diverted" and random.random() < share:
                minutes = exp(random.uniform(log(least), log(most)))
                again = at + attempt.wait + (attempt.talk or 0) + round(minutes * 60_000)
                if again < end:
                    heappush(queue, (again, caller))
        return attempts

    def _callers(
        self, random: Random, start: int, recorded: RecordedDay, conditions: Conditions, weekday: int
    ) -> list[tuple[int, str]]:
        """Return the first-time calls: each call's start (epoch ms) and its caller."""
        again = AGAIN[False][0] + (AGAIN[True][0] - AGAIN[False][0]) * self.rate
        usual = self._calls * (1 - 0.7 * again) / sum(BY_HOUR) * BY_WEEKDAY[weekday]
        callers = []
        for hour, share in enumerate(BY_HOUR):
            rush = recorded.rush[1] if recorded.rush is not None and recorded.rush[0] == hour else 1.0
            length = HOUR_MS if hour < int(OPEN_HOURS) else HOUR_MS // 2
            per_ms = usual * share * recorded.load * rush * conditions.load / length
            at = random.expovariate(per_ms)
            while at < length:
                who = int(CALLERS * self._calls * random.random() ** 2.5)
                name = "" if random.random() < WITHHELD else pseudonym(self._seed, "district", who)
                callers.append((start + hour * HOUR_MS + round(at), name))
                at += random.expovariate(per_ms)
        return callers

    def _present(self, free: Sequence[int], hour: int, recorded: RecordedDay) -> int:
        """Return how many agents of the list take calls in an hour after opening."""
        if recorded.away == hour:
            return max(1, len(free) // 4)
        return max(1, len(free) * 2 // 3) if hour == 4 else len(free)  # noqa: PLR2004 -- noon


def _served(
    call: str, at: int, caller: str, free: list[int], present: int, patience: float, at_once: float, random: Random
) -> Attempt:
    """Return the attempt of a caller; an agent who answers is busy afterwards."""
    attempt = Attempt(line=LINE, call=call, start=at, wait=0, outcome="lost", reason="abandoned", caller=caller or None)
    whim = random.random()
    if whim < DIVERTED:
        attempt.outcome, attempt.reason, attempt.to = "diverted", "key", "voicemail"
        attempt.wait = random.randrange(3_000, 25_000)
        return attempt
    if whim > 1 - at_once:
        attempt.wait = random.randrange(200, 4_000)
        return attempt
    agent = min(range(present), key=lambda each: max(at, free[each]))
    answered = max(at, free[agent]) + random.randrange(*RING)
    gives_up = at + round(1000 * random.lognormvariate(log(patience), PATIENCE_SPREAD))
    if gives_up < answered:
        attempt.wait = gives_up - at
        return attempt
    median, sigma = TALK[random.random() < SHORT_TALKS]
    attempt.outcome, attempt.reason = "answered", None
    attempt.wait, attempt.agent = answered - at, f"d{agent + 1:02}"
    attempt.talk = round(1000 * random.lognormvariate(log(median), sigma))
    free[agent] = answered + attempt.talk + WRAP_UP
    return attempt


@lru_cache(maxsize=64)
def fitted(calls: float, rate: float) -> Staffing:
    """Return the staff and the patience with which a line of this size loses this share over the record."""
    days = _pilot_days()

    def lost(staffing: Staffing) -> float:
        world = District(days, calls, rate, 1917, staffing)
        outcomes = [each.outcome for number in range(len(days)) for each in world.attempts(number, USUAL)]
        return outcomes.count("lost") / len(outcomes)

    agents = max(1, round(0.9 * calls * WORK / (OPEN_HOURS * 3_600)))
    while lost(Staffing(agents, PATIENCE)) > rate:
        agents += 1
    low, high = log(1.0), log(20 * PATIENCE)
    for _ in range(9):
        middle = (low + high) / 2
        low, high = (middle, high) if lost(Staffing(agents, exp(middle))) > rate else (low, middle)
    return Staffing(agents, exp((low + high) / 2))


@lru_cache
def _pilot_days() -> tuple[OfficeDay, ...]:
    first = date(2014, 1, 6)
    return tuple(office_days(Districts().settings(), first, first + timedelta(209)))


class Districts:
    """Makes district offices with settings of their own."""

    def settings(self) -> Settings:
        other = {"opening_hours": HOURS, "holidays": Holidays(country=None)}
        return office().model_copy(update=other)

    def world(self, days: Sequence[OfficeDay], calls: float, rate: float, seed: int) -> District:
        return District(days, calls, rate, seed)
