"""Departments, regions and the nation: the sums of their offices' figures, and their outliers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, TypeAlias, TypeVar

from msgspec import Struct

from streams.indicators.period import Period
from streams.rollup.desk import ChannelSum, ServiceSum, channel_sum, service_sum
from streams.rollup.funnel import ComparedOffice, Funnel, funnel
from streams.rollup.line import LineSum, OfficeLine, common, line_sum, summed
from streams.rollup.office import RolledOffice, desks_of
from streams.watch.guard import Guard

UnitKind: TypeAlias = Literal["nation", "region", "department", "site"]

T = TypeVar("T")


class Unit(Struct, frozen=True, kw_only=True):
    """The sums of several offices' figures, by the short ids of lines, services and channels."""

    kind: UnitKind
    name: str  # name of the region or department, id of the site; empty for the nation
    label: str
    region: str | None  # its region
    department: str | None
    sites: list[str]  # ids of offices in service
    silent: list[str]  # of these: offices without any counts
    all_lines: LineSum
    lines: dict[str, LineSum]
    counters: ServiceSum  # sum of all services
    services: dict[str, ServiceSum]
    channels: dict[str, ChannelSum]
    funnel: Funnel  # its offices, over all lines
    funnels: dict[str, Funnel]  # the same for each line

    @property
    def withheld(self) -> bool:
        """Return whether the corrected lost rate over all its lines is withheld."""
        return self.all_lines.guard is not None


class RollUp(Struct, frozen=True, kw_only=True):
    """A nation's figures over a period by unit: regions and departments by name, offices by site."""

    period: Period
    today: date  # the local day on which they were calculated
    nation: Unit
    regions: dict[str, Unit]
    departments: dict[str, Unit]
    offices: dict[str, Unit]
    retired: list[str] = []  # sites that were not in service in the period

    def units(self) -> list[Unit]:
        """Return every unit, largest first: nation, regions, departments, offices."""
        return [self.nation, *self.regions.values(), *self.departments.values(), *self.offices.values()]

    def judging(self, unit: Unit) -> Unit:
        """Return the unit in which a unit's offices are compared: itself, or the nation if its offices are too few."""
        return unit if unit.funnel.compares else self.nation


def rollup(
    offices: Iterable[RolledOffice], period: Period, today: date, label: str = "", retired: Iterable[str] = ()
) -> RollUp:
    """Return the figures of a nation, its regions, departments and offices, sorted by name.

    A department belongs to the region that its offices name, if all name the same region.
    """
    every = sorted(offices, key=lambda each: each.site)
    lines = {each.site: desks_of(each, each.annual.lines) for each in every}
    return RollUp(
        period=period,
        today=today,
        nation=_unit("nation", "", every, lines, label),
        regions={name: _unit("region", name, own, lines) for name, own in _by(every, "region").items()},
        departments={name: _unit("department", name, own, lines) for name, own in _by(every, "department").items()},
        offices={each.site: _office(each) for each in every},
        retired=sorted(retired),
    )


def _by(offices: Iterable[RolledOffice], place: Literal["region", "department"]) -> dict[str, list[RolledOffice]]:
    found = defaultdict[str, list[RolledOffice]](list)
    for each in offices:
        name: str | None = getattr(each, place)
        if name is not None:
            found[name].append(each)
    return dict(sorted(found.items()))


def _office(office: RolledOffice) -> Unit:
    """Return the unit of a single office, with the hours of its counted days as in its own report."""
    alone = office if office.silent else office._replace(opened=0)
    return _unit("site", office.site, [alone], {office.site: desks_of(alone, alone.annual.lines)}, office.label)


def _unit(
    kind: UnitKind,
    name: str,
    offices: Sequence[RolledOffice],
    lines: Mapping[str, Sequence[OfficeLine]],
    label: str = "",
) -> Unit:
    own = [line for each in offices for line in lines[each.site]]
    by_line = _grouped((line.name, line) for line in own)
    services = [each for office in offices for each in desks_of(office, office.annual.services)]
    channels = [each for office in offices for each in desks_of(office, office.annual.channels)]
    sums = {name: line_sum(each) for name, each in by_line.items()}
    return Unit(
        kind=kind,
        name=name,
        label=label or name,
        region=None if kind == "nation" else common(each.region for each in offices),
        department=common(each.department for each in offices) if kind in {"department", "site"} else None,
        sites=[each.site for each in offices],
        silent=[each.site for each in offices if each.silent],
        all_lines=line_sum(summed(own), ""),
        lines=sums,
        counters=service_sum((each for each in services if not each.totals.plan.parts), ""),
        services={name: service_sum(each) for name, each in _grouped((each.name, each) for each in services).items()},
        channels={name: channel_sum(each) for name, each in _grouped((each.name, each) for each in channels).items()},
        funnel=funnel(_compared(each, summed(lines[each.site])) for each in offices if each.annual.lines),
        funnels={name: _funnel_of(each) for name, each in by_line.items()},
    )


def _grouped(named: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found = defaultdict[str, list[T]](list)
    for name, each in named:
        found[name].append(each)
    return dict(found)


def _funnel_of(lines: Sequence[OfficeLine]) -> Funnel:
    return funnel(_compared(each.office, [each]) for each in lines)


def _compared(office: RolledOffice, lines: Sequence[OfficeLine]) -> ComparedOffice:
    """Return an office for comparison, with its lines that have a corrected figure, if these cover enough."""
    known = [each for each in lines if each.totals.corrected is not None]
    counts = {each.name: each.totals.corrected for each in known}
    guard: Guard | None = line_sum(
        each._replace(office=office if office.silent else office._replace(opened=0)) for each in lines
    ).guard
    if guard is not None and len(lines) == 1:
        guard = lines[0].rates["lost_rate"].guard or guard
    return ComparedOffice(
        office.site,
        {name: (each.lost, each.offered) for name, each in counts.items() if each is not None},
        None if office.silent else guard,
        office.silent or not any(each.totals.all_raw.offered for each in lines),
    )
