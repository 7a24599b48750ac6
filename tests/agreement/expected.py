"""The figures that every surface should show: the indicators of a period, from the ledger and the incidents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from agents.history.incident_json import incident_of
from agents.history.ledger import History, StoredDays
from agents.nation.figures import nation_figures
from agents.totals.plan import plan_of
from config.offices import Offices
from config.settings import Settings
from streams.indicators.annual import Annual, AnnualInput, annual
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.ledger.day import LineDay
from streams.rollup.rate import RateSum


class Expected(NamedTuple):
    """The figures of an office over periods."""

    settings: Settings
    of: Mapping[str, Annual]  # by the name of the period

    def indicator(self, name: str, period: str) -> Indicator | None:
        """Return an indicator of a period, or None if it is unknown."""
        found = self.of[period].indicators if period in self.of else []
        return next((each for each in found if each.id == name), None)


def expected(settings: Settings, history: History, periods: Iterable[Period], today: date) -> Expected:
    """Return the figures of an office without reader, page or file in between."""
    plan, site = plan_of(settings), settings.site
    incidents = [incident_of(each) for each in history.incidents.of(site).values()]
    of = {}
    for period in periods:
        given = AnnualInput(
            StoredDays(history, site, Period(period.shifted(-1).first, period.shifted(1).last)), incidents
        )
        of[period.name] = annual(given, plan, period, today)
        for name, line in of[period.name].lines.items():
            assert (line.raw.offered, line.raw.lost) == _counted(settings, history, name, period)
    return Expected(settings, of)


def _counted(settings: Settings, history: History, line: str, period: Period) -> tuple[int, int]:
    """Add up the calls offered and lost in opening hours, slot by slot."""
    opened = plan_of(settings).opened
    slots = [
        slot
        for day in history.days.each(LineDay, f"{settings.site}/{line}", period)
        for number, slot in day.slots.items()
        if int(number) in opened(date.fromisoformat(day.day))
    ]
    return sum(each.offered for each in slots), sum(each.lost for each in slots)


def of_units(
    offices: Offices, history: History, periods: Iterable[Period], today: date
) -> Mapping[tuple[str, str], RateSum]:
    """Return the rates of every unit of a nation, by `kind/name rate:line` and the name of the period."""
    found = {}
    for period in periods:
        for unit in nation_figures(offices, history, period, today).rolled.units():
            for line, each in (("", unit.all_lines), *unit.lines.items()):
                for kind, rate in each.rates.items():
                    found[f"{unit.kind}/{unit.name} {kind}:{line}", period.name] = rate
            assert (unit.all_lines.calls.raw.offered, unit.all_lines.calls.raw.lost) == _summed(
                offices, history, unit.sites, period
            )
    return found


def _summed(offices: Offices, history: History, sites: Iterable[str], period: Period) -> tuple[int, int]:
    counted = [
        _counted(offices.sites[site], history, line, period) for site in sites for line in offices.sites[site].lines
    ]
    return sum(offered for offered, _ in counted), sum(lost for _, lost in counted)
