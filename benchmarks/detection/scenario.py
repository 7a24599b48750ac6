"""One stretch of one line: what truly happens, what is told of it, and how the line is configured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from benchmarks.detection.bank_world import Bank, BankWorld
from benchmarks.detection.losses import Loss
from benchmarks.detection.office import LINE, office, with_line
from benchmarks.detection.reality import Change, Lived, changed
from config.settings import Settings
from streams.events import CallEvent
from streams.simulation.faults.fault import Fault
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.overload import Overload
from streams.simulation.simulate import play
from streams.simulation.truth import Truth
from streams.simulation.world import World

Told: TypeAlias = Literal["all", "no-waits", "no-callers", "bare"]
OUTCOMES: Final = {"answered", "lost", "diverted"}
FINAL: Final[set[Told]] = {"no-waits", "bare"}  # only the outcome of a call is told


class Played(NamedTuple):
    """Hold what a scenario gave."""

    events: list[CallEvent]  # in the order in which they arrive
    truth: Truth
    calls: list[tuple[int, bool]]  # when each true call began (epoch ms), and whether it was lost


class Scenario(Struct, frozen=True, kw_only=True):
    """Describe one stretch of one line."""

    family: str
    what: str  # happens on it
    profile: LineProfile
    seed: int  # even and odd ones make two halves
    days: tuple[OfficeDay, ...]  # as they are configured
    opened: tuple[OfficeDay, ...] = ()  # as the office truly opens, where that is otherwise
    faults: tuple[Fault, ...] = ()
    overloads: tuple[Overload, ...] = ()
    losses: tuple[Loss, ...] = ()
    change: Change | None = None
    bank: Bank | None = None  # whose real calls are played instead
    told: Told = "all"
    prior: float | None = 1.0  # the lost rate that is configured, times the true one; None for none

    @property
    def name(self) -> str:
        """Return a name that no other scenario has."""
        profile = self.profile
        volume = f"{profile.calls_a_day:g}/day {profile.expected_lost_rate} {profile.icc}"
        return f"{self.family}: {self.what} {volume} #{self.seed}"

    def settings(self) -> Settings:
        """Return how the line is configured."""
        prior = None if self.prior is None else self.prior * self.profile.expected_lost_rate
        site = office(bank=self.bank is not None)
        return with_line(site, expected_lost_rate=prior, lifecycle=self._profile().lifecycle)

    def play(self) -> Played:
        """Play it."""
        lived = self._lived()
        events, truth = play(lived, self.faults)
        calls = (each for each in events if isinstance(each, CallEvent) and each.line == LINE)
        return Played(list(stripped(calls, self.told)), truth, lived.calls)

    def _lived(self) -> Lived:
        opened = self.opened or self.days
        if self.bank is not None:
            return Lived(BankWorld(self.bank, self.days, self.seed), opened, self.losses)
        lines: tuple[LineProfile, ...] = (self._profile(),)
        if any(each.cause == "overflow" for each in self.overloads):
            lines += (replace(self.profile, line="standard"),)
        world = World(Office(site="lozere", lines=lines), self.days, self.seed, self.overloads)
        if self.change is None:
            return Lived(world, opened, self.losses)
        return Lived(world, opened, self.losses, changed(world, self.change), self.change.since)

    def _profile(self) -> LineProfile:
        return replace(self.profile, lifecycle="final") if self.told in FINAL else self.profile


def stripped(events: Iterable[CallEvent], told: Told) -> Iterator[CallEvent]:
    """Yield the events as a source tells them that does not tell all.

    Waits show in offers too, so that a source without waits only tells outcomes; a bare one does not name callers
    either.
    """
    for event in events:
        if told in FINAL:
            event.wait = None
        if told in {"no-callers", "bare"}:
            event.caller = None
        if told not in FINAL or event.type in OUTCOMES:
            yield event
