"""The most likely mechanism of a miscount: what the losses beyond the usual have in common."""

from __future__ import annotations

from streams.watch.laws import Kind
from streams.watch.slot import Slot
from streams.watch.thresholds import KIND
from streams.watch.usual import Usual


def mechanism(seen: Slot, usual: Usual) -> Kind:
    """Return the kind of miscount that explains most of the losses beyond the usual.

    If many answered calls have no wait, a lost call without a wait proves little. If they have no caller either, a
    ghost proves little too.
    """
    at_once = seen.at_once - usual.lost * usual.at_once
    at_once *= 1 - usual.no_wait
    beyond = seen.lost - usual.lost
    ghosts = (seen.ghosts - beyond * usual.alike) * usual.callers_told
    explained: dict[Kind, float] = {
        "answered-as-lost": seen.talked,
        "multi-leg": seen.legs,
        "duplicate": seen.copies_lost + seen.again,
        "phantom": max(ghosts, at_once),
    }
    kind = max(explained, key=lambda name: explained[name])
    if explained[kind] >= beyond * KIND.explained:
        return kind
    return "missing" if usual.offered and seen.offered < KIND.missing * usual.offered else "drift"
