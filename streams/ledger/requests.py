"""A channel's requests by outcome, in a slot of the ledger or in any other sum."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from streams.kept.times import QUARTER_MS
from streams.ledger.day import RequestSlot
from streams.requests.request import Request

K = TypeVar("K", str, int)


def slot_no_of(request: Request) -> int:
    return request.received // QUARTER_MS


def count(slot: RequestSlot, request: Request, times: int = 1) -> None:
    """Count a received request with its results from `Request.weigh`, or remove it if `times` is -1."""
    slot.received += times
    if request.reason:
        _add(slot.reasons, request.reason, times)
    if request.done >= 0:
        slot.answered += times
        slot.days += times * request.days
        slot.within += times * request.in_time
        _add(slot.delays, request.days, times)
    elif request.withdrawn >= 0:
        slot.withdrawn += times
    else:
        last = date.fromordinal(request.due).isoformat() if request.due >= 0 else ""
        slot.open += times
        _add(slot.due, last, times)


def _add(counts: dict[K, int], key: K, times: int) -> None:
    counts[key] = counts.get(key, 0) + times
    if not counts[key]:
        del counts[key]


def overdue(slot: RequestSlot, day: int) -> int:
    """Return how many of the open requests are late on a day (an ordinal)."""
    today = date.fromordinal(day).isoformat()
    return sum(pending for last, pending in slot.due.items() if last and last < today)
