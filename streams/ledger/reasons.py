"""The reasons of lost and diverted calls, and the early losses, as far as the ledger's slots have these.

An earlier version counted the calls of a slot without their reasons. The reasons of a slot are therefore complete only
if they add up to its calls; a call that an earlier version counted is missing in that sum for ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from streams.ledger.day import CallSlot

NOT_KEPT: Final = "not_kept"  # the key of calls that were counted without a reason; `unknown` is a reason


class CallReasons(NamedTuple):
    """Lost and diverted calls by reason. The sum over all reasons is the number of lost or diverted calls."""

    lost: Mapping[str, int] = {}
    diverted: Mapping[str, int] = {}
    short: int | None = 0  # lost after less than the line's `short_call`; None if unknown for any call
    within: int | None = 0  # lost within the service level's limit; None if unknown for any call


NOTHING: Final = CallReasons()


def reasons_of(slot: CallSlot) -> CallReasons:
    """Return the reasons of a slot's lost and diverted calls.

    >>> reasons_of(CallSlot(offered=3, lost=2, answered=1, lost_for={"abandoned": 1, "full": 1}, lost_short=1))
    CallReasons(lost={'abandoned': 1, 'full': 1}, diverted={}, short=1, within=0)
    >>> reasons_of(CallSlot(offered=3, lost=2, answered=1, lost_for={"abandoned": 1}))
    CallReasons(lost={'not_kept': 2}, diverted={}, short=None, within=None)
    """
    if not (slot.lost or slot.diverted or slot.lost_for or slot.diverted_for):
        return NOTHING
    diverted = slot.diverted_for if _told(slot.diverted, slot.diverted_for) else _not_kept(slot.diverted)
    if _told(slot.lost, slot.lost_for):
        return CallReasons(slot.lost_for, diverted, slot.lost_short, slot.lost_within)
    soon = None if slot.lost else 0
    return CallReasons(_not_kept(slot.lost), diverted, soon, soon)


def summed(parts: Iterable[CallReasons]) -> CallReasons:
    found = [each for each in parts if each is not NOTHING]
    if len(found) < 2:  # noqa: PLR2004 -- nothing to add
        return found[0] if found else NOTHING
    lost, diverted = Counter[str](), Counter[str]()
    for each in found:
        lost.update(each.lost)
        diverted.update(each.diverted)
    return CallReasons(lost, diverted, _sum(each.short for each in found), _sum(each.within for each in found))


def _told(calls: int, by_reason: Mapping[str, int]) -> bool:
    return sum(by_reason.values()) == calls


def _not_kept(calls: int) -> Mapping[str, int]:
    return {NOT_KEPT: calls} if calls else {}


def _sum(parts: Iterable[int | None]) -> int | None:
    known = list(parts)
    return None if None in known else sum(each for each in known if each is not None)
