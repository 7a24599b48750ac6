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

from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec

from streams.kept.record import Position, position_of
from streams.ledger.day import LedgerDay, WitnessDay

# Name calls that other fields count. What they are depends on when the watch looked, so a repetition may differ.
LAWS: Final = frozenset({"talked", "legs", "copies", "copies_lost", "ghosts"})
# So do these: of a day that an earlier version began, a repetition by a later one names more calls.
DETAILS: Final = frozenset({"lost_for", "diverted_for", "lost_short", "lost_within"})
_OUTCOMES: Final = {
    "line": ("offered", ("answered", "lost", "diverted", "unresolved", "open")),
    "service": ("issued", ("served", "no_show", "cancelled", "transferred", "open")),
    "channel": ("received", ("answered", "withdrawn", "open")),
    "witness": ("offered", ("answered", "lost", "diverted", "unresolved")),
}
_STANDS: Final = {"epoch", "offset", "others", "closed"}  # how far it was folded: a repetition may have gone further
_WAITS: Final = ("answered_waits", "lost_waits", "waits", "times_in_service")


class Seal(NamedTuple):
    """Hold what is known of the record of a day without keeping it decoded."""

    folded: Position
    closed: bool
    whole: str  # digest of all that it says
    counts: str  # digest of what every repetition repeats
    conserved: bool  # every call is in one outcome
    repeats: bool = True  # every repetition says the same


def seal_of(value: bytes, day: LedgerDay) -> Seal:
    """Return the seal of a day's record; `day` is the day that it decodes to.

    >>> from streams.ledger.day import read_day
    >>> text = '{"of":"line","id":"lozere/standard","day":"2013-03-04","closed":true,"slots":{"1":{%s}}}'
    >>> told, forged = (
    ...     seal_of(record, read_day(record))
    ...     for record in ((text % each).encode() for each in ('"offered":1,"lost":1', '"offered":1,"answered":1'))
    ... )
    >>> told.conserved, forged.conserved, contradict(told, told), contradict(told, forged)
    (True, True, False, True)
    """
    said: dict[str, Any] = msgspec.json.decode(value)
    slots = said.get("slots", {})
    varies = LAWS | DETAILS
    counted = ({name: count for name, count in slot.items() if count and name not in varies} for slot in slots.values())
    counts = {
        "slots": {slot_no: slot for slot_no, slot in zip(slots, counted, strict=True) if slot},
        "waits": {name: _counted(said[name]) for name in _WAITS if name in said},
    }
    every, outcomes = _OUTCOMES[said["of"]]
    return Seal(
        position_of(day),
        day.closed,
        _digest({name: part for name, part in said.items() if name not in _STANDS}),
        _digest(counts),
        all(slot.get(every, 0) == sum(slot.get(name, 0) for name in outcomes) for slot in slots.values()),
        not isinstance(day, WitnessDay),
    )


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


def _counted(waits: list[Any]) -> list[Any]:
    """Return waits without the longest, which no correction takes back, and without empty bins."""
    bins, *sums, _ = waits
    return [{number: count for number, count in bins.items() if count}, *sums]


def _digest(part: object) -> str:
    return sha256(msgspec.json.encode(part, order="sorted")).hexdigest()[:32]
