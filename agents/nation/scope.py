"""A nation, region or department, with the units and offices in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agents.nation.figures import NationFigures, OfficeEdition
from streams.chain.breach import Breach
from streams.rollup.funnel import Funnel, FunnelPoint
from streams.rollup.unit import RollUp, Unit


class UnknownUnitError(Exception):
    """There is no region or department of that name; `known` has the names."""

    def __init__(self, known: list[str]) -> None:
        super().__init__(known)
        self.known = known


class Scope(NamedTuple):
    """A unit among the figures of its nation."""

    figures: NationFigures
    unit: Unit

    @property
    def rolled(self) -> RollUp:
        return self.figures.rolled

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.figures.offices.shared.timezone)

    @property
    def name(self) -> str:
        """Return the nation's own name, or that of the region or department."""
        return self.unit.label

    @property
    def provisional(self) -> bool:
        """Return whether the period is not over."""
        return self.rolled.today <= self.rolled.period.last

    @property
    def judging(self) -> Unit:
        """Return the unit with whose offices the offices of this unit are compared."""
        return self.rolled.judging(self.unit)

    @property
    def funnel(self) -> Funnel:
        return self.judging.funnel

    def points(self) -> Mapping[str, FunnelPoint]:
        """Return the point of each office in the funnel, by site."""
        return {each.site: each for each in self.funnel.points}

    def regions(self) -> list[Unit]:
        """Return the regions of a nation."""
        return [*self.rolled.regions.values()] if self.unit.kind == "nation" else []

    def departments(self) -> list[Unit]:
        """Return the departments of a nation or a region."""
        every, kind = self.rolled.departments.values(), self.unit.kind
        return [each for each in every if kind == "nation" or (kind == "region" and each.region == self.unit.name)]

    def offices(self) -> list[Unit]:
        """Return the offices: those most surely worse than others first, those not compared last."""
        inside, every = set(self.unit.sites), self.rolled.offices
        ordered = [each.site for each in self.funnel.points if each.site in inside]
        return [every[site] for site in (*ordered, *sorted(inside.difference(ordered)))]

    def units(self) -> list[Unit]:
        """Return the unit and all units within it, the largest first."""
        return [self.unit, *self.regions(), *self.departments(), *self.offices()]

    def edition(self, unit: Unit) -> OfficeEdition | None:
        """Return the last edition of an office; None for a unit of several offices."""
        return self.figures.editions.get(unit.name) if unit.kind == "site" else None

    def breaches(self, unit: Unit) -> list[Breach]:
        """Return the breaches of the records behind the figures of a unit."""
        return [breach for site in unit.sites for breach in self.figures.breaches.get(site, ())]

    def labels(self, sites: list[str]) -> list[str]:
        return [self.rolled.offices[site].label for site in sites]


def scope_of(figures: NationFigures, region: str | None = None, department: str | None = None) -> Scope:
    """Return a region, a department, or the nation if neither is named; raise `UnknownUnitError` if there is none."""
    if region is None and department is None:
        return Scope(figures, figures.rolled.nation)
    units = figures.rolled.departments if department is not None else figures.rolled.regions
    name = department if department is not None else region
    if name not in units:
        raise UnknownUnitError(sorted(units))
    return Scope(figures, units[name])
