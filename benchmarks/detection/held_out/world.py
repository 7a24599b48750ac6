"""A world: the true calls of one line, day by day, under conditions that a situation may change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from msgspec import Struct

from config.settings import Settings
from streams.kept.times import HOUR_MS
from streams.simulation.attempt import Attempt
from streams.simulation.office import OfficeDay

HOUR_S: Final = HOUR_MS / 1000


class Conditions(Struct, frozen=True, kw_only=True):
    """The conditions of a day, relative to usual ones."""

    load: float = 1.0
    agents: float = 1.0
    patience: float = 1.0
    later: int = 0  # hours by which the office opens and closes later than it says


USUAL: Final = Conditions()


class World(Protocol):
    """The true calls of one line."""

    days: Sequence[OfficeDay]
    rate: float  # lost over a year

    def attempts(self, number: int, conditions: Conditions) -> list[Attempt]:
        """Return the attempts of a day by its number, in order. It is called once for each day, in order."""


class WorldKind(Protocol):
    """A maker of worlds, with the settings of their office."""

    def settings(self) -> Settings: ...

    def world(self, days: Sequence[OfficeDay], calls: float, rate: float, seed: int) -> World:
        """Return a line with this many calls a day and this lost rate over a year."""


def moved(day: OfficeDay, hours: int) -> OfficeDay:
    """Return a day on which the office opens and closes later."""
    return day._replace(opened=tuple((opens + hours * HOUR_S, closes + hours * HOUR_S) for opens, closes in day.opened))
