"""Whether a worker can have written a day's record, by the record alone and by the sum of its parts.

Counts in a part may be negative, as a late event withdraws a call from one outcome and counts it in another. No other
count may be: neither of a day itself, nor of a day with its parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from operator import attrgetter
from typing import Any, Final

from msgspec.structs import astuple

from streams.kept.record import Position, position_of
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, LedgerDay, LineDay, ServiceDay, WitnessDay
from streams.ledger.sums import whole
from streams.said import Said, said

FIRST: Final = date(1970, 1, 1)
LAST: Final = date(2100, 12, 31)  # no event is later: `streams.events.MAX_EPOCH`
MOST_DAYS: Final = 400  # that the readings of a day, or its ranges with a witness, cover together
MOST: Final = 2**53  # no count of a day is greater, and JSON readers round greater numbers
_PART: Final = re.compile(r"(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,18})")  # EPOCH.OFFSET
_OUTCOMES: Final[Mapping[type[LedgerDay], tuple[str, tuple[str, ...]]]] = {
    LineDay: ("offered", ("answered", "lost", "diverted", "unresolved", "open")),
    ServiceDay: ("issued", ("served", "no_show", "cancelled", "transferred", "open")),
    ChannelDay: ("received", ("answered", "withdrawn", "open")),
    WitnessDay: ("offered", ("answered", "lost", "diverted", "unresolved")),
}
_CONSERVED: Final[Mapping[type[LedgerDay], Callable[[Any], tuple[int, ...]]]] = {
    kind: attrgetter(every, *outcomes) for kind, (every, outcomes) in _OUTCOMES.items()
}
# Fields that an earlier version did not write, each with the field whose calls it explains. Such a version counted a
# call without a reason, and a later one may withdraw it with its reason: only complete reasons must not be negative.
_EXPLAINED: Final = {
    "lost_for": "lost",
    "diverted_for": "diverted",
    "delays": "answered",
    "due": "open",
    "reasons": "received",
}
_BESIDE: Final = {"lost_short": "lost_for", "lost_within": "lost_for"}  # written with these reasons
_SINCE: Final = {"talks"}  # waits that an earlier version did not write and a later one may withdraw
_NEW: Final = frozenset({"late", "unticketed"})  # fields of a slot, for the same reason
_BY_DEFINITION: Final = {"within"}  # by the limit of the call's definition, unknown to an earlier version


def place_of_part(part: str) -> Position | None:
    """Return the position of the event that opened a part, from the part's name; None if that is no such name.

    >>> place_of_part("0.95"), place_of_part("0.095"), place_of_part("late")
    (Position(epoch=0, offset=95, others=0), None, None)
    """
    found = _PART.fullmatch(part)
    return None if found is None else Position(int(found[1]), int(found[2]), 0)


def furthest(day: LedgerDay) -> int:
    """Return the greatest offset that a record names: how far it was folded, or the event that opened it."""
    opened = place_of_part(day.part)
    return day.offset if opened is None or opened.epoch != day.epoch else max(day.offset, opened.offset)


def impossible(day: LedgerDay, latest: date = LAST) -> Said | None:
    """Return why no worker can have written a record, None if one can; no day is after `latest`.

    >>> from streams.ledger.day import CallSlot
    >>> impossible(LineDay(id="lozere/standard", day="20130304"))
    '20130304 is no date from 1970-01-01 to 2100-12-31'
    >>> impossible(LineDay(id="lozere/standard", day="2013-03-04", slots={1: CallSlot(offered=1, lost=2)}))
    'its calls are not each in one outcome'
    >>> impossible(LineDay(id="lozere/standard", day="2013-03-04", slots={1: CallSlot(answered=1, lost=-1)}))
    'a count is below zero: lost -1'
    """
    found = _undated(day, latest) or _misnamed(day) or _endless(day) or _unconserved(day)
    return found or (None if day.part else _negative(day))


def impossible_together(parts: Iterable[LedgerDay]) -> Iterator[tuple[LedgerDay, Said]]:
    """Yield the parts that take more out of their day than it has, each with the reason.

    `parts` has the records of one day, the day itself included. In the order of their events, each part changes the sum
    of those before it; a part that takes too much is not added.

    >>> from streams.ledger.day import CallSlot
    >>> base = LineDay(id="lozere/standard", day="2013-03-04", slots={1: CallSlot(offered=1, lost=1)})
    >>> late = LineDay(id="lozere/standard", day="2013-03-04", part="0.95", slots={1: CallSlot(answered=1, lost=-1)})
    >>> [*impossible_together([base, late])]
    []
    >>> [(part.part, why) for part, why in impossible_together([late])]
    [('0.95', 'it takes out more than its day has: lost -1')]
    """
    added: list[LedgerDay] = []
    for each in sorted(parts, key=_order):
        (together,) = whole([*added, each])
        below = _negative(together, said("it takes out more than its day has")) if each.part else None
        if below is None:
            added.append(each)
        else:
            yield each, below


def calls_moved(part: LedgerDay) -> int:
    """Return how many calls, tickets or requests a part adds, takes out or moves from one outcome to another.

    >>> from streams.ledger.day import CallSlot
    >>> calls_moved(LineDay(id="lozere/standard", day="2013-03-04", slots={1: CallSlot(answered=3, lost=-3)}))
    3
    """
    _, outcomes = _OUTCOMES[type(part)]
    changes: list[int] = [getattr(slot, name) for slot in part.slots.values() for name in outcomes]
    return max(sum(each for each in changes if each > 0), -sum(each for each in changes if each < 0))


def _order(part: LedgerDay) -> tuple[bool, Position]:
    return bool(part.part), place_of_part(part.part) or position_of(part)


def _undated(day: LedgerDay, latest: date) -> Said | None:
    with suppress(ValueError):
        of = date.fromisoformat(day.day)
        if of.isoformat() == day.day and FIRST <= of <= latest:
            return None
    return said("{day} is no date from {first} to {last}", day=day.day, first=FIRST, last=latest)


def _misnamed(day: LedgerDay) -> Said | None:
    if not day.part:
        return None
    opened = place_of_part(day.part)
    if opened is None or isinstance(day, WitnessDay):
        return said("no event opens a part of this name")
    if (day.epoch, day.offset) < (opened.epoch, opened.offset):
        return said("the part ends at offset {offset}, before the event that opened it", offset=day.offset)
    return None


def _endless(day: LedgerDay) -> Said | None:
    """Return that a day covers far more slots than it can: readers list them one by one."""
    ranges = [slot.reported for slot in day.slots.values()] if isinstance(day, LineDay) else []
    if isinstance(day, WitnessDay):
        ranges = [end - first for first, end in day.covered]
    if sum(each for each in ranges if each > 0) <= MOST_DAYS * DAY_MS // QUARTER_MS:
        return None
    return said("it covers more than {days} days", days=MOST_DAYS)


def _unconserved(day: LedgerDay) -> Said | None:
    counts = _CONSERVED[type(day)]
    for slot in day.slots.values():
        every = counts(slot)  # the whole count first, then each outcome
        if 2 * every[0] != sum(every):
            return said("its calls are not each in one outcome")
    return None


def _negative(day: LedgerDay, says: Said | None = None) -> Said | None:
    """Return that a count of a day is below zero, or greater than any day's, with the first such count."""
    for name, count in _counts(day):
        if not 0 <= count <= MOST:
            words = says or (said("a count is below zero") if count < 0 else said("a count is too great"))
            return said("{what}: {name} {count}", what=words, name=name, count=count)
    return None


def _counts(day: LedgerDay) -> Iterator[tuple[str, int]]:
    """Yield the counts of a day that cannot be negative."""
    for name in day.__struct_fields__:
        own = getattr(day, name)
        if isinstance(own, Waits) and name not in _SINCE:
            bins = own.bins.values()
            yield from ((name, each) for each in (min(bins, default=0), own.count, own.total, own.longest))
    if isinstance(day, WitnessDay):
        counted: tuple[Any, ...] = (day, day.told, *day.slots.values())
        names = ("matched", "only_here", "only_there", "contradicted", "ambiguous", "uncovered")
        yield from ((name, getattr(day, name)) for name in names)
        yield from ((name, getattr(each, name)) for each in counted[1:] for name in each.__struct_fields__)
        return
    for slot in day.slots.values():
        if not _is_sound(slot):  # fast, as a nation has millions of slots
            yield from _of_slot(slot, defined=bool(getattr(day, "definitions", True)))


def _is_sound(slot: Any) -> bool:  # noqa: ANN401 -- a slot of any kind
    """Return whether every count of a slot is within bounds."""
    for count in astuple(slot):
        if not count:
            continue
        if count.__class__ is int:
            if not 0 < count <= MOST:
                return False
        elif min(count.values()) < 0 or max(count.values()) > MOST:
            return False
    return True


def _of_slot(slot: Any, *, defined: bool) -> Iterator[tuple[str, int]]:  # noqa: ANN401 -- a slot of any kind
    partial = set(_NEW) if defined else {*_NEW, *_BY_DEFINITION}
    for name, of in _EXPLAINED.items():
        reasons = getattr(slot, name, None)
        if reasons is None:
            continue
        if sum(reasons.values()) == getattr(slot, of):
            yield from ((str(reason), count) for reason, count in reasons.items())
        else:
            partial.add(name)
    partial |= {name for name, of in _BESIDE.items() if of in partial}
    for name in slot.__struct_fields__:
        if isinstance(count := getattr(slot, name), int) and name not in partial:
            yield name, count
