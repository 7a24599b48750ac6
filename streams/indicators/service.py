"""One counter service over a period: its tickets, their waits and their times in service."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from streams.figures.cut import month_of
from streams.figures.mean import ServiceMeans
from streams.indicators.closing import ClosingTime
from streams.indicators.plan import ServicePlan
from streams.indicators.wait import Wait, merged
from streams.ledger.day import ServiceDay, TicketSlot


class ServiceMonth(Struct, kw_only=True):
    """A service's tickets in a month."""

    name: str  # 2013-09
    issued: int
    served: int
    wait: float | None  # mean, s
    time_in_service: float | None  # mean, s


class BookedVisits(Struct, frozen=True):
    """A service's tickets with an appointment, as counted; mean waits (s) of those called, and of the others."""

    issued: int
    served: int
    no_show: int
    wait: float | None
    walk_in_wait: float | None
    called: int = 0  # of those with an appointment, those with a wait
    walk_ins: int = 0  # the others with a wait

    @classmethod
    def of(cls, days: Sequence[ServiceDay]) -> BookedVisits | None:
        """Return the tickets with an appointment of some days; None without any."""
        slots = _slots(days)
        issued = sum(slot.booked for slot in slots)
        if not issued:
            return None
        own = merged((each.booked_waits for each in days if each.booked_waits is not None), sums_only=True)
        every = merged((each.waits for each in days), sums_only=True)
        others = every.count - own.count
        return cls(
            issued,
            sum(slot.booked_served for slot in slots),
            sum(slot.booked_no_show for slot in slots),
            own.total / own.count / 1000 if own.count else None,
            (every.total - own.total) / others / 1000 if others else None,
            own.count,
            others,
        )


class ServiceTotals(Struct, kw_only=True):
    """A service's figures over a period."""

    plan: ServicePlan
    issued: int
    served: int
    no_show: int
    cancelled: int
    transferred: int
    wait: Wait  # of all called tickets
    time_in_service: Wait
    months: list[ServiceMonth]
    late: int = 0  # called over an hour after closing: their waits do not count
    unticketed: int = 0  # of the served, those without a ticket
    booked: BookedVisits | None = None  # None if no ticket names an appointment
    closings: list[ClosingTime] = []  # tickets around each closing time
    means: ServiceMeans | None = None  # the corrected figures; None in a vintage of an earlier version


def service_totals(
    days: Sequence[ServiceDay], plan: ServicePlan, means: ServiceMeans | None = None, *, whole_only: bool = False
) -> ServiceTotals:
    """Return a service's figures over its days. `whole_only` omits months, weeks and the quantiles of waits."""
    months = [] if whole_only else sorted({month_of(each.day) for each in days})
    slots = _slots(days)
    return ServiceTotals(
        plan=plan,
        issued=sum([slot.issued for slot in slots]),
        served=sum([slot.served for slot in slots]),
        no_show=sum([slot.no_show for slot in slots]),
        cancelled=sum([slot.cancelled for slot in slots]),
        transferred=sum([slot.transferred for slot in slots]),
        booked=BookedVisits.of(days),
        late=sum([slot.late for slot in slots]),
        unticketed=sum([slot.unticketed for slot in slots]),
        wait=Wait.of(merged((each.waits for each in days), sums_only=whole_only)),
        time_in_service=Wait.of(merged((each.times_in_service for each in days), sums_only=whole_only)),
        months=[_month(name, [each for each in days if month_of(each.day) == name]) for name in months],
        means=means,
    )


def _month(name: str, days: Sequence[ServiceDay]) -> ServiceMonth:
    return ServiceMonth(
        name=name,
        issued=sum(slot.issued for slot in _slots(days)),
        served=sum(slot.served for slot in _slots(days)),
        wait=Wait.of(merged(each.waits for each in days)).mean,
        time_in_service=Wait.of(merged(each.times_in_service for each in days)).mean,
    )


def _slots(days: Sequence[ServiceDay]) -> list[TicketSlot]:
    return [slot for each in days for slot in each.slots.values()]
