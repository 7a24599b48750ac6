"""The periods of a counter's totals that give only their beginning: a day, or some minutes, by the office's clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from config.mapping import Period

_MINUTES: Final[Mapping[Period, int]] = {"1h": 60, "30m": 30, "15m": 15}


class Spans:
    """The periods' bounds; a day is a calendar day of the zone, even if the clock changes."""

    def __init__(self, period: Period, zone: ZoneInfo) -> None:
        self._period = period
        self._zone = zone
        self._ends: dict[str, float] = {}  # of the last period of each line, epoch s

    def of(self, line: str, since: float) -> tuple[float, float]:
        """Return the bounds (epoch s) of a line's period: the day that contains `since`, or the minutes after it.

        >>> spans = Spans("day", ZoneInfo("Europe/Paris"))
        >>> [end - begin for begin, end in (spans.of("standard", at) for at in (1711818000, 1711846800))]
        [86400.0, 82800.0]
        """
        local = datetime.fromtimestamp(since, self._zone)
        if self._period == "day":
            midnights = (datetime.combine(local.date() + timedelta(days), time(), self._zone) for days in (0, 1))
            begin, end = (each.timestamp() for each in midnights)
            return begin, end
        # If an hour occurs twice, a row that continues the line's previous one is in the second.
        again = local.replace(fold=1).timestamp()
        begin = again if again == self._ends.get(line) else since
        end = self._ends[line] = begin + 60 * _MINUTES[self._period]
        return begin, end
