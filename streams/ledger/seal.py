"""The laws that the records of a closed day must obey, because such a day never changes again.

- two records that declare their day closed are equal;
- a day is closed by an event, so a record of the day while open has a lower position than any record of it closed.

A line and its witness come from two inputs, and a replay may read them in another order. These laws therefore do not
apply to the days of both; a vintage names the digest of each such day that it includes. What one record alone must obey
is in `streams.ledger.possible`.

No worker writes a record that breaks a law: crashes, replays and late workers all keep them. Digests are of the raw
record, so that a later version with more fields computes the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec

from streams.kept.record import position_of
from streams.ledger.day import LedgerDay, WitnessDay

# Fields for calls that other fields count too. They depend on when the watch looked, so a replay may differ.
LAWS: Final = frozenset({"talked", "legs", "copies", "copies_lost", "ghosts", "known_answered", "called_again"})
# These may differ too: a later version replays a day that an earlier version began with fewer of these.
DETAILS: Final = frozenset({"lost_for", "diverted_for", "lost_short", "lost_within"})
_VARIES: Final = LAWS | DETAILS
# The position and the configuration differ if a replay has gone further, under a later configuration.
_STANDS: Final = {"epoch", "offset", "others", "closed", "catalogues"}
_UNREADABLE: Final = "#"  # key for the bytes of a record that is invalid JSON though it can be read as a day
_WAITS: Final = ("answered_waits", "lost_waits", "waits", "times_in_service")


class Seal:
    """The digests of a day's record, calculated on demand, without the decoded record.

    >>> from streams.ledger.day import read_day
    >>> text = '{"of":"line","id":"lozere/standard","day":"2013-03-04","closed":true,"slots":{"1":{%s}}}'
    >>> genuine, forged = (
    ...     Seal(record, read_day(record))
    ...     for record in ((text % each).encode() for each in ('"offered":1,"lost":1', '"offered":1,"answered":1'))
    ... )
    >>> contradict(genuine, genuine), contradict(genuine, forged)
    (False, True)
    """

    __slots__ = ("_counts", "_value", "_whole", "closed", "folded", "repeats")

    def __init__(self, value: bytes, day: LedgerDay) -> None:
        self._value, self._whole, self._counts = value, "", ""
        self.folded = position_of(day)
        self.closed = day.closed
        self.repeats = not isinstance(day, WitnessDay)  # every replay writes an equal record

    @property
    def whole(self) -> str:
        """Return the digest of the whole record."""
        if not self._whole:
            said = _said(self._value)
            self._whole = _digest({name: part for name, part in said.items() if name not in _STANDS})
        return self._whole

    @property
    def counts(self) -> str:
        """Return the digest of the fields that every replay repeats."""
        if not self._counts:
            said = _said(self._value)
            slots = {slot_no: _repeated(slot) for slot_no, slot in said.get("slots", {}).items()}
            waits = {name: _counted(said[name]) for name in _WAITS if name in said}
            counts = {"slots": {number: slot for number, slot in slots.items() if slot}, "waits": waits}
            self._counts = _digest({**counts, _UNREADABLE: said.get(_UNREADABLE)})
        return self._counts


def contradict(one: Seal, other: Seal) -> bool:
    """Return whether it is impossible that workers wrote both of two records with one key.

    A record of a day that was recounted in a later epoch contradicts no earlier record.
    """
    if not one.repeats or one.folded.epoch != other.folded.epoch or not (one.closed or other.closed):
        return False
    if one.closed and other.closed:
        return one.counts != other.counts
    closed, still_open = (one, other) if one.closed else (other, one)
    return still_open.folded.offset >= closed.folded.offset


def _said(value: bytes) -> dict[str, Any]:
    """Return the content of a record.

    A record may decode to a day and still contain invalid JSON. No worker writes such a record; its bytes are its
    content.
    """
    try:
        said: dict[str, Any] = msgspec.json.decode(value)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {_UNREADABLE: value}
    return said


def _repeated(slot: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a slot that every replay repeats."""
    return {name: count for name, count in slot.items() if count and name not in _VARIES}


def _counted(waits: list[Any]) -> list[Any]:
    """Return waits without empty bins and without the longest wait, which does not fall when a wait is removed."""
    bins, *sums, _ = waits
    return [{number: count for number, count in bins.items() if count}, *sums]


def _digest(part: object) -> str:
    return sha256(msgspec.json.encode(part, order="sorted")).hexdigest()[:32]
