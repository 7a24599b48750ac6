"""What the checks of one line share: its state, its times and its incidents."""

from __future__ import annotations

from streams.watch.incidents import Incidents
from streams.watch.slot_times import SlotTimes
from streams.watch.state import WatchState


class LineCheck:
    def __init__(self, state: WatchState, slot_times: SlotTimes, incidents: Incidents) -> None:
        self._state = state
        self._slot_times = slot_times
        self._incidents = incidents
