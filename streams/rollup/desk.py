"""Counter services and request channels over many offices: sums of tickets, of waits, of requests and delays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from streams.indicators.channel import ChannelTotals
from streams.indicators.indicator import minutes
from streams.indicators.kinds import OF_REQUESTS, IndicatorKind
from streams.indicators.service import ServiceTotals
from streams.indicators.wait import Wait
from streams.rollup.line import common
from streams.rollup.office import ClosingSum, OfficeDesk, T, closing_sum
from streams.rollup.rate import RatePart, RateSum, rate_sum


class MeanWait(Struct, frozen=True):
    """The number of waits, and their mean in seconds: the sum of all waits over their number."""

    count: int
    mean: float | None
    max: float | None


class BookedSum(Struct, frozen=True):
    """The tickets with an appointment, as counted."""

    sites: list[str]  # offices with such a ticket
    issued: int
    served: int
    no_show: int
    wait: float | None  # mean, s
    walk_in_wait: float | None  # the mean of the others' waits in these services, s


class ServiceSum(Struct, frozen=True, kw_only=True):
    """The tickets of several services."""

    label: str
    sites: list[str]  # offices in service with such a service
    silent: list[str]  # of these, offices without any ticket
    counted: bool  # by at least one of these offices, with or without a ticket
    issued: int
    served: int
    no_show: int
    cancelled: int
    transferred: int
    wait: MeanWait
    time_in_service: MeanWait
    rates: dict[IndicatorKind, RateSum]  # the mean wait in minutes, raw and corrected
    booked: BookedSum | None  # None if no ticket names an appointment
    closing: ClosingSum | None  # None if no ticket after closing is known
    target: float | None = None  # maximum of the mean wait, s; None if services differ


class ChannelSum(Struct, frozen=True, kw_only=True):
    """The requests of several channels: received = answered + withdrawn + pending."""

    label: str
    sites: list[str]
    silent: list[str]  # of these, offices without any request
    counted: bool  # by at least one of these offices
    received: int
    answered: int
    withdrawn: int
    pending: int
    overdue: int
    within: int  # answered in time, by the target of each office
    aimed: int  # received in channels with a target
    days: int  # sum of the delays of answered requests
    rates: dict[IndicatorKind, RateSum]  # no mean delay if the kinds of days differ
    target_days: int | None = None  # None if channels differ
    counts: Literal["working", "calendar"] | None = None  # the kind of days; None if channels differ

    @property
    def within_target(self) -> float | None:
        """The share of requests answered in time, in channels with a target."""
        return self.within / self.aimed if self.aimed else None

    @property
    def mean_days(self) -> float | None:
        """The mean delay of answers, or None if the kinds of days differ."""
        return self.days / self.answered if self.answered and self.counts is not None else None


def service_sum(services: Iterable[OfficeDesk[ServiceTotals]], label: str | None = None) -> ServiceSum:
    """Return the sum of services, by default with the label of the first service."""
    every = list(services)
    totals = [each.totals for each in every]
    sites = dict.fromkeys(each.office.site for each in every)
    heard = {each.office.site for each in every if each.totals.issued}
    target = common(each.plan.target_wait for each in totals)
    return ServiceSum(
        label=label if label is not None else next((each.plan.label for each in totals), ""),
        sites=list(sites),
        silent=[site for site in sites if site not in heard],
        counted=any(not each.office.silent for each in every),
        issued=sum(each.issued for each in totals),
        served=sum(each.served for each in totals),
        no_show=sum(each.no_show for each in totals),
        cancelled=sum(each.cancelled for each in totals),
        transferred=sum(each.transferred for each in totals),
        wait=mean_wait([each.wait for each in totals]),
        time_in_service=mean_wait([each.time_in_service for each in totals]),
        rates={"wait": _rate("wait", every, minutes(target))},
        booked=_booked(every),
        closing=closing_sum(every),
        target=target,
    )


def mean_wait(waits: Sequence[Wait]) -> MeanWait:
    """Return the mean of all waits, from each mean and its count, to the millisecond.

    >>> mean_wait([Wait(1, 10.0, 10.0, 10.0, 10.0, 10.0), Wait(3, 30.0, 30.0, 31.0, 31.0, 31.0)])
    MeanWait(count=4, mean=25.0, max=31.0)
    """
    known = [each for each in waits if each.count and each.mean is not None]
    longest = max((each.max for each in known if each.max is not None), default=None)
    return MeanWait(
        sum(each.count or 0 for each in known), _mean((each.count or 0, each.mean) for each in known), longest
    )


def _mean(waits: Iterable[tuple[int, float | None]]) -> float | None:
    """Return the mean of all waits (s), to the millisecond, from numbers of waits and their means."""
    known = [(count, mean) for count, mean in waits if count and mean is not None]
    count = sum(count for count, _ in known)
    return round(sum(count * mean for count, mean in known) / count, 3) if count else None


def _booked(services: Iterable[OfficeDesk[ServiceTotals]]) -> BookedSum | None:
    known = [(each.office.site, each.totals.booked) for each in services if each.totals.booked is not None]
    visits = [each for _, each in known]
    if not visits:
        return None
    return BookedSum(
        [*dict(known)],
        issued=sum(each.issued for each in visits),
        served=sum(each.served for each in visits),
        no_show=sum(each.no_show for each in visits),
        wait=_mean((each.called, each.wait) for each in visits),
        walk_in_wait=_mean((each.walk_ins, each.walk_in_wait) for each in visits),
    )


def _rate(kind: IndicatorKind, desks: Sequence[OfficeDesk[T]], target: float | None = None) -> RateSum:
    """Return one figure of desks together; each desk should have been counted in all hours of its office."""
    parts = []
    for each in desks:
        if (rate := each.rates.get(kind)) is not None:
            slots = max(1, each.office.opened)
            counted = 0 if rate.counted is None else slots
            parts.append(RatePart(each.office.site, each.name, rate, rate.raw.whole or 0, slots, counted))
    return rate_sum(kind, parts, target)


def channel_sum(channels: Iterable[OfficeDesk[ChannelTotals]]) -> ChannelSum:
    """Return the sum of channels, with the label of the first channel."""
    every = list(channels)
    totals = [each.totals for each in every]
    sites = dict.fromkeys(each.office.site for each in every)
    heard = {each.office.site for each in every if each.totals.received}
    counts = common(each.plan.days for each in totals)
    kinds = [kind for kind, made in OF_REQUESTS.items() if made.aimed or counts is not None]
    aimed = [each for each in totals if each.plan.target_days is not None]
    return ChannelSum(
        label=next((each.plan.label for each in totals), ""),
        sites=list(sites),
        silent=[site for site in sites if site not in heard],
        counted=any(not each.office.silent for each in every),
        received=sum(each.received for each in totals),
        answered=sum(each.answered for each in totals),
        withdrawn=sum(each.withdrawn for each in totals),
        pending=sum(each.pending for each in totals),
        overdue=sum(each.overdue for each in totals),
        within=sum(each.within for each in aimed),
        aimed=sum(each.received for each in aimed),
        days=sum(each.days for each in totals),
        target_days=common(each.plan.target_days for each in totals),
        rates={kind: _rate(kind, every) for kind in kinds if any(kind in each.rates for each in every)},
        counts=counts,
    )
