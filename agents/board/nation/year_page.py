"""The page of a unit's year, with a link for each office and unit."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from markupsafe import Markup

from agents.nation.observed import observed, of_all_desks, of_all_lines
from agents.nation.report import unit_figure
from agents.nation.scope import Scope
from agents.nation.telling import NationTelling, UnitRow, WithheldRow
from agents.report.blocks import Figure
from agents.report.funnel import funnel_picture
from streams.indicators.period import Period
from streams.rollup.unit import Unit


def office_year(site: str, period: Period) -> str:
    """Return the address of an office's own page of a period."""
    return f"/sites/{quote(site, safe='')}/years/{period.name}"


def unit_year(unit: Unit, period: Period) -> str:
    if unit.kind == "site":
        return office_year(unit.name, period)
    asked = [] if unit.kind == "nation" else [(unit.kind, unit.name)]
    return f"/years/{period.name}{'?' * bool(asked)}{urlencode(asked)}"


class UnitYear:
    def __init__(self, scope: Scope, telling: NationTelling) -> None:
        self.scope = scope
        self._telling = telling
        self._whole = of_all_lines(scope, scope.unit)

    @property
    def period(self) -> Period:
        return self.scope.rolled.period

    @property
    def counted(self) -> bool:
        return any(each.counted for each in observed(self.scope, self.scope.unit))

    def says(self) -> list[str]:
        """Say which offices differ from the others."""
        return self._telling.apart(self.scope)

    def demand(self) -> list[str]:
        """Say how many called or came around closing, and how many had an appointment."""
        return self._telling.demand(self.scope)

    def lacks(self) -> list[str]:
        """Say which counts the sums lack."""
        return self._telling.trouble(self.scope, self._whole)

    def heads(self) -> Iterator[Figure]:
        """Yield the figures of the whole unit."""
        for each in of_all_desks(self.scope, self.scope.unit):
            if each.counted:
                yield unit_figure(each, self._telling)

    def funnel(self) -> Markup | None:
        """Draw the funnel, each office with a link to its own year; None if there are too few offices."""
        labels = {site: unit.label for site, unit in self.scope.rolled.offices.items()}
        drawn = funnel_picture(self.scope.funnel, labels, self._telling, lambda site: office_year(site, self.period))
        return None if drawn is None else Markup(drawn.svg)  # noqa: S704 -- drawn by us, texts escaped

    def units(self) -> list[UnitRow]:
        """Return the regions of a nation, or the departments of a region."""
        found = self.scope.regions() or (self.scope.departments() if self.scope.unit.kind == "region" else [])
        return [self._telling.row(self.scope, each) for each in found]

    def offices(self) -> list[UnitRow]:
        """Return the offices, those most certainly worse than the others first."""
        return [self._telling.row(self.scope, each) for each in self.scope.offices()]

    def address(self, unit: Unit) -> str:
        return unit_year(unit, self.period)

    def withheld(self) -> list[WithheldRow]:
        """Return the lines, services and channels whose figure is withheld."""
        return self._telling.withheld_rows(self.scope)

    def silent(self) -> list[tuple[str, str]]:
        """Return the names and addresses of the offices without any count."""
        offices = self.scope.rolled.offices
        return [(offices[site].label, office_year(site, self.period)) for site in self.scope.unit.silent]
