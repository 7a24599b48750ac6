"""What is told of a nation: the whole of it, a region, or a department, with the units and offices in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agents.nation.figures import NationFigures, OfficeEdition
from streams.chain.breach import Breach
from streams.rollup.funnel import Funnel, FunnelPoint
from streams.rollup.unit import RollUp, Unit


class UnknownUnitError(Exception):
    """Tell that no office lies in a region or department of that name; holds the names that there are."""

    def __init__(self, known: list[str]) -> None:
        super().__init__(known)
        self.known = known


class Scope(NamedTuple):
    """Hold a unit among the figures of its nation."""

    figures: NationFigures
    unit: Unit

    @property
    def rolled(self) -> RollUp:
        """Return the figures of all units."""
        return self.figures.rolled

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which moments are told."""
        return ZoneInfo(self.figures.offices.shared.timezone)

    @property
    def name(self) -> str:
        """Return what the unit is called: the nation's own name, else that of the region or department."""
        return self.unit.label

    @property
    def provisional(self) -> bool:
        """Tell whether the period is not over."""
        return self.rolled.today <= self.rolled.period.last

    @property
    def judging(self) -> Unit:
        """Return the unit among whose offices these are compared."""
        return self.rolled.judging(self.unit)

    @property
    def funnel(self) -> Funnel:
        """Return the funnel that these offices stand in."""
        return self.judging.funnel

    def points(self) -> Mapping[str, FunnelPoint]:
        """Return where each office stands in the funnel, by its site."""
        return {each.site: each for each in self.funnel.points}

    def regions(self) -> list[Unit]:
        """Return the regions of a nation."""
        return [*self.rolled.regions.values()] if self.unit.kind == "nation" else []

    def departments(self) -> list[Unit]:
        """Return the departments of a nation or a region."""
        every, kind = self.rolled.departments.values(), self.unit.kind
        return [each for each in every if kind == "nation" or (kind == "region" and each.region == self.unit.name)]

    def offices(self) -> list[Unit]:
        """Return its offices, the surest to be worse than the others first, those that cannot be compared last."""
        inside, every = set(self.unit.sites), self.rolled.offices
        ordered = [each.site for each in self.funnel.points if each.site in inside]
        return [every[site] for site in (*ordered, *sorted(inside.difference(ordered)))]

    def units(self) -> list[Unit]:
        """Return the unit and all within it, the largest first."""
        return [self.unit, *self.regions(), *self.departments(), *self.offices()]

    def edition(self, unit: Unit) -> OfficeEdition | None:
        """Return the last edition of an office; None for a unit of several."""
        return self.figures.editions.get(unit.name) if unit.kind == "site" else None

    def breaches(self, unit: Unit) -> list[Breach]:
        """Return what does not hold of the history that the figures of a unit are made of."""
        return [breach for site in unit.sites for breach in self.figures.breaches.get(site, ())]

    def labels(self, sites: list[str]) -> list[str]:
        """Return what offices are called."""
        return [self.rolled.offices[site].label for site in sites]


def scope_of(figures: NationFigures, region: str | None = None, department: str | None = None) -> Scope:
    """Return a region, a department, or the nation where neither is named; raise `UnknownUnitError` for no unit."""
    if region is None and department is None:
        return Scope(figures, figures.rolled.nation)
    units = figures.rolled.departments if department is not None else figures.rolled.regions
    name = department if department is not None else region
    if name not in units:
        raise UnknownUnitError(sorted(units))
    return Scope(figures, units[name])
