"""The true events in an office: every line's attempts, day by day, before any fault.

A line's day has its own generator, so no fault changes the true attempts, and an overload only changes the days on
which it falls. If a line's days are correlated, their load and mood follow an autoregression of order one over the
opening days; each is still standard normal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from math import exp, sqrt
from random import Random

from msgspec.structs import replace

from streams.simulation.arrivals import Shape, level
from streams.simulation.attempt import Attempt, pseudonym
from streams.simulation.chance import chance, draws
from streams.simulation.fit import Fitted, Openings, fit, missing_share
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.overload import Overload
from streams.simulation.queue import AGAIN_AFTER_ANSWERED, AGAIN_AFTER_LOST, Caller, QueueDay, Spill, serve
from streams.simulation.staff import Away, breaks, shortfall

_IN_TIME = 0.92  # share of the call-backs that come before the half day's opening stretch is over
_CALLERS = 40  # distinct callers per daily call: each calls about six times a year


class World:
    """An office over days; `lines` has each line's fit."""

    def __init__(
        self, office: Office, days: Sequence[OfficeDay], seed: int, overloads: Sequence[Overload] = ()
    ) -> None:
        self.office = office
        self.days = days
        self.seed = seed
        usual = usual_openings(days)
        self.profiles = {profile.line: profile for profile in office.lines}
        self.lines: dict[str, Fitted] = {name: fit(profile, usual) for name, profile in self.profiles.items()}
        self._shapes: dict[tuple[str, Openings], Shape] = {}
        self._usual = {name: self._shape(profile, usual).weight for name, profile in self.profiles.items()}
        self.overloads: Sequence[Overload] = tuple(map(self._with_neighbour, overloads))
        self._persisting = {name: self._persist(profile) for name, profile in self.profiles.items()}

    def _persist(self, profile: LineProfile) -> dict[date, tuple[float, ...]]:
        """Return the load, the missing staff and the mood of every opening day if the line's days are correlated."""
        if not profile.persistence:
            return {}
        moved: dict[date, tuple[float, ...]] = {}
        before: tuple[float, ...] | None = None
        for day in self.days:
            if day.opened:
                drawn = _drawn(chance(self.seed, profile.line, day.date))
                if before is not None:
                    kept, new = profile.persistence, sqrt(1 - profile.persistence**2)
                    drawn = tuple(kept * past + new * fresh for past, fresh in zip(before, drawn, strict=True))
                before = moved[day.date] = drawn
        return moved

    def _with_neighbour(self, overload: Overload) -> Overload:
        """Return the overload with the line to which it overflows; raise `ValueError` if there is none."""
        if overload.line not in self.profiles:
            raise ValueError(f"line {overload.line!r} is none of the office's: {', '.join(self.profiles)}")
        if overload.cause != "overflow":
            return overload
        others = {name: profile for name, profile in self.profiles.items() if name != overload.line}
        neighbour = overload.neighbour or max(others, key=lambda name: others[name].calls_a_day, default="")
        if neighbour not in others:
            raise ValueError(f"the overflow onto {overload.line} needs another line that overflows")
        return replace(overload, neighbour=neighbour)

    def day(self, day: OfficeDay) -> dict[str, list[Attempt]]:
        """Return the attempts of every line on a day. A caller who overflows has an attempt on both lines."""
        served: dict[str, list[Attempt]] = {}
        if not day.opened:
            return {name: [] for name in self.profiles}
        overflows = [each for each in self.overloads if each.cause == "overflow" and each.falls(day)]
        neighbours = {each.neighbour for each in overflows}
        # Lines that overflow come first, so that two lines that overflow to each other do not send callers in circles.
        for name in sorted(self.profiles, key=lambda name: name not in neighbours):
            sent = [
                Caller(attempt.start + 1_000, attempt.caller or "", attempt.call)
                for each in overflows
                if each.line == name
                for attempt in served.get(each.neighbour, ())
                if attempt.to == name
            ]
            served[name] = self._serve(self.profiles[name], day, overflows, sent)
        return {name: served[name] for name in self.profiles}

    def _serve(
        self, profile: LineProfile, day: OfficeDay, overflows: Sequence[Overload], sent: list[Caller]
    ) -> list[Attempt]:
        name, fitted = profile.line, self.lines[profile.line]
        random = chance(self.seed, name, day.date)
        drawn = _drawn(random)
        crowd, short, temper = self._persisting[name].get(day.date, drawn)
        usual = profile.calls_a_day * level(profile, day.date)
        callers = sent + self._callers(profile, day, f"{name} {day.date}", usual * _lognormal(fitted.load, crowd))
        opened = [(_ms(opens), _ms(closes)) for opens, closes in day.opened]
        away: list[list[Away]] = breaks(fitted.agents, opened)
        absences = [(missing_share(fitted.load, short), opened[0][0], opened[-1][1])]
        for each in self.overloads:
            if each.line == name and each.falls(day):
                start, end = _ms(max(each.start, day.start)), _ms(min(each.end, day.end))
                if each.cause == "absence":
                    absences.append((each.severity, start, end))
                elif each.cause == "rush":
                    more = self._callers(profile, day, f"{name} {day.date} rush", usual * (each.severity - 1))
                    callers += [caller for caller in more if start <= caller.start < end]
        for share, start, end in absences:
            for agent, gone in enumerate(shortfall(fitted.agents, share, start, end)):
                away[agent] += gone
        return serve(
            QueueDay(
                words=str(day.date),
                opened=opened,
                callers=callers,
                away=[sorted(each) for each in away],
                patience=fitted.patience * _lognormal(fitted.mood, temper),
                overflow=[
                    Spill(_ms(each.start), _ms(each.end), each.line, each.severity)
                    for each in overflows
                    if each.neighbour == name
                ],
            ),
            profile,
            fitted,
            self.seed,
            random,
        )

    def _callers(self, profile: LineProfile, day: OfficeDay, words: str, calls: float) -> list[Caller]:
        """Return first-time callers, in order; with their call-backs they make `calls` on average."""
        rate = profile.expected_lost_rate
        again = _IN_TIME * (AGAIN_AFTER_LOST[-1] * rate + AGAIN_AFTER_ANSWERED[-1] * (1 - rate))
        opened = tuple((_ms(opens - day.start), _ms(closes - day.start)) for opens, closes in day.opened)
        shape = self._shape(profile, opened)
        drawn = draws(self.seed, words)
        number = drawn.poisson(calls * (1 - again) * shape.weight / self._usual[profile.line])
        population = round(_CALLERS * profile.calls_a_day)
        moments = shape.moments(drawn.random(number)) * 1000 + day.start * 1000
        callers = (
            pseudonym(self.seed, profile.line, who) if shown else ""
            for who, shown in zip(
                drawn.integers(0, population, number).tolist(),
                (drawn.random(number) >= profile.withheld).tolist(),
                strict=True,
            )
        )
        return sorted(map(Caller, moments.astype(int).tolist(), callers))

    def _shape(self, profile: LineProfile, opened: Openings) -> Shape:
        known = profile.line, opened
        if known not in self._shapes:
            self._shapes[known] = Shape(profile.hours, [(opens / 1000, closes / 1000) for opens, closes in opened])
        return self._shapes[known]


def usual_openings(days: Sequence[OfficeDay]) -> Openings:
    """Return the opening stretches of most days; raise `ValueError` if no day has any."""
    counted = Counter(
        tuple((_ms(opens - day.start), _ms(closes - day.start)) for opens, closes in day.opened)
        for day in days
        if day.opened
    )
    if not counted:
        raise ValueError("the office is closed on all of these days; expected one at least on which it opens")
    return max(sorted(counted), key=counted.__getitem__)


def _drawn(random: Random) -> tuple[float, ...]:
    """Return a day's load, missing staff and mood: the first standard normal numbers from the day's generator."""
    return tuple(random.gauss(0, 1) for _ in range(3))


def _lognormal(sigma: float, z: float) -> float:
    """Return a lognormal factor with mean 1; `z` is a standard normal number."""
    return exp(sigma * z - sigma**2 / 2)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
