"""How a caller left a queue or a line without a human, by what the rows of a CEL show of it: when, and why."""

from __future__ import annotations

from typing import Final

from agents.sources.asterisk_cel_calls import CelCalls, Linked, Party, Visit
from agents.sources.asterisk_cel_rows import CelRow
from streams.events import Reason

DOOR: Final = 1.0  # seconds: who leaves a queue sooner without hanging up was not let in; some logs write whole seconds
PRESSED: Final = 3.0  # seconds that an exit by key follows the key at most
AT_ONCE: Final = 0.05  # seconds: a queue that is full ends within a millisecond

_KEYS: Final = frozenset("0123456789*#")


def by_key(visit: Visit, row: CelRow, left: float) -> Reason | None:
    """Return why a caller left a queue by a key, None where it was by none."""
    pressed = left - visit.pressed <= PRESSED if visit.digit else row.exten in _KEYS
    if visit.place == row.place or not pressed:
        return None
    return "callback" if "callback" in row.context.casefold() else "key"


def let_go(visit: Visit, row: CelRow, calls: CelCalls) -> Reason:
    """Return why a caller who did not hang up is no longer where they were."""
    if not visit.queue:
        return "transfer"
    if reason := by_key(visit, row, visit.left):
        return reason
    waited = visit.left - visit.since
    if waited <= DOOR:
        return "full" if calls.waiting(visit.queue) else "no_agents"
    return "timeout" if visit.limit is not None and waited >= visit.limit - DOOR else "no_agents"


def ran_out(visit: Visit) -> bool:
    """Tell whether a visit lasted as long as it may, or no time at all."""
    waited = visit.left - visit.since
    return waited < AT_ONCE or (bool(visit.limit) and waited >= (visit.limit or 0))


def changed(call: Linked, party: Party, row: CelRow) -> float:
    """Return when a channel went from one queue to the next, which is told by no row of its own.

    It was when the caller pressed a key, or when the first queue let them wait no longer, and before the second queue
    rang the phone that answers; else at its latest row.
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
