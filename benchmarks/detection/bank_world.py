"""Line-years of real callers: whole days of a bank, drawn with replacement by weekday, one by one or in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from benchmarks.detection.bank_calls import Days, bank_days, every_day
from benchmarks.detection.office import LINE
from streams.simulation.attempt import Attempt, opaque
from streams.simulation.chance import chance
from streams.simulation.fit import Fitted
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.overload import Overload


class Bank(Struct, frozen=True, kw_only=True):
    """Say whose calls are played, thinned to so many a day."""

    file: str
    service: str  # in the file: PS, NE, NW
    calls_a_day: float
    rate: float | None = None  # lost calls are thinned to this rate; None leaves it
    block: int = 1  # opening days drawn together; if more than one, bad days are kept

    def days(self) -> Days:
        """Return the real days."""
        return (bank_days if self.block == 1 else every_day)(Path(self.file), self.service)

    def profile(self) -> LineProfile:
        """Return the line as it is after thinning."""
        lost, calls = self._counts()
        rate = self.rate or lost / calls
        return LineProfile(line=LINE, calls_a_day=self.calls_a_day, expected_lost_rate=rate)

    def kept(self) -> tuple[float, float]:
        """Return which share of the callers is kept, and which share of their lost calls."""
        lost, calls = self._counts()
        of_lost = 1.0 if self.rate is None else self.rate / (1 - self.rate) * (calls - lost) / lost
        mean = (calls - lost + of_lost * lost) / len(self.days())
        if of_lost > 1 or self.calls_a_day > mean:
            raise ValueError(
                f"{self.service} has {mean:.0f} calls a day, and {lost / calls:.2%} lost; expected no more"
            )
        return self.calls_a_day / mean, of_lost

    def _counts(self) -> tuple[int, int]:
        every = [each for attempts in self.days().values() for each in attempts]
        return sum(each.outcome == "lost" for each in every), len(every)


class BankWorld:
    """Play real days in an order of their own; each keeps or leaves out a caller with all calls of the day."""

    def __init__(self, bank: Bank, days: Sequence[OfficeDay], seed: int) -> None:
        profile = bank.profile()
        self.office = Office(site="lozere", lines=(profile,))
        self.days = days
        self.seed = seed
        self.overloads: Sequence[Overload] = ()
        self.profiles = {LINE: profile}
        self.lines = {LINE: Fitted(agents=0, patience=0.0)}  # nothing is simulated
        self._real = bank.days()
        self._callers, self._lost = bank.kept()
        self._drawn = self._draw(bank.block)

    def _draw(self, block: int) -> dict[date, date]:
        """Return the real day for each day: after a drawn day of its weekday, the next real days follow."""
        real, drawn = [*self._real], dict[date, date]()
        at = left = 0
        for day in self.days:
            alike = [number for number, each in enumerate(real) if each.weekday() == day.date.weekday()]
            if not day.opened or not alike:
                continue
            at, left = at + 1, left - 1
            if left <= 0 or at not in alike:
                at, left = chance(self.seed, "day", day.date).choice(alike), block
            drawn[day.date] = real[at]
        return drawn

    def day(self, day: OfficeDay) -> dict[str, list[Attempt]]:
        """Return the attempts of a day: those of a real day of its weekday."""
        drawn = self._drawn.get(day.date)
        if drawn is None:
            return {LINE: []}
        attempts = []
        for each in self._real[drawn]:
            start = each.start + round(day.start * 1000)
            if not any(opens <= start / 1000 < closes for opens, closes in day.opened):
                continue
            if chance(self.seed, day.date, each.caller or each.call).random() >= self._callers:
                continue
            if each.outcome == "lost" and chance(self.seed, day.date, "lost", each.call).random() >= self._lost:
                continue
            attempts.append(replace(each, start=start, call=opaque(self.seed, day.date, each.call)))
        return {LINE: sorted(attempts, key=lambda each: each.start)}
