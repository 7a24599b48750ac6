"""A slot of one line: the counts of a quarter of an hour, including calls that break a law of honest counting.

A slot holds the calls that entered in it, with their present outcome. It counts separately the calls that break a law:
one telephone cannot be in two calls of a line at once, so a call that overlaps another is a copy or a ringing leg; a
lost call has no conversation; an outcome comes within the hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import exp, log
from operator import attrgetter
from typing import Final

from streams.calls.call import (
    ANSWERED,
    FOLLOWED,
    LOST,
    OFFERED,
    OPEN,
    REASON_INDEX,
    REASON_MASK,
    RINGING,
    UNFOLLOWED,
    Call,
)
from streams.calls.callers import of_one_key
from streams.kept.times import NOT_TOLD, QUARTER_MS
from streams.watch.copies import Twins, repeats
from streams.watch.telephones import A_TENTH_MS, FirstLosses, key_of, telephones
from streams.watch.thresholds import SLOT

FULL: Final = REASON_INDEX["full"]
UNATTENDED: Final = REASON_INDEX["no_agents"]
A_NAT: Final = 1_000  # steps of `log_wait`
A_SECOND_MS: Final = 1_000
ROUNDED: Final = (5_000, 10_000, 15_000, 30_000, 60_000)  # ms: units to which exchanges round waits
FORGOTTEN_CALLERS: Final = frozenset({FOLLOWED, UNFOLLOWED})  # in calls restored from memory


@dataclass(slots=True)
class Slot:
    """The calls that entered a line in one slot, with separate counts of those which break a law."""

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    pending: int = 0  # no outcome yet
    anonymous: int = 0  # no caller
    at_once: int = 0  # lost without a wait
    ghosts: int = 0  # lost without a wait, and without a caller
    talked: int = 0  # lost, with a conversation
    legs: int = 0  # lost, and overlap another call of their caller
    copies: int = 0  # repetitions of another call
    copies_lost: int = 0  # the lost among the copies
    odd_waits: int = 0  # of the timed, those whose reported wait contradicts their moments
    timed: int = 0  # have an offer, an outcome and a reported wait
    named: int = 0  # first losses of a known caller on a day, with half an hour to call again
    back: int = 0  # of the named, those whose caller did, but not at once like a machine
    again: int = 0  # lost without waiting, within half a minute of another loss of the same caller
    waits: int = 0  # ms: sum over the waited
    waited: int = 0  # answered after a possible wait
    log_waits: int = 0  # sum of `log_wait` over the waited
    no_wait: int = 0  # of the waited, those answered at once
    lost_log_waits: int = 0  # sum of `log_wait` over the lost_waited
    lost_waited: int = 0  # lost after a possible wait, but not at once
    refused: int = 0  # lost, according to the switch, because the line was full or unattended
    alike: int = 0  # answered without a wait and without a caller: reported as lost, it would look like a ghost
    talks: int = 0  # ms: sum over the talks
    talked_on: int = 0  # answered calls with a known talk time
    short: int = 0  # lost after a short wait, or none
    overdue: int = 0  # had no outcome an hour after the slot's end
    off: int = 0  # ms: sum over the odd waits of (reported wait - wait by moments)
    off_squares: int = 0  # sum of the squares of the same differences, in tenths of a second
    unattended: int = 0  # of the refused, those lost because the line was unattended; legs of agents say so too
    agentless: int = 0  # answered, without an agent
    brief: int = 0  # of the agentless, those with a brief talk, as a machine has
    known_answered: int = 0  # answered, of a known caller, with half an hour to call again after the end
    called_again: int = 0  # of the known_answered, those whose caller did

    def add(self, other: Slot) -> None:
        for name, more in _counts(other):
            if more:
                setattr(self, name, getattr(self, name) + more)


_NAMES: Final = tuple(each.name for each in fields(Slot))
_values: Final = attrgetter(*_NAMES)


def _counts(slot: Slot) -> Iterable[tuple[str, int]]:
    return zip(_NAMES, _values(slot), strict=True)


def sum_of(slots: Iterable[Slot]) -> Slot:
    columns = zip(*map(_values, slots), strict=True)
    return Slot(*map(sum, columns))


def log_wait(wait: float) -> float:
    """Return the logarithm of a wait (ms), in thousandths of a nat: on this scale one very long wait weighs little."""
    return A_NAT * log(1 + wait / SLOT.little_wait)


def wait_of(logarithm: float) -> float:
    """Return the wait (ms) that has this logarithm."""
    return SLOT.little_wait * (exp(logarithm / A_NAT) - 1)


def slots_of(
    calls: Iterable[Call],
    slot_nos: Iterable[int],
    now: int,
    offset: int = 0,
    first_losses: dict[str, int] | None = None,
) -> dict[int, Slot]:
    """Return the slots of these numbers, from the calls in and around them `now` (ms).

    `offset` (ms) is the source's constant excess of waits over moments. Without `first_losses`
    (`streams.watch.telephones`), these are all calls of a day.

    >>> from streams.calls.call import LOST, Call
    >>> def lost(start): return Call(start, types=10, outcome=LOST, lost=start + 500, lost_wait=500, caller="hmac:a")
    >>> found = slots_of([lost(0), lost(0), lost(950_000)], [0, 1], now=900_000 * 4)
    >>> found[0].lost, found[0].copies, found[0].back, found[1].lost
    (2, 1, 2, 1)
    """
    calls = list(calls)
    # Around a rotation of the key, call-backs cannot be recognized.
    known = of_one_key(call.caller for call in calls)
    slots = {slot_no: Slot() for slot_no in slot_nos}
    by_caller: dict[str | int, list[Call]] = {}
    others: list[Call] = []
    for call in calls:
        if call.types <= RINGING:
            continue
        slot = slots.get(call.start // QUARTER_MS)
        if slot is None:
            others.append(call)
            continue
        _count(slot, call, offset)
        if call.caller not in FORGOTTEN_CALLERS:
            by_caller.setdefault(key_of(call), []).append(call)
    for call in others:
        own = by_caller.get(key_of(call))
        if own is not None:
            own.append(call)
    first = FirstLosses({} if first_losses is None else first_losses)
    compared = list(telephones(by_caller, len(calls)))
    twins = Twins(compared, (call for call in calls if not call.caller))
    for own, named in compared:
        if len(own) > 1:
            _compare(slots, own, now, twins, first if known else None, named=named)
        elif known and named and _end(own[0]) + SLOT.call_back <= now:
            slot = slots[own[0].start // QUARTER_MS]
            slot.named += _lost(own[0]) and first.holds(own[0])
            slot.known_answered += _answered(own[0])
    _add_copies(slots, twins.unnamed)
    return slots


def _add_copies(slots: Mapping[int, Slot], copies: Iterable[Call]) -> None:
    for call in copies:
        slot = slots.get(call.start // QUARTER_MS)
        if slot is not None:
            slot.copies += 1


def amend(slot: Slot, call: Call, times: int, offset: int = 0) -> None:
    """Count a call in a finished slot, or remove it with `times=-1`. A slot without this call is left unchanged.

    Counts that also depend on other calls, such as copies and legs, are unchanged.
    """
    if call.types <= RINGING or (times < 0 and not _holds(slot, call)):
        return
    alone = Slot()
    _count(alone, call, offset)
    for name, more in _counts(alone):
        if more:
            changed = getattr(slot, name) + times * more
            setattr(slot, name, changed if name == "off" else max(0, changed))


def _holds(slot: Slot, call: Call) -> bool:
    """Return whether a slot includes a call with this outcome; calls that did not fit are not included."""
    kind = call.outcome & ~REASON_MASK
    alike = {OPEN: slot.pending, ANSWERED: slot.answered, LOST: slot.lost}.get(kind, slot.diverted)
    return min(slot.offered, alike) > 0


def _count(slot: Slot, call: Call, offset: int) -> None:
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
            slot.log_waits += round(log_wait(wait))
            slot.no_wait += wait < SLOT.at_once
            slot.alike += wait < SLOT.at_once and not call.caller
        talked = call.talked
        if talked >= 0:
            slot.talks += talked
            slot.talked_on += 1
        slot.agentless += not call.agent
        slot.brief += not call.agent and 0 <= talked < SLOT.brief
    elif kind == LOST:
        slot.lost += 1
        if 0 <= wait < SLOT.at_once:
            slot.at_once += 1
            slot.ghosts += not call.caller
        elif 0 <= wait < SLOT.longest_wait:
            slot.lost_log_waits += round(log_wait(wait))
            slot.lost_waited += 1
        slot.short += 0 <= wait < SLOT.short
        slot.talked += call.talk > 0
        reason = call.outcome & REASON_MASK
        slot.refused += reason in {FULL, UNATTENDED}
        slot.unattended += reason == UNATTENDED
    elif call.outcome == OPEN:
        slot.pending += 1
    else:
        slot.diverted += 1
    told = _told_wait(call, kind) if kind and call.types & OFFERED else NOT_TOLD
    if told >= 0:
        slot.timed += 1
        off = told - (call.moment - call.start)
        if abs(off - offset) > SLOT.odd_wait and not _is_rounded(told, off):
            slot.odd_waits += 1
            slot.off += off
            slot.off_squares += round(off / A_TENTH_MS) ** 2


def _is_rounded(wait: int, off: int) -> bool:
    """Return whether rounding to whole units, as some exchanges do, explains that a wait is off (both ms)."""
    if not wait:  # a wait of 0 may mean that it is unknown
        return 2 * abs(off) <= ROUNDED[0]
    return any(wait % unit == 0 and abs(off) < unit for unit in ROUNDED)


def _told_wait(call: Call, kind: int) -> int:
    if kind == ANSWERED:
        return call.answered_wait
    return call.lost_wait if kind == LOST else call.diverted_wait


def _compare(
    slots: dict[int, Slot], own: list[Call], now: int, twins: Twins, first: FirstLosses | None, *, named: bool
) -> None:
    """Compare, in order, the calls of a telephone; `first` is None if no call-back can be recognized."""
    within = SLOT.copies if named else 0
    for number, call in enumerate(own):
        slot = slots.get(call.start // QUARTER_MS)
        if slot is None:
            continue
        lost = _lost(call)
        before, after = _around(own, number)
        if any(repeats(earlier, call, within) for earlier in before) or (named and twins.has(call, before)):
            slot.copies += 1
            slot.copies_lost += lost
        elif lost and _is_leg(call, before, after, named=named):
            slot.legs += 1
        if named and first is not None and lost:
            slot.again += any(_redials(earlier, call) for earlier in before)
            end = call.moment
            back = any(end < later.start <= end + SLOT.call_back and not _redials(call, later) for later in after)
            if (back or end + SLOT.call_back <= now) and first.holds(call):
                slot.named += 1
                slot.back += back
        elif named and first is not None and _answered(call):
            end = _end(call)
            if end + SLOT.call_back <= now:  # sooner, the share would be too high
                slot.known_answered += 1
                slot.called_again += any(end < later.start <= end + SLOT.call_back for later in after)


def _around(own: list[Call], number: int) -> tuple[list[Call], list[Call]]:
    """Return a caller's calls before and after the one at index `number`, with which that one is compared."""
    return own[max(0, number - SLOT.compared) : number], own[number + 1 : number + 1 + SLOT.compared]


def _is_leg(call: Call, before: list[Call], after: list[Call], *, named: bool) -> bool:
    # If moments are whole seconds, two calls in the same second are normal on a busy line.
    return (named or call.start % A_SECOND_MS > 0) and any(_overlap(other, call) for other in (*before, *after))


def repeated(calls: Iterable[Call]) -> list[Call]:
    """Return the lost calls that repeat or overlap another call of their caller, as slots count copies and legs."""
    by_caller: dict[str | int, list[Call]] = {}
    for call in calls:
        if call.attempted and call.caller not in FORGOTTEN_CALLERS:
            by_caller.setdefault(key_of(call), []).append(call)
    found = []
    compared = list(telephones(by_caller, sum(map(len, by_caller.values()))))
    twins = Twins(compared)
    for own, named in compared:
        for number, call in enumerate(own):
            before, after = _around(own, number)
            copy = any(repeats(earlier, call, SLOT.copies if named else 0) for earlier in before)
            copy = copy or (named and twins.has(call, before))
            if _lost(call) and (copy or _is_leg(call, before, after, named=named)):
                found.append(call)
    return found


def is_ghost(call: Call) -> bool:
    """Return whether a call was lost without a wait and without a caller."""
    return _lost(call) and not call.caller and 0 <= call.wait < SLOT.at_once


def _lost(call: Call) -> bool:
    return call.outcome & ~REASON_MASK == LOST


def _answered(call: Call) -> bool:
    return call.outcome & ~REASON_MASK == ANSWERED


def _end(call: Call) -> int:
    """Return the moment (ms) from which a caller may call again: of the outcome, or the end of the talk if reported."""
    return max(call.moment, call.ended) if _answered(call) else call.moment


def _redials(earlier: Call, call: Call) -> bool:
    """Return whether a machine redialled: soon after a lost call, and without waiting for an answer."""
    return _lost(earlier) and 0 <= call.start - earlier.moment <= SLOT.redial and call.wait <= SLOT.unwaited


def _overlap(other: Call, call: Call) -> bool:
    """Return whether a lost call began during another call of its caller; of two lost calls, only the later counts."""
    if _lost(other) and other.start >= call.start:
        return False
    return other.start <= call.start < max(other.moment, other.ended)
