"""What the record of a day that is closed may say: what it said first, for nothing is added to it any more.

Three laws need nothing but the records themselves:

- every call is in one outcome: offered = answered + lost + diverted + unresolved + open, in each slot of each part;
- two records that say their day is closed say the same;
- a day is closed by an event, so a record in which it is still open was folded less far than any in which it is closed.

A line and its witness come from two inputs, and a repetition may read them in another order. So of their days only the
first law holds; a vintage names the digest of each that it was made of.

A record that breaks one was written by no worker: crashes, repetitions and late workers keep all three. Digests are of
the record as it stands, so that a later version, which knows more fields, finds the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, assert_never

import msgspec

from streams.kept.record import position_of
from streams.ledger.day import ChannelDay, LedgerDay, LineDay, ServiceDay, WitnessDay

# Name calls that other fields count. What they are depends on when the watch looked, so a repetition may differ.
LAWS: Final = frozenset({"talked", "legs", "copies", "copies_lost", "ghosts"})
# So do these: of a day that an earlier version began, a repetition by a later one names more calls.
DETAILS: Final = frozenset({"lost_for", "diverted_for", "lost_short", "lost_within"})
_VARIES: Final = LAWS | DETAILS
# How far it was folded, and by whose configuration: a repetition may have gone further, and by a later one.
_STANDS: Final = {"epoch", "offset", "others", "closed", "catalogues"}
_UNREADABLE: Final = "#"  # stands for all that a record says where only its day can be read
_WAITS: Final = ("answered_waits", "lost_waits", "waits", "times_in_service")


class Seal:
    """Hold what is known of the record of a day, which is not kept decoded. Digests are made when they are asked for.

    >>> from streams.ledger.day import read_day
    >>> text = '{"of":"line","id":"lozere/standard","day":"2013-03-04","closed":true,"slots":{"1":{%s}}}'
    >>> told, forged = (
    ...     Seal(record, read_day(record))
    ...     for record in ((text % each).encode() for each in ('"offered":1,"lost":1', '"offered":1,"answered":1'))
    ... )
    >>> told.conserved, forged.conserved, contradict(told, told), contradict(told, forged)
    (True, True, False, True)
    """

    __slots__ = ("_counts", "_value", "_whole", "closed", "conserved", "folded", "repeats")

    def __init__(self, value: bytes, day: LedgerDay) -> None:
        """Take a record, and the day that it decodes to."""
        self._value, self._whole, self._counts = value, "", ""
        self.folded = position_of(day)
        self.closed = day.closed
        self.conserved = _conserved(day)  # every call is in one outcome
        self.repeats = not isinstance(day, WitnessDay)  # every repetition says the same

    @property
    def whole(self) -> str:
        """Return the digest of all that it says."""
        if not self._whole:
            said = _said(self._value)
            self._whole = _digest({name: part for name, part in said.items() if name not in _STANDS})
        return self._whole

    @property
    def counts(self) -> str:
        """Return the digest of what every repetition repeats."""
        if not self._counts:
            said = _said(self._value)
            slots = {slot_no: _repeated(slot) for slot_no, slot in said.get("slots", {}).items()}
            waits = {name: _counted(said[name]) for name in _WAITS if name in said}
            counts = {"slots": {number: slot for number, slot in slots.items() if slot}, "waits": waits}
            self._counts = _digest({**counts, _UNREADABLE: said.get(_UNREADABLE)})
        return self._counts


def contradict(one: Seal, other: Seal) -> bool:
    """Tell whether two records of one key cannot both have been written by a worker.

    A day that was counted anew, in a later epoch, contradicts none.
    """
    if not one.repeats or one.folded.epoch != other.folded.epoch or not (one.closed or other.closed):
        return False
    if one.closed and other.closed:
        return one.counts != other.counts
    closed, still_open = (one, other) if one.closed else (other, one)
    return still_open.folded.offset >= closed.folded.offset


def _said(value: bytes) -> dict[str, Any]:
    """Return all that a record says.

    A record may be read as a day and yet hold what is no JSON beside it. No worker writes one; its bytes stand for
    it.
    """
    try:
        said: dict[str, Any] = msgspec.json.decode(value)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {_UNREADABLE: value}
    return said


def _conserved(day: LedgerDay) -> bool:
    slots: Any = day.slots.values()
    match day:
        case LineDay():
            return all(
                each.offered == each.answered + each.lost + each.diverted + each.unresolved + each.open
                for each in slots
            )
        case ServiceDay():
            return all(
                each.issued == each.served + each.no_show + each.cancelled + each.transferred + each.open
                for each in slots
            )
        case ChannelDay():
            return all(each.received == each.answered + each.withdrawn + each.open for each in slots)
        case WitnessDay():
            return all(each.offered == each.answered + each.lost + each.diverted + each.unresolved for each in slots)
        case never:
            assert_never(never)


def _repeated(slot: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every repetition says of a slot."""
    return {name: count for name, count in slot.items() if count and name not in _VARIES}


def _counted(waits: list[Any]) -> list[Any]:
    """Return waits without the longest, which no correction takes back, and without empty bins."""
    bins, *sums, _ = waits
    return [{number: count for number, count in bins.items() if count}, *sums]


def _digest(part: object) -> str:
    return sha256(msgspec.json.encode(part, order="sorted")).hexdigest()[:32]
