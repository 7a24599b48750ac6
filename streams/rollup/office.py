"""An office as a part of sums: its place, its figures, and the hours in which it should have been counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from msgspec import Struct

from streams.indicators.annual import Annual
from streams.indicators.channel import ChannelTotals
from streams.indicators.indicator import Indicator
from streams.indicators.kinds import IndicatorKind, SubjectKind
from streams.indicators.line import LineTotals
from streams.indicators.service import ServiceTotals
from streams.indicators.survey import Share

_TOTALS: Final[Mapping[SubjectKind, type]] = {
    "line": LineTotals,
    "service": ServiceTotals,
    "channel": ChannelTotals,
    "survey": Share,
}
T = TypeVar("T", LineTotals, ServiceTotals, ChannelTotals)


class RolledOffice(NamedTuple):
    """An office in service during the period."""

    annual: Annual
    label: str
    region: str | None = None
    department: str | None = None
    opened: int = 0  # slots of opening hours in which each of its lines should have been counted
    apart: Collection[str] = ()  # lines whose calls are already counted on another of its lines

    @property
    def site(self) -> str:
        return self.annual.site

    @property
    def silent(self) -> bool:
        """Return whether no line, service or channel of the office has a counted day."""
        return not any(each.counted for each in self.annual.indicators)


class ClosingSum(Struct, frozen=True):
    """The calls or tickets around all closing times of several desks, on days without a fault."""

    sites: list[str]  # offices with a call or a ticket in the half-hour after closing
    before: int  # of these offices' desks, in the half-hour before
    after: int


class OfficeDesk(NamedTuple, Generic[T]):
    """A line, a service or a channel of an office, with its indicators by kind."""

    office: RolledOffice
    name: str
    totals: T
    rates: dict[IndicatorKind, Indicator]


def desks_of(office: RolledOffice, totals: Mapping[str, T]) -> list[OfficeDesk[T]]:
    """Return the desks of one kind of an office, from their totals."""
    known: dict[tuple[type, str], dict[IndicatorKind, Indicator]] = {}
    for each in office.annual.indicators:
        known.setdefault((_TOTALS[each.of], each.subject), {})[each.kind] = each
    return [OfficeDesk(office, name, each, known.get((type(each), name), {})) for name, each in totals.items()]


def closing_sum(desks: Iterable[OfficeDesk[LineTotals]] | Iterable[OfficeDesk[ServiceTotals]]) -> ClosingSum | None:
    """Return the calls or tickets around the closing times of desks; None if no desk has any after closing."""
    known = [each for each in desks if each.totals.closings]
    times = [time for each in known for time in each.totals.closings]
    sites = dict.fromkeys(each.office.site for each in known)
    return ClosingSum([*sites], sum(t.before for t in times), sum(t.after for t in times)) if known else None
