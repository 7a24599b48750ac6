"""The figures of units one by one, as the rows of every table and file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from agents.nation.scope import Scope
from streams.indicators.indicator import Indicator, MoreFields, indicator
from streams.indicators.kinds import IndicatorKind
from streams.rollup.desk import ChannelSum, ServiceSum
from streams.rollup.funnel import FunnelPoint
from streams.rollup.line import LineSum
from streams.rollup.rate import WithheldPart
from streams.rollup.unit import Unit
from streams.watch.correction import Interval

_NO_MORE: Final = MoreFields()


class Observed(NamedTuple):
    """One figure of a unit, and the indicator of an office's own report; a figure of all lines has no subject."""

    unit: Unit
    indicator: Indicator
    sites: list[str]  # sites that have the line, service or channel
    silent: list[str]  # of these, the sites without any count
    days: bool  # one of these sites has a counted day, with or without a call
    withheld: list[WithheldPart] = []  # noqa: RUF012 -- never changed
    could_be: Interval | None = None
    point: FunnelPoint | None = None  # an office's point among the others, by lost rate

    @property
    def counted(self) -> bool:
        """Return whether there is a counted value."""
        return self.indicator.raw.value is not None


def observed(scope: Scope, unit: Unit) -> Iterator[Observed]:
    """Yield the figures of a unit: of all lines, each line, all services, each service, each channel."""
    for name, line in (("", unit.all_lines), *unit.lines.items()):
        yield from (_of(scope, unit, name, line, kind) for kind in line.rates)
    for name, service in (("", unit.counters), *unit.services.items()):
        if service.sites:
            yield from (_of(scope, unit, name, service, kind) for kind in service.rates)
    for name, channel in unit.channels.items():
        more = MoreFields(limit=channel.target_days, days=channel.counts)
        yield from (_of(scope, unit, name, channel, kind, more) for kind in channel.rates)


def of_all_lines(scope: Scope, unit: Unit) -> Observed:
    """Return the lost rate of all lines of a unit."""
    return _of(scope, unit, "", unit.all_lines, "lost_rate")


def of_all_desks(scope: Scope, unit: Unit) -> list[Observed]:
    """Return the figures of all lines together, and of all services."""
    return [each for each in observed(scope, unit) if not each.indicator.subject]


def _of(
    scope: Scope,
    unit: Unit,
    name: str,
    desk: LineSum | ServiceSum | ChannelSum,
    kind: IndicatorKind,
    more: MoreFields = _NO_MORE,
) -> Observed:
    rate = desk.rates[kind]
    fields = more | MoreFields(target=rate.target, coverage=rate.coverage, guard=rate.guard)
    of = indicator(kind, name, desk.label, rate.raw, rate.corrected, **fields)
    return Observed(
        unit, of, desk.sites, desk.silent, desk.counted, rate.withheld, rate.could_be, _point(scope, unit, of)
    )


def _point(scope: Scope, unit: Unit, rate: Indicator) -> FunnelPoint | None:
    """Return an office's point in the funnel that compares it, for all its lines or for one."""
    if unit.kind != "site" or not rate.principal:
        return None
    name = rate.subject
    funnel = scope.judging.funnels.get(name) if name else scope.funnel
    return None if funnel is None else next((each for each in funnel.points if each.site == unit.name), None)
