"""The figures of units one by one, as the rows of every table and file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agents.nation.scope import Scope
from streams.indicators.indicator import Figure, Indicator, MoreFields, ObservationStatus, indicator, is_met, minutes
from streams.indicators.kinds import IndicatorKind
from streams.rollup.desk import ChannelSum, ServiceSum
from streams.rollup.funnel import FunnelPoint
from streams.rollup.line import LineSum
from streams.rollup.rate import RateSum, WithheldPart
from streams.rollup.unit import Unit
from streams.watch.correction import Interval


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
        for kind, rate in line.rates.items():
            yield _of_line(scope, unit, name, line, kind, rate)
    for name, service in (("", unit.counters), *unit.services.items()):
        if service.sites:
            yield _of_service(unit, name, service)
    for name, channel in unit.channels.items():
        yield from _of_channel(scope, unit, name, channel)


def of_all_lines(scope: Scope, unit: Unit, kind: IndicatorKind = "lost_rate") -> Observed:
    return _of_line(scope, unit, "", unit.all_lines, kind, unit.all_lines.rates[kind])


def of_all_desks(scope: Scope, unit: Unit) -> list[Observed]:
    """Return the figures of all lines together, and of all services."""
    return [each for each in observed(scope, unit) if not each.indicator.subject]


def _of_line(scope: Scope, unit: Unit, name: str, line: LineSum, kind: IndicatorKind, rate: RateSum) -> Observed:
    more = MoreFields(target=rate.target, coverage=rate.coverage, guard=rate.guard)
    of = indicator(kind, name, line.label, rate.raw, rate.corrected, **more)
    return Observed(
        unit, of, line.sites, line.silent, line.counted, rate.withheld, rate.could_be, _point(scope, unit, of)
    )


def _point(scope: Scope, unit: Unit, rate: Indicator) -> FunnelPoint | None:
    """Return an office's point in the funnel that compares it, for all its lines or for one."""
    if unit.kind != "site" or not rate.principal:
        return None
    name = rate.subject
    funnel = scope.judging.funnels.get(name) if name else scope.funnel
    return None if funnel is None else next((each for each in funnel.points if each.site == unit.name), None)


def _of_service(unit: Unit, name: str, service: ServiceSum) -> Observed:
    mean, target = minutes(service.wait.mean), minutes(service.target)
    figure = Figure(mean, None, service.wait.count, met=is_met("wait", mean, target))
    of = indicator("wait", name, service.label, figure, target=target)
    return Observed(unit, of, service.sites, service.silent, service.counted)


def _of_channel(scope: Scope, unit: Unit, name: str, channel: ChannelSum) -> Iterator[Observed]:
    status: ObservationStatus = "P" if scope.provisional else "A"
    more = MoreFields(limit=channel.target_days, days=channel.counts)
    if channel.aimed:
        figure = Figure(channel.within_target, channel.within, channel.aimed, status=status)
        of = indicator("within_target", name, channel.label, figure, **more)
        yield Observed(unit, of, channel.sites, channel.silent, channel.counted)
    if channel.counts is not None:
        figure = Figure(channel.mean_days, channel.days, channel.answered, status=status)
        of = indicator("mean_days", name, channel.label, figure, **more)
        yield Observed(unit, of, channel.sites, channel.silent, channel.counted)
