"""A line's clock: whether calls come at their usual hours.

If the file is sorted and the line is open for many hours, a clock that is an hour off breaks no law. Only the profile
of arrivals over the whole local day, with its closed hours, shows the error (`streams.checks.profile`). Opening hours
that were moved look the same, so a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.checks.profile import HOURS, ProfileCheck, Shifted
from streams.kept.times import QUARTER_MS
from streams.watch.evidence import of_clock
from streams.watch.incident import Judgement
from streams.watch.line_check import LineCheck
from streams.watch.slot import Slot
from streams.watch.thresholds import CLOCK, LEARNING

SHIFTED: Final = "shifted hours"
PROFILE: Final = ProfileCheck(CLOCK.alarm, CLOCK.most, CLOCK.weight, CLOCK.shrinkage, LEARNING.half_life)


class Clock(LineCheck):
    """The check of the hours at which one line's calls come."""

    def day_over(self, day: Mapping[int, Slot]) -> None:
        """Weigh a day; if its profile is shifted, open an incident or extend the open one."""
        if not any(slot.offered for slot in day.values()):
            return
        when, end = self._slot_times.of(min(day)), (max(day) + 1) * QUARTER_MS
        calls = self._calls(day)
        incident = self._incidents.by_cause(SHIFTED)
        profile = self._state.profile
        if incident is not None:
            if PROFILE.lasts(profile, when.weekday, calls):
                incident.end, incident.clean = end, 0
            return
        shifted = PROFILE.add(profile, when.day, when.weekday, calls)
        if shifted is None:
            return
        start = min(min(slots) for known, slots in self._state.days.items() if known >= shifted.since) * QUARTER_MS
        for total in profile.sums:
            total.total = 0.0
            total.since = total.calls = 0
        if not self._incidents.explain(start, end):
            self._begin(shifted, start, end)

    def _begin(self, shifted: Shifted, start: int, end: int) -> None:
        judgement = Judgement("clock", "undecided", [of_clock(shifted.hours, shifted.score, shifted.since)])
        calls = sum(slot.offered for _, slot in self._state.kept(start // QUARTER_MS, end // QUARTER_MS))
        self._incidents.begin(SHIFTED, judgement, start=start, now=end, calls=calls)

    def learn(self, day: Mapping[int, Slot]) -> None:
        """Learn a sound day, unless its hours are suspected."""
        profile = self._state.profile
        if max(total.total for total in profile.sums) < LEARNING.held:
            PROFILE.learn(profile, self._slot_times.of(min(day)).weekday, self._calls(day))

    def _calls(self, day: Mapping[int, Slot]) -> list[int]:
        calls = [0] * HOURS
        for slot_no, slot in day.items():
            calls[self._slot_times.of(slot_no).hour] += slot.offered
        return calls
