"""The slots of a desk over a period, each a bucket: what was counted in it, and what is believed of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from streams.calls.counts import Counts
from streams.indicators.line import JudgedLine
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.indicators.stretch import NOWHERE, believed
from streams.ledger.day import ChannelDay, LineDay, RequestSlot, ServiceDay, TicketSlot
from streams.ledger.reasons import CallReasons, reasons_of, summed
from streams.periods.buckets import Bucket, Row

LINE_COLUMNS: Final = ("offered", "answered", "lost", "diverted", "unresolved")
SERVICE_COLUMNS: Final = ("issued", "served", "no_show", "cancelled", "transferred", "open")
CHANNEL_COLUMNS: Final = ("received", "answered", "withdrawn", "within", "days", "open")

LAWS: Final = ("talked", "legs", "copies", "ghosts")

_NO_CALLS: Final = (0,) * len(LINE_COLUMNS)
_NO_TICKET: Final = TicketSlot()
_NO_REQUEST: Final = RequestSlot()


def line_slots(found: JudgedLine) -> list[Bucket]:
    """Return a line's slots of opening hours, as its figure over the period judges them."""
    return list(_line_slots(found))


def _line_slots(found: JudgedLine) -> Iterator[Bucket]:
    figure, days = found.figure, dict[str, date]()
    nowhere = figure.guard is not None and figure.guard.reason in NOWHERE
    doubted = figure.guard is not None and figure.guard.reason == "undecided"
    for each in found.judged.slots:
        if each.hour is None:
            continue
        day = days.get(each.day) or days.setdefault(each.day, date.fromisoformat(each.day))
        barred = nowhere or (doubted and each.doubt is not None)
        counted, known = _row(Counts.of(each.slot)), believed(each, figure)
        sound = _NO_CALLS if known is None else counted if each.sound and each.both is None else _row(known)
        slot_no, suspect, why = each.slot_no, not each.sound, reasons_of(each.slot)
        yield Bucket(day, each.hour, slot_no, slot_no + 1, 1, known is None, suspect, barred, counted, sound, why)


def laws_of(days: Iterable[LineDay]) -> dict[str, int]:
    """Return how many calls each law names, at any hour, by the field of the ledger's slot."""
    slots = [slot for each in days for slot in each.slots.values()]
    return {law: sum([getattr(slot, law) for slot in slots]) for law in LAWS}


def reasons_in(days: Iterable[LineDay]) -> CallReasons:
    """Return why calls were lost or diverted, at any hour."""
    return summed(reasons_of(slot) for each in days for slot in each.slots.values())


def service_slots(
    days: Sequence[ServiceDay], opened: Opened, hour: Callable[[int], int], period: Period
) -> list[Bucket]:
    """Return a service's slots of opening hours, and the others in which tickets were issued.

    `hour` gives the local hour of a slot number.
    """
    return list(_counted({each.day: each.slots for each in days}, _NO_TICKET, SERVICE_COLUMNS, opened, hour, period))


def channel_slots(
    days: Sequence[ChannelDay], opened: Opened, hour: Callable[[int], int], period: Period
) -> list[Bucket]:
    """Return a channel's slots of opening hours, and the others in which requests were received."""
    return list(_counted({each.day: each.slots for each in days}, _NO_REQUEST, CHANNEL_COLUMNS, opened, hour, period))


def _counted(
    days: Mapping[str, Mapping[int, Any]],
    nothing: TicketSlot | RequestSlot,
    columns: Sequence[str],
    opened: Opened,
    hour: Callable[[int], int],
    period: Period,
) -> Iterator[Bucket]:
    for day in period.days():
        slots, hours = days.get(day.isoformat(), {}), opened(day)
        for slot_no in sorted({*slots, *hours}):
            slot = slots.get(slot_no, nothing)
            row = tuple([getattr(slot, name) for name in columns])
            at = hours[slot_no] if slot_no in hours else hour(slot_no)
            yield Bucket(day, at, slot_no, slot_no + 1, 1, 0, 0, barred=False, counted=row, sound=row)


def _row(calls: Counts) -> Row:
    return calls.offered, calls.answered, calls.lost, calls.diverted, calls.unresolved
