"""The most likely bounds of an incident of the lost rate, from the slots before and in it."""

from __future__ import annotations

from streams.checks.change_point import MAX_SLOTS, SlotLosses, shift
from streams.kept.times import QUARTER_MS
from streams.watch.incident import FALL, Incident
from streams.watch.slot_times import SlotTimes
from streams.watch.state import WatchState
from streams.watch.thresholds import RATE


def began(incident: Incident, state: WatchState, slot_times: SlotTimes) -> int:
    """Return the most likely beginning (ms) of an open incident."""
    before = (other.end for other in state.incidents if other is not incident and other.end <= incident.start)
    first = max(incident.start - RATE.before * QUARTER_MS, max(before, default=0)) // QUARTER_MS
    slot_nos, losses = _losses(first, incident, state, slot_times)
    if not slot_nos or slot_nos[0] * QUARTER_MS > incident.start:
        return incident.start  # it began before the first slot that is kept
    found = shift(losses, fall=incident.cause == FALL, lasting=True)
    return incident.start if found is None else slot_nos[found.start] * QUARTER_MS


def shorten(incident: Incident, wrong: float, state: WatchState, slot_times: SlotTimes) -> bool:
    """Give an incident its most likely bounds within its own; return whether there are such.

    They must contain most of the losses that are counted wrongly, which are a share `wrong` of all.
    """
    slot_nos, losses = _losses(incident.start // QUARTER_MS, incident, state, slot_times)
    found = shift(losses, fall=incident.cause == FALL)
    if found is None or found.lost - found.expected < wrong * sum(each.lost for each in losses) / 2:
        return False
    incident.start, incident.end = slot_nos[found.start] * QUARTER_MS, (slot_nos[found.end - 1] + 1) * QUARTER_MS
    return True


def _losses(
    first: int, incident: Incident, state: WatchState, slot_times: SlotTimes
) -> tuple[list[int], list[SlotLosses]]:
    """Return the slots from `first` until the end of an incident, and their calls; the last ones if there are many."""
    slot_nos, losses = [], []
    for slot_no, slot in sorted(state.kept(first, incident.end // QUARTER_MS)):
        chance = slot_times.expected(slot_times.of(slot_no))
        if chance is not None:
            slot_nos.append(slot_no)
            losses.append(SlotLosses(slot.lost, slot.offered, chance))
    return slot_nos[-MAX_SLOTS:], losses[-MAX_SLOTS:]
