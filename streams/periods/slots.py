"""A desk's slots over a period. Each slot is a bucket of raw and believed counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from msgspec import Struct

from streams.calls.counts import Counts
from streams.figures.counted import NO_CALLS, C, Counted
from streams.indicators.line import JudgedLine
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.ledger.day import ChannelDay, LineDay, RequestSlot, ServiceDay, TicketSlot
from streams.ledger.reasons import NOTHING, CallReasons, reasons_of, summed
from streams.ledger.sums import add_slot
from streams.periods.buckets import Bucket

S = TypeVar("S", TicketSlot, RequestSlot)
LAWS: Final = ("talked", "legs", "copies", "ghosts")


class RequestCounts(Struct, frozen=True):
    """Requests by outcome; `days` is the sum of the delays of answered requests."""

    received: int = 0
    answered: int = 0
    withdrawn: int = 0
    within: int = 0
    days: int = 0
    open: int = 0


LINE_COLUMNS: Final = Counts.__struct_fields__
SERVICE_COLUMNS: Final = TicketSlot.__struct_fields__
CHANNEL_COLUMNS: Final = RequestCounts.__struct_fields__


def line_slots(found: JudgedLine) -> list[Bucket]:
    """Return a line's slots of opening hours, as judged for its figure over the period."""
    judged, figure, days = found.judged, found.figure, dict[str, date]()
    buckets = list[Bucket]()
    for each in judged.slots:
        if each.hour is not None:
            day = days.get(each.day) or days.setdefault(each.day, date.fromisoformat(each.day))
            counted, first = each.counted(figure, judged.agentless), each.slot_no
            buckets.append(Bucket(day, each.hour, first, first + 1, counted, figure.guard, reasons_of(each.slot)))
    return buckets


def call_slots(days: Sequence[LineDay], opened: Opened, hour: Callable[[int], int], period: Period) -> list[Bucket]:
    """Return a line's slots of opening hours, and others with calls, as counted.

    `hour` maps a slot number to its local hour.
    """
    reasons = {slot_no: reasons_of(slot) for each in days for slot_no, slot in each.slots.items()}
    counted = {each.day: {slot_no: Counts.of(slot) for slot_no, slot in each.slots.items()} for each in days}
    found = _counted(counted, NO_CALLS, opened, hour, period)
    return [each._replace(reasons=reasons.get(each.first, NOTHING)) for each in found]


def laws_of(days: Iterable[LineDay]) -> dict[str, int]:
    """Return how many calls, at any hour, break each law; the keys are the fields of the ledger's slot."""
    slots = [slot for each in days for slot in each.slots.values()]
    return {law: sum([getattr(slot, law) for slot in slots]) for law in LAWS}


def reasons_in(days: Iterable[LineDay]) -> CallReasons:
    """Return the reasons of lost and diverted calls, at any hour."""
    return summed(reasons_of(slot) for each in days for slot in each.slots.values())


def service_slots(
    days: Sequence[ServiceDay], opened: Opened, hour: Callable[[int], int], period: Period
) -> list[Bucket]:
    """Return the slots of opening hours of a service, or of several, and others in which tickets were issued.

    `hour` maps a slot number to its local hour.
    """
    return list(_counted(_by_day(days, TicketSlot), TicketSlot(), opened, hour, period))


def channel_slots(
    days: Sequence[ChannelDay], opened: Opened, hour: Callable[[int], int], period: Period
) -> list[Bucket]:
    """Return the slots of opening hours of a channel, or of several, and others in which requests were received.

    `hour` maps a slot number to its local hour.
    """
    counted = {
        day: {slot_no: _requests(slot) for slot_no, slot in slots.items()}
        for day, slots in _by_day(days, RequestSlot).items()
    }
    return list(_counted(counted, RequestCounts(), opened, hour, period))


def _by_day(days: Iterable[ServiceDay] | Iterable[ChannelDay], empty: Callable[[], S]) -> dict[str, dict[int, S]]:
    """Return the sums of the slots of several desks, by day."""
    found = dict[str, dict[int, S]]()
    for each in days:
        slots = found.setdefault(each.day, {})
        for slot_no, slot in each.slots.items():
            add_slot(slots.setdefault(slot_no, empty()), slot)
    return found


def _requests(slot: RequestSlot) -> RequestCounts:
    return RequestCounts(slot.received, slot.answered, slot.withdrawn, slot.within, slot.days, slot.open)


def _counted(
    days: Mapping[str, Mapping[int, C]],
    nothing: C,
    opened: Opened,
    hour: Callable[[int], int],
    period: Period,
) -> Iterator[Bucket]:
    """Yield the non-empty slots, and `nothing` for the empty slots of opening hours."""
    for day in period.days():
        slots, hours = days.get(day.isoformat(), {}), opened(day)
        for slot_no in sorted({*slots, *hours}):
            at = hours[slot_no] if slot_no in hours else hour(slot_no)
            yield Bucket(day, at, slot_no, slot_no + 1, Counted.sound(slots.get(slot_no, nothing), 1))
