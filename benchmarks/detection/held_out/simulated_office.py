"""The office of Tocsin's own simulator, with correlated days, and with conditions that change."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from benchmarks.detection.held_out.world import USUAL, Conditions, moved
from benchmarks.detection.office import LINE, office
from config.settings import Settings
from streams.simulation.attempt import Attempt
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.world import World

PERSISTENCE = 0.4  # correlation of a day's load and mood with the previous day's


class SimulatedOffice:
    """The true calls of a simulated line."""

    def __init__(self, days: Sequence[OfficeDay], calls: float, rate: float, seed: int) -> None:
        self.days, self.rate = days, rate
        self._seed = seed
        profile = LineProfile(line=LINE, calls_a_day=calls, expected_lost_rate=rate, persistence=PERSISTENCE)
        self._office = Office(site="lozere", lines=(profile,))
        self._worlds = {USUAL: World(self._office, days, seed)}

    def attempts(self, number: int, conditions: Conditions) -> list[Attempt]:
        """Return the attempts of a day."""
        inside = replace(conditions, later=0)
        if inside not in self._worlds:
            self._worlds[inside] = self._under(inside)
        attempts = self._worlds[inside].day(moved(self.days[number], conditions.later))[LINE]
        return sorted(attempts, key=lambda each: each.start)

    def _under(self, conditions: Conditions) -> World:
        world = World(self._office, self.days, self._seed)
        fitted, profile = world.lines[LINE], world.profiles[LINE]
        agents = max(1, round(fitted.agents * conditions.agents))
        world.lines[LINE] = replace(fitted, agents=agents, patience=fitted.patience * conditions.patience)
        world.profiles[LINE] = replace(profile, calls_a_day=profile.calls_a_day * conditions.load)
        return world


class SimulatedOffices:
    """Makes simulated offices with the settings of Lozère."""

    def settings(self) -> Settings:
        return office()

    def world(self, days: Sequence[OfficeDay], calls: float, rate: float, seed: int) -> SimulatedOffice:
        return SimulatedOffice(days, calls, rate, seed)
