"""When and why a caller left a queue or a line without reaching a human, from the rows of a CEL."""

from __future__ import annotations

from typing import Final

from agents.sources.asterisk.cel_calls import CelCalls, Linked, Party, Visit
from agents.sources.asterisk.cel_rows import CelRow
from streams.events import Reason

DOOR: Final = 1.0  # seconds: a caller who left a queue sooner without hanging up was turned away (some logs have no ms)
PRESSED: Final = 3.0  # seconds, at most, from a key to the exit that it causes
AT_ONCE: Final = 0.05  # seconds: a queue that is full ends within a millisecond

_KEYS: Final = frozenset("0123456789*#")


def by_key(visit: Visit, row: CelRow, left: float) -> Reason | None:
    """Return the reason if a caller left by a key, otherwise None."""
    pressed = left - visit.pressed <= PRESSED if visit.digit else row.exten in _KEYS
    if visit.place == row.place or not pressed:
        return None
    return "callback" if "callback" in row.context.casefold() else "key"


def let_go(visit: Visit, row: CelRow, calls: CelCalls) -> Reason:
    """Return why a caller who did not hang up left."""
    if not visit.queue:
        return "transfer"
    if reason := by_key(visit, row, visit.left):
        return reason
    waited = visit.left - visit.since
    if waited <= DOOR:
        return "full" if calls.waiting(visit.queue) else "no_agents"
    return "timeout" if visit.limit is not None and waited >= visit.limit - DOOR else "no_agents"


def ran_out(visit: Visit) -> bool:
    """Return whether a visit lasted as long as allowed, or no time at all."""
    waited = visit.left - visit.since
    return waited < AT_ONCE or (bool(visit.limit) and waited >= (visit.limit or 0))


def changed(call: Linked, party: Party, row: CelRow) -> float:
    """Return when a channel moved from one queue to the next, although no row says so.

    It moved when the caller pressed a key, or else when the first queue's longest wait was over or the second queue
    rang the phone that answers, whichever was first. If none of these is known, it moved at its latest row.
    """
    visit = party.visit
    if visit is None or visit.answered:
        return party.last
    if visit.left:
        return visit.left
    if visit.digit and row.exten == visit.digit:
        return visit.pressed
    ends, rung = visit.since + (visit.limit or 0), call.rung if call.human else 0.0
    return min((at for at in (ends, rung) if party.last < at <= row.at), default=party.last)
