"""A quarter of an hour of one line: what was counted, and what in it honest counting does not do.

A slot holds the calls that entered in it, with the outcome they have by now. Besides the counts it has the
calls that break a law: one telephone cannot be in two calls of a line at once, so what overlaps is a copy or
a ringing leg; a lost call has no conversation; an outcome comes within the hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict, astuple

from streams.calls.call import ANSWERED, FOLLOWED, LOST, OFFERED, OPEN, REASON_MASK, RINGING, UNFOLLOWED, Call
from streams.kept.times import QUARTER_MS
from streams.watch.thresholds import SLOT

A_NAT: Final = 1_000  # of the scale of waits
A_SECOND_MS: Final = 1_000  # of the moments of calls without a caller
NOBODY: Final = frozenset({FOLLOWED, UNFOLLOWED})  # of a call taken back, nobody knows the caller any more


class Slot(Struct, array_like=True):
    """Count the calls that entered a line in one slot; sums of waits in ms.

    `pending` have no outcome yet, `anonymous` no caller. Of the lost: `at_once` never waited, `ghosts` neither and
    have no caller, `talked` have a conversation, `legs` overlap another call of their caller, `named` have a caller
    who has had half an hour to call again, and `back` of them did, though not at once, as a machine does; `again` are
    such calls within half a minute of a loss. `copies` repeat another call, `copies_lost` of them lost; `odd_waits` of
    the `timed` calls contradict their own moments. `waits` sums those of the `waited` answered calls, of which
    `no_wait` were answered at once; `depths` are logarithms of theirs (`depth`), `lost_depths` of the `lost_waited`
    calls that were lost, but not at once.
    """

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    pending: int = 0
    anonymous: int = 0
    at_once: int = 0
    ghosts: int = 0
    talked: int = 0
    legs: int = 0
    copies: int = 0
    copies_lost: int = 0
    odd_waits: int = 0
    timed: int = 0
    named: int = 0
    back: int = 0
    again: int = 0
    waits: int = 0
    waited: int = 0
    depths: int = 0
    no_wait: int = 0
    lost_depths: int = 0
    lost_waited: int = 0

    def add(self, other: Slot) -> None:
        """Add all of another slot."""
        for name, more in asdict(other).items():
            if more:
                setattr(self, name, getattr(self, name) + more)


def total(slots: Iterable[Slot]) -> Slot:
    """Return the sum of slots."""
    columns = zip(*map(astuple, slots), strict=True)
    return Slot(*map(sum, columns))


def depth(wait: float) -> float:
    """Return how long a wait (ms) is on a scale of thousandths of a nat, on which one very long one weighs little."""
    return A_NAT * log(1 + wait / SLOT.little_wait)


def wait_of(deep: float) -> float:
    """Return the wait (ms) of a depth."""
    return SLOT.little_wait * (exp(deep / A_NAT) - 1)


def slots(calls: Iterable[Call], numbers: Iterable[int], now: int) -> dict[int, Slot]:
    """Return the slots at `numbers` by the calls around them, as they stand `now` (ms).

    >>> from streams.calls.call import LOST, Call
    >>> def lost(start): return Call(start, types=10, outcome=LOST, lost=start + 500, lost_wait=500, caller="hmac:a")
    >>> found = slots([lost(0), lost(0), lost(950_000)], [0, 1], now=900_000 * 4)
    >>> found[0].lost, found[0].copies, found[0].back, found[1].lost
    (2, 1, 2, 1)
    """
    found = {slot_no: Slot() for slot_no in numbers}
    by_caller: dict[str | int, list[Call]] = {}
    others: list[Call] = []
    for call in calls:
        if call.types <= RINGING:
            continue
        slot = found.get(call.start // QUARTER_MS)
        if slot is None:
            others.append(call)
            continue
        _count(slot, call)
        if call.caller not in NOBODY:
            by_caller.setdefault(call.caller or call.start // A_SECOND_MS, []).append(call)
    for call in others:
        own = by_caller.get(call.caller or call.start // A_SECOND_MS)
        if own is not None:
            own.append(call)
    for caller, own in by_caller.items():
        if len(own) > 1:
            own.sort(key=lambda call: call.start)
            _compare(found, own, now, named=isinstance(caller, str))
        elif isinstance(caller, str) and _lost(own[0]) and own[0].moment + SLOT.call_back <= now:
            found[own[0].start // QUARTER_MS].named += 1
    return found


def _count(slot: Slot, call: Call) -> None:
    """Count one call by itself."""
    slot.offered += 1
    slot.anonymous += not call.caller
    kind = call.outcome & ~REASON_MASK
    wait = call.wait
    if kind == ANSWERED:
        slot.answered += 1
        if 0 <= wait < SLOT.longest_wait:
            slot.waits += wait
            slot.waited += 1
            slot.depths += round(depth(wait))
            slot.no_wait += wait < SLOT.at_once
    elif kind == LOST:
        slot.lost += 1
        if 0 <= wait < SLOT.at_once:
            slot.at_once += 1
            slot.ghosts += not call.caller
        elif 0 <= wait < SLOT.longest_wait:
            slot.lost_depths += round(depth(wait))
            slot.lost_waited += 1
        slot.talked += call.talk > 0
    elif call.outcome == OPEN:
        slot.pending += 1
    else:
        slot.diverted += 1
    if kind and call.types & OFFERED and _told(call, kind) >= 0:
        slot.timed += 1
        slot.odd_waits += abs(_told(call, kind) - (call.moment - call.start)) > SLOT.odd_wait


def _told(call: Call, kind: int) -> int:
    if kind == ANSWERED:
        return call.answered_wait
    return call.lost_wait if kind == LOST else call.diverted_wait


def _compare(found: dict[int, Slot], own: list[Call], now: int, *, named: bool) -> None:
    """Compare the calls of one caller, or those without one that began in the same second, in their order."""
    within = SLOT.copies if named else 0
    for number, call in enumerate(own):
        slot = found.get(call.start // QUARTER_MS)
        if slot is None:
            continue
        lost = _lost(call)
        before, after = own[max(0, number - SLOT.compared) : number], own[number + 1 : number + 1 + SLOT.compared]
        if any(_copies(earlier, call, within) for earlier in before):
            slot.copies += 1
            slot.copies_lost += lost
        # Without callers, calls of one whole second are no wonder on a busy line; of one millisecond they are.
        elif lost and (named or call.start % A_SECOND_MS) and any(_overlap(other, call) for other in (*before, *after)):
            slot.legs += 1
        if named and lost:
            end = call.moment
            back = any(end + SLOT.redial < later.start <= end + SLOT.call_back for later in after)
            slot.named += back or end + SLOT.call_back <= now
            slot.back += back
            slot.again += any(_redials(earlier, call) for earlier in before)


def _lost(call: Call) -> bool:
    return call.outcome & ~REASON_MASK == LOST


def _redials(earlier: Call, call: Call) -> bool:
    """Tell whether a call came sooner after a lost one than a person dials."""
    return _lost(earlier) and 0 <= call.start - earlier.moment <= SLOT.redial


def _copies(earlier: Call, call: Call, within: int) -> bool:
    """Tell whether a call repeats an earlier one, row for row, up to so many ms."""
    return (
        earlier.outcome == call.outcome != OPEN
        and call.start - earlier.start <= within
        and abs(earlier.wait - call.wait) <= within
        # On a busy line two of nobody known hang up at once in the same second, but not in the same millisecond.
        and (within > 0 or call.wait > 0 or call.start % A_SECOND_MS > 0)
    )


def _overlap(other: Call, call: Call) -> bool:
    """Tell whether a lost call began while another call of its caller went on; of two lost ones, the later."""
    if _lost(other) and other.start >= call.start:
        return False
    return other.start <= call.start < max(other.moment, other.ended)
