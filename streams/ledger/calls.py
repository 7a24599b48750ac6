"""A line's day in the ledger: the calls that entered in it, counted as in `streams.calls.tally`."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from streams.calls.call import ANSWERED, DIVERTED, LOST, OPEN, REASON_MASK, REASONS, Call
from streams.calls.definition import LineDefinition
from streams.kept.times import QUARTER_MS
from streams.kept.waits import Waits
from streams.ledger.book import Ledger
from streams.ledger.day import CallSlot, LineDay
from streams.ledger.seal import LAWS
from streams.watch.slot import Slot

_NOTHING = CallSlot()
_NAMED: Final = tuple(sorted(LAWS))
_named: Final = attrgetter(*_NAMED)


def count(day: LineDay, call: Call, by: LineDefinition, times: int = 1) -> None:  # noqa: C901, PLR0912 -- the hot path, as in Line.fold
    """Count a settled call in its day by its definition, or remove it if `times` is -1."""
    slot_no = call.start // QUARTER_MS
    slot = day.slots.get(slot_no)
    if slot is None:
        slot = day.slots[slot_no] = CallSlot()
    slot.offered += times
    kind = call.outcome & ~REASON_MASK
    if kind == ANSWERED:
        slot.answered += times
        wait = call.answered_wait
        if wait < 0:
            wait = call.wait
        if wait >= 0:
            day.answered_waits.add(wait, times)
            if wait <= by.within:
                slot.within += times
        talk = call.talked
        if talk >= 0:
            if day.talks is None:
                day.talks = Waits()
            day.talks.add(talk, times)
            if times < 0 and not day.talks.bins:
                day.talks = None
    elif kind == LOST:
        slot.lost += times
        _name(slot.lost_for, call, times)
        wait = call.lost_wait
        if wait < 0:
            wait = call.wait
        if wait >= 0:
            day.lost_waits.add(wait, times)
            if wait < by.short_call:
                slot.lost_short += times
            if wait <= by.within:
                slot.lost_within += times
    elif kind == DIVERTED:
        slot.diverted += times
        _name(slot.diverted_for, call, times)
    else:
        slot.unresolved += times
    if times < 0 and slot == _NOTHING:
        del day.slots[slot_no]


def _name(reasons: dict[str, int], call: Call, times: int) -> None:
    """Count a call by the reason of its outcome, dropping counts of zero."""
    reason = REASONS[call.outcome & REASON_MASK]
    left = reasons.get(reason, 0) + times
    if left:
        reasons[reason] = left
    else:
        del reasons[reason]


def stamp(day: LineDay, by: LineDefinition | None) -> None:
    """Record in a day the definition of its calls; None if unknown."""
    if by is not None and by not in day.definitions:
        day.definitions.append(by)


def count_live(day: LineDay, call: Call, by: LineDefinition) -> None:
    """Count a live call, as it is now, in a copy of its day."""
    count(day, call, by)
    if call.outcome == OPEN:
        slot = day.slots[call.start // QUARTER_MS]
        slot.unresolved -= 1
        slot.open += 1


def name_laws(ledger: Ledger[LineDay], slot_no: int, seen: Slot) -> None:
    """Record in a slot how many calls break each law and how many callers called again, replacing the last result."""
    named = _named(seen)
    if not seen.offered and not any(named):
        return  # the ledger has no day to write for this slot
    slots = ledger.page(slot_no).slots
    if any(named):
        slots.setdefault(slot_no, CallSlot())
    if slot_no in slots:
        for name, count in zip(_NAMED, named, strict=True):
            setattr(slots[slot_no], name, count)
