"""The sums of the ledger: a day is the sum of its parts. All counts are integers, so their order does not matter.

Only the definitions of a day are ordered, by their use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias, TypeVar

from streams.kept.record import position_of
from streams.kept.waits import Waits
from streams.ledger.day import (
    BothSlot,
    CallSlot,
    ChannelDay,
    LedgerDay,
    LineDay,
    RequestSlot,
    ServiceDay,
    TicketSlot,
    WitnessDay,
    copied,
)

LedgerSlot: TypeAlias = CallSlot | TicketSlot | RequestSlot | BothSlot

_EMPTY: Final[Mapping[type[LedgerDay], LedgerSlot]] = {
    LineDay: CallSlot(),
    ServiceDay: TicketSlot(),
    ChannelDay: RequestSlot(),
    WitnessDay: BothSlot(),
}
_NAMED: Final[Mapping[type[LedgerSlot], tuple[str, ...]]] = {  # fields that count by name
    CallSlot: ("lost_for", "diverted_for"),
    RequestSlot: ("due", "reasons"),
}
S = TypeVar("S", bound=LedgerSlot)
D = TypeVar("D", bound=LedgerDay)


def whole(parts: Iterable[D]) -> list[D]:
    """Return the days of these parts, each the sum of its parts, in the order of id and date.

    >>> from streams.ledger.day import LineDay
    >>> first = LineDay(id="lozere/standard", day="2013-03-04", offset=90, slots={1: CallSlot(offered=2, lost=1)})
    >>> later = LineDay(id="lozere/standard", day="2013-03-04", part="0.95", offset=97, slots={1: CallSlot(lost=-1)})
    >>> (day,) = whole([later, first])
    >>> day.part, day.offset, day.slots[1].offered, day.slots[1].lost
    ('', 97, 2, 0)
    """
    return joined(map(copied, parts))


def joined(parts: Iterable[D]) -> list[D]:
    """Return the days as `whole` does, but reuse the caller's parts: the first part of each day becomes the day."""
    days: dict[tuple[str, str, str], D] = {}
    summed = set[tuple[str, str, str]]()
    every = list(parts)
    if len(every) == 1:  # the usual case, and a nation has hundreds of thousands of days
        every[0].part = ""
        _drop_empty(every[0])
        return every
    if every:
        every.sort(key=position_of)  # so that definitions come in the order of their use
    for part in every:
        name = part.id, part.day, type(part).__name__
        day = days.get(name)
        if day is None:
            days[name] = part
        else:
            add(day, part)
            summed.add(name)
    for name, day in days.items():
        day.part = ""
        if name in summed:
            _tidy(day)
        _drop_empty(day)
    return [days[each] for each in sorted(days)]


def add(day: D, part: D) -> None:
    """Add a part to its day, which takes the greater position of the two."""
    day.epoch, day.offset, day.others = max((each.epoch, each.offset, each.others) for each in (day, part))
    for name in day.__struct_fields__:
        own, more = getattr(day, name), getattr(part, name)
        if isinstance(more, Waits):
            if own is None:
                setattr(day, name, own := Waits())
            own.merge(more)
        elif isinstance(own, list):  # the definitions by which it was counted
            own += [each for each in more if each not in own]
    for slot_no, slot in part.slots.items():
        add_slot(day.slots.setdefault(slot_no, type(slot)()), slot)  # type: ignore[arg-type]  # both days are of one kind


def add_slot(slot: S, other: S) -> None:
    """Add another slot of the same kind."""
    for name in slot.__struct_fields__:
        more = getattr(other, name)
        if isinstance(more, dict):
            own = getattr(slot, name)
            for key, count in more.items():
                own[key] = own.get(key, 0) + count
        elif more:
            setattr(slot, name, getattr(slot, name) + more)


def called(days: Iterable[LedgerDay]) -> dict[str, set[int]]:
    """Return the numbers of the slots in which calls entered each line, by the line's short id."""
    slots: dict[str, set[int]] = {}
    for day in days:
        if isinstance(day, LineDay):
            own = slots.setdefault(day.id.partition("/")[2], set())
            own.update(slot_no for slot_no, slot in day.slots.items() if slot.offered > 0)
    return slots


def _tidy(day: LedgerDay) -> None:
    """Drop zero entries of a sum, as a writer does, so that sums with the same counts compare equal."""
    for name in day.__struct_fields__:
        if isinstance(waits := getattr(day, name), Waits):
            waits.bins = {slot_no: count for slot_no, count in waits.bins.items() if count}
    for slot in day.slots.values():
        for name in _NAMED.get(type(slot), ()):
            setattr(slot, name, {key: count for key, count in getattr(slot, name).items() if count})


def _drop_empty(day: LedgerDay) -> None:
    empty = _EMPTY[type(day)]
    for slot_no in [slot_no for slot_no, slot in day.slots.items() if slot == empty]:
        del day.slots[slot_no]
