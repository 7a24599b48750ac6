"""Hourly sums of calls, small enough to keep for a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from streams.calls.tally import Tally

HOURS_KEPT: Final = 31 * 24  # a month


@dataclass(slots=True)
class Hour:
    """The calls whose outcome fell in one hour."""

    answered: int = 0
    lost: int = 0
    diverted: int = 0
    waits: int = 0  # answered and lost calls with a known wait
    queued_lost: int = 0  # lost calls that waited at all
    unqueued_lost: int = 0  # lost calls that did not wait
    waited: int = 0  # the sum of the known waits, ms
    talks: int = 0  # answered calls whose talk is known
    talked: int = 0  # the sum of the known talks, ms

    def add(self, tally: Tally, times: int = 1) -> None:
        """Add a tally, or remove it if `times` is -1."""
        self.answered += times * tally.answered
        self.lost += times * tally.lost
        self.diverted += times * tally.diverted
        self.waits += times * (tally.answered_waits.count + tally.lost_waits.count)
        self.queued_lost += times * tally.lost_queued
        self.unqueued_lost += times * (tally.lost_waits.count - tally.lost_queued)
        self.waited += times * (tally.answered_waits.total + tally.lost_waits.total)
        self.talks += times * tally.talks.count
        self.talked += times * tally.talks.total

    @property
    def ended(self) -> int:
        return self.answered + self.lost + self.diverted
