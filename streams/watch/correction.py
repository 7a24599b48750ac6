"""Raw beside corrected: what a line's totals are without what was counted wrong.

Raw figures are never altered. Where a law says which calls are wrong, they are recounted: a copy is no call, and a lost
call with a conversation was answered. Elsewhere the slots in quarantine are left out; the coverage is the share of the
office's time that remains. Caltrans' PeMS and the VEE of electricity meters show observed beside corrected in this way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from streams.calls.counts import Counts
from streams.watch import recount
from streams.watch.incidents import counted_wrong
from streams.watch.slot import Slot
from streams.watch.watch import Watch

Method: TypeAlias = Literal["none", "recount", "exclude", "impute", "unavailable"]  # only a year is imputed

LEAST_COVERAGE: Final = 0.75  # share of the open slots; below, nothing is published


class Corrected(Struct):
    """Hold corrected counts, how they came about, and for which share of the open slots they stand."""

    counts: Counts | None  # None where too little is left to publish
    method: Method
    coverage: float
    quarantined: int  # open slots


def correct(raw: Counts, watch: Watch) -> Corrected:
    """Return a line's corrected counts by the incidents that nobody dismissed."""
    state = watch.state
    wrong, opened = _quarantine(watch)
    counts, excluded = raw, 0
    method: Method = "none"
    for kind, slot in wrong.items():
        named = recount.wrong(kind, slot) if recount.explained(kind, slot) else None
        if named is None:
            method = "exclude"
            excluded += opened[kind]
        elif method == "none":
            method = "recount"
        counts -= named or Counts.of(slot)
    coverage = 1 - excluded / state.opened if state.opened else 1.0
    if coverage < LEAST_COVERAGE:
        return Corrected(None, "unavailable", coverage, opened.total())
    return Corrected(counts, method, coverage, opened.total())


def quarantined_slots(watch: Watch) -> int:
    """Return how many slots of opening hours are in quarantine."""
    return _quarantine(watch)[1].total()


def _quarantine(watch: Watch) -> tuple[dict[str, Slot], Counter[str]]:
    """Return, by kind of miscount, what was counted in quarantine, and in how many open slots."""
    state = watch.state
    wrong: defaultdict[str, Slot] = defaultdict(Slot)
    opened: Counter[str] = Counter()
    by_id = {incident.id: incident for incident in state.incidents}
    for name, slot in state.mended.items():
        known = by_id.get(name)
        if known is None or counted_wrong(known):
            kind = name if known is None else known.kind
            wrong[kind].add(slot)
            opened[kind] += state.quarantined[name]
    if state.incidents:
        for slot_no, slot in state.kept(0, state.due):
            when = watch.slot_times.of(slot_no)
            incident = watch.incidents.covering(slot_no, open=when.open)
            if incident is not None:
                wrong[incident.kind].add(slot)
                opened[incident.kind] += when.open
    return wrong, opened
