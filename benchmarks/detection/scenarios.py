"""The simulated offices on which detection is measured: sound years, every fault, real overloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from agents.simulation.office import office_days
from config.settings import Settings, load
from streams.events import CallEvent
from streams.simulation.faults.fault import Fault
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.overload import Cause, Overload
from streams.simulation.simulate import simulate
from streams.simulation.truth import Truth

LINE: Final = "circulation"
VOLUMES: Final = (30, 100, 300)  # calls a day
RATES: Final = (0.0187, 0.0404, 0.0704)
CORRELATIONS: Final = (0.02, 0.04)
SILENTLY: Final = "answered-as-lost-silently"
SIX: Final = "to 6 %"  # that mechanism at a severity that moves 1.87 % to 6 %
SIX_SEVERITY: Final = 0.042
LASTING: Final = (7, 28, 14, 28)  # days that a fault lasts, by seed
SIX_LASTING: Final = 42
RUSHES: Final[tuple[tuple[Cause, tuple[float, float]], ...]] = (
    ("rush", (1.5, 2.5)),
    ("absence", (0.3, 0.6)),
    ("overflow", (0.5, 1.0)),
)
YEARS: Final = {30: 4, 100: 2, 300: 1}  # sound years of each rate and correlation, by volume
TIMES: Final = {30: 4, 100: 4, 300: 2}  # that a fault or overload is played, by volume; twice for a target's fault
SOUND_DAYS: Final = 56  # before anything happens
DAYS_AFTER: Final = 14  # that are simulated after it


class Scenario(Struct, frozen=True, kw_only=True):
    """Describe one simulated stretch of one line."""

    what: str  # happens on it
    profile: LineProfile
    seed: int  # even and odd ones make two halves
    days: tuple[OfficeDay, ...]
    faults: tuple[Fault, ...] = ()
    overloads: tuple[Overload, ...] = ()

    @property
    def name(self) -> str:
        """Return a name that no other scenario has."""
        profile = self.profile
        strength = "".join(f" {each.severity:g}" for each in self.overloads)
        volume = f"{profile.calls_a_day:g}/day {profile.expected_lost_rate} {profile.icc}"
        return f"{self.what}{strength} {volume} #{self.seed}"

    def play(self) -> tuple[list[CallEvent], Truth]:
        """Return the line's events in the order in which they arrive, and the truth."""
        lines: tuple[LineProfile, ...] = (self.profile,)
        if any(each.cause == "overflow" for each in self.overloads):
            lines += (_profile(self.profile.calls_a_day, self.profile.expected_lost_rate, line="standard"),)
        events, truth = simulate(
            Office(site="lozere", lines=lines), self.days, self.seed, list(self.faults), list(self.overloads)
        )
        return [each for each in events if isinstance(each, CallEvent) and each.line == LINE], truth


def settings() -> Settings:
    """Return the settings of Lozère, on the events' clock."""
    return load(None, {}).model_copy(update={"clock": "event"})


def scenarios(*, quick: bool) -> list[Scenario]:
    """Return every scenario, the longest first; those of one profile stand together, as they share its fit."""
    office = settings()
    every = [*_sound(office, quick=quick), *_faults(office, quick=quick), *_overloads(office, quick=quick)]

    def weight(each: Scenario) -> tuple[float, float, float]:
        return -each.profile.calls_a_day, each.profile.icc, each.profile.expected_lost_rate

    return sorted(every, key=weight)


def _profile(calls: float, rate: float, icc: float = 0.03, line: str = LINE) -> LineProfile:
    return LineProfile(line=line, calls_a_day=calls, expected_lost_rate=rate, icc=icc)


def _sound(office: Settings, *, quick: bool) -> Iterator[Scenario]:
    for calls in VOLUMES[1:2] if quick else VOLUMES:
        for rate in RATES:
            for icc in CORRELATIONS[1:] if quick else CORRELATIONS:
                for seed in range(1 if quick else YEARS[calls]):
                    days = office_days(office, date(2013, 1, 1), date(2013, 12, 31))
                    yield Scenario(
                        what="sound", profile=_profile(calls, rate, icc), seed=_seed(rate, icc, seed), days=tuple(days)
                    )


def _faults(office: Settings, *, quick: bool) -> Iterator[Scenario]:
    named = {name: (name, each.severity) for name, each in MECHANISMS.items() if each.distort is None}
    named[SIX] = (SILENTLY, SIX_SEVERITY)
    for what, (mechanism, severity) in named.items():
        for calls in VOLUMES[1:2] if quick else VOLUMES:
            for seed in range(1 if quick else TIMES[calls] * (1 + (mechanism == SILENTLY))):
                rate = RATES[1] if seed % 4 == 3 and mechanism != SILENTLY else RATES[0]  # noqa: PLR2004 -- one in four
                random = Random(f"{what} {calls} {seed}")
                lasting = SIX_LASTING if what == SIX else LASTING[seed % len(LASTING)]
                days, start = _days(office, random, lasting)
                begin = _moment(office, start, random.choice((9, 10, 11, 14, 15)))
                fault = Fault(
                    line=LINE,
                    mechanism=mechanism,
                    start=begin,
                    end=_moment(office, start + timedelta(lasting), 17),
                    severity=severity,
                )
                yield Scenario(
                    what=what, profile=_profile(calls, rate), seed=_seed(what, calls, seed), days=days, faults=(fault,)
                )


def _overloads(office: Settings, *, quick: bool) -> Iterator[Scenario]:
    for cause, severities in RUSHES:
        for severity in severities:
            for calls in VOLUMES[1:2] if quick else VOLUMES:
                for seed in range(1 if quick else TIMES[calls]):
                    random = Random(f"{cause} {severity} {calls} {seed}")
                    days, start = _days(office, random, 7)
                    overload = Overload(
                        line=LINE,
                        cause=cause,
                        start=_moment(office, start, 8),
                        end=_moment(office, start + timedelta((0, 2, 4, 0)[seed]), 17),
                        severity=severity,
                    )
                    yield Scenario(
                        what=cause,
                        profile=_profile(calls, RATES[0]),
                        seed=_seed(cause, severity, calls, seed),
                        days=days,
                        overloads=(overload,),
                    )


def _seed(*words: object) -> int:
    """Return a scenario's own seed; it is even where the last word is."""
    return 2 * Random(" ".join(map(str, words))).randrange(10**6) + int(str(words[-1])) % 2


def _days(office: Settings, random: Random, lasting: int) -> tuple[tuple[OfficeDay, ...], date]:
    """Return the days of a scenario, somewhere in two years, and the open day on which something begins."""
    first = date(2013, 1, 1) + timedelta(random.randrange(365))
    days = office_days(office, first, first + timedelta(SOUND_DAYS + 14 + lasting + DAYS_AFTER))
    begins = random.choice([day.date for day in days[SOUND_DAYS : SOUND_DAYS + 14] if day.opened])
    return tuple(days), begins


def _moment(office: Settings, day: date, hour: int) -> float:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(office.timezone)).timestamp()


def opening_days(days: Sequence[OfficeDay], start: float, end: float) -> float:
    """Return the number of opening days between two moments (epoch s); parts of a day count as parts."""
    passed = whole = 0.0
    opened = 0
    for day in days:
        opened += bool(day.opened)
        for opens, closes in day.opened:
            whole += closes - opens
            passed += max(0.0, min(closes, end) - max(opens, start))
    return passed / (whole / opened)
