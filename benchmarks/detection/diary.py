"""The diary of a line's incidents: when each was first doubted, first called a miscount, and closed."""

from __future__ import annotations

from typing import Final

from benchmarks.detection.detectors import Alarm
from streams.desks.line import Line
from streams.watch.incident import Incident

_LATEST: Final = 8  # incidents: more are never open


class Diary:
    """Follows a line's incidents; `note` after each event. Moments are epoch ms."""

    def __init__(self, line: Line) -> None:
        self._state = line.state
        self._miscounted: dict[str, int] = {}
        self._doubted: dict[str, int] = {}
        self._closed: dict[str, int] = {}
        self._known: dict[str, Incident] = {}  # the watch drops some if there are too many

    def note(self) -> None:
        """Note the latest state of the latest incidents."""
        high = self._state.high
        for each in self._state.watch.incidents[-_LATEST:]:
            self._known[each.id] = each
            if each.verdict == "miscount":
                self._miscounted.setdefault(each.id, high)
            if each.verdict != "overload":
                self._doubted.setdefault(each.id, high)
            if each.over:
                self._closed.setdefault(each.id, high)

    def alarms(self) -> list[Alarm]:
        """Return every incident as an alarm, raised when it was first called a miscount, otherwise when detected."""
        return [
            Alarm(
                raised=self._miscounted.get(each.id, each.detected),
                start=each.start,
                end=each.end,
                verdict=each.verdict,
                kind=each.kind,
                once=each.id in self._miscounted,
                doubted=self._doubted.get(each.id),
                detected=each.detected,
                off=self._closed.get(each.id, self._state.high),
            )
            for each in self._known.values()
        ]
