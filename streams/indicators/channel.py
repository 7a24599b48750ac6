"""One request channel over a period: the requests received in it, and the delays of their answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from streams.figures.cut import month_of
from streams.figures.mean import ChannelMeans
from streams.indicators.plan import ChannelPlan
from streams.ledger.day import ChannelDay, RequestSlot


class ChannelMonth(Struct, kw_only=True):
    """The requests received in a month."""

    name: str  # 2013-09
    received: int
    answered: int
    within: int  # answered in time
    days: int  # sum of the delays of answered requests


class ReasonCount(Struct, frozen=True):
    """The requests with one reason, as counted."""

    reason: str
    received: int
    months: int  # in which there was at least one


class ChannelTotals(Struct, kw_only=True):
    """A channel's requests received in a period: received = answered + withdrawn + pending."""

    plan: ChannelPlan
    received: int
    answered: int
    withdrawn: int
    within: int  # answered in time
    days: int  # sum of the delays of answered requests
    pending: int
    overdue: int  # late pending requests
    months: list[ChannelMonth]
    delays: dict[int, int] = {}  # answered requests by delay; empty if any delay is unknown
    reasons: list[ReasonCount] = []  # the most frequent first; requests without a reason are in none
    means: ChannelMeans | None = None  # the corrected figures; None in a vintage of an earlier version

    @property
    def within_target(self) -> float | None:
        """The share of received requests that were answered in time, or None without a target or a request."""
        return self.within / self.received if self.received and self.plan.target_days is not None else None

    @property
    def mean_days(self) -> float | None:
        """The mean delay of answers in days, or None without any answer."""
        return self.days / self.answered if self.answered else None


def channel_totals(
    days: Sequence[ChannelDay], plan: ChannelPlan, today: date, means: ChannelMeans | None = None
) -> ChannelTotals:
    """Return a channel's figures over its days, as of a local day."""
    slots = slots_by_month(days)
    every = [slot for _, slot in slots]
    now, answered = today.isoformat(), sum(slot.answered for slot in every)
    delays = Counter[int]()
    for slot in every:
        delays.update(slot.delays)
    return ChannelTotals(
        plan=plan,
        received=sum(slot.received for slot in every),
        answered=answered,
        withdrawn=sum(slot.withdrawn for slot in every),
        within=sum(slot.within for slot in every),
        days=sum(slot.days for slot in every),
        delays=dict(sorted(delays.items())) if delays.total() == answered else {},
        pending=sum(slot.open for slot in every),
        overdue=sum(count for slot in every for last, count in slot.due.items() if last and last < now),
        months=[
            _month(name, [slot for month, slot in slots if month == name])
            for name in sorted({name for name, _ in slots})
        ],
        reasons=reasons_of(slots),
        means=means,
    )


def slots_by_month(days: Iterable[ChannelDay]) -> list[tuple[str, RequestSlot]]:
    return [(month_of(each.day), slot) for each in days for slot in each.slots.values()]


def reasons_of(slots: Iterable[tuple[str, RequestSlot]]) -> list[ReasonCount]:
    """Return the requests of some slots by reason; each slot comes with its month."""
    received, months = Counter[str](), defaultdict[str, set[str]](set)
    for month, slot in slots:
        for reason, count in slot.reasons.items():
            received[reason] += count
            months[reason].add(month)
    every = sorted(received.items(), key=lambda each: (-each[1], each[0]))
    return [ReasonCount(reason, count, len(months[reason])) for reason, count in every if count]


def _month(name: str, slots: Sequence[RequestSlot]) -> ChannelMonth:
    return ChannelMonth(
        name=name,
        received=sum(slot.received for slot in slots),
        answered=sum(slot.answered for slot in slots),
        within=sum(slot.within for slot in slots),
        days=sum(slot.days for slot in slots),
    )
